#include "describe-models.h"

#include "convert.h"
#include "promise-worker.h"

namespace iprm {

namespace {

struct Descriptions {
    std::vector<ModelDescription> models;
    std::vector<std::optional<VocabularyDifference>> differences;
    std::vector<bool> unusedDiffer;
};

Descriptions describeAll(const RuntimeFiles& files, const std::vector<std::string>& paths) {
    const Runtime& runtime = Runtime::open(files, nullptr);
    LogScope log(runtime.api(), nullptr);
    Descriptions result;
    std::optional<Model> first;
    for (const auto& path : paths) {
        const ModelOptions options{path, 0, {}, /*vocabularyOnly=*/true};
        Model model(runtime.api(), options, log, nullptr);
        result.models.push_back(model.describe());
        result.differences.push_back(first ? first->vocabulary().firstDifference(model.vocabulary())
                                           : std::nullopt);
        result.unusedDiffer.push_back(first && first->vocabulary().differsInUnused(model.vocabulary()));
        if (!first) first.emplace(std::move(model));
    }
    return result;
}

Napi::Value toObject(Napi::Env env, const Descriptions& descriptions) {
    Napi::Array models = Napi::Array::New(env), differences = Napi::Array::New(env),
                unusedDiffer = Napi::Array::New(env);
    for (uint32_t i = 0; i < descriptions.models.size(); ++i) {
        const auto& difference = descriptions.differences[i];
        models[i] = toJs(env, descriptions.models[i]);
        unusedDiffer[i] = static_cast<bool>(descriptions.unusedDiffer[i]);
        differences[i] = difference ? Napi::Value(toJs(env, *difference)) : env.Null();
    }
    Napi::Object object = Napi::Object::New(env);
    object["models"] = models;
    object["differences"] = differences;
    object["unusedTokensDiffer"] = unusedDiffer;
    return object;
}

} // namespace

Napi::Value describeModels(const Napi::CallbackInfo& info) {
    return guarded(info.Env(), [&]() -> Napi::Value {
        const auto work = [files = toRuntimeFiles(info[0].As<Napi::Object>()), paths = toStrings(info[1])] {
            return describeAll(files, paths);
        };
        return PromiseWorker<Descriptions>::run(info.Env(), work, toObject);
    });
}

} // namespace iprm
