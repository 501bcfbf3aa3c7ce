#include "open-vocabulary.h"

#include "convert.h"
#include "promise-worker.h"

#include <memory>

namespace iprm {

namespace {

/// A model without its weights.
class OpenVocabulary {
public:
    OpenVocabulary(const RuntimeFiles& files, const std::string& path)
        : runtime_(Runtime::open(files, nullptr)), model_(load(path)) {}
    ~OpenVocabulary() {
        const LogScope log(runtime_.api(), nullptr);
        model_.reset();
    }
    OpenVocabulary(const OpenVocabulary&) = delete;
    OpenVocabulary& operator=(const OpenVocabulary&) = delete;

    const Model& model() const { return *model_; }
    Vocabulary vocabulary() const { return model_->vocabulary(); }

private:
    std::unique_ptr<Model> load(const std::string& path) const {
        LogScope log(runtime_.api(), nullptr);
        const ModelOptions options{path, 0, {}, /*vocabularyOnly=*/true};
        return std::make_unique<Model>(runtime_.api(), options, log, nullptr);
    }

    const Runtime& runtime_;
    std::unique_ptr<Model> model_;
};

using Shared = std::shared_ptr<OpenVocabulary>;

Napi::Value tokenise(const Napi::CallbackInfo& info, const Shared& opened) {
    const auto work = [opened, text = info[0].As<Napi::String>().Utf8Value(),
                       parseSpecial = info[1].As<Napi::Boolean>().Value()] {
        return opened->vocabulary().tokenise(text, parseSpecial);
    };
    return PromiseWorker<Tokenised>::run(info.Env(), work, [](Napi::Env env, const Tokenised& tokenised) {
        return Napi::Value(toJs(env, tokenised));
    });
}

Napi::Value detokenise(const Napi::CallbackInfo& info, const Shared& opened) {
    const auto work = [opened, tokens = toTokens(info[0])] {
        return opened->vocabulary().detokenise(tokens);
    };
    return PromiseWorker<std::string>::run(info.Env(), work, [](Napi::Env env, const std::string& text) {
        return Napi::Value(Napi::String::New(env, text));
    });
}

/// A function that keeps the vocabulary.
template <typename Method>
Napi::Function method(Napi::Env env, const char* name, const Shared& opened, Method call) {
    const auto entry = [opened, call](const Napi::CallbackInfo& info) {
        return guarded(info.Env(), [&] { return call(info, opened); });
    };
    return Napi::Function::New(env, entry, name);
}

Napi::Value toObject(Napi::Env env, const Shared& opened) {
    Napi::Object object = Napi::Object::New(env);
    object["model"] = toJs(env, opened->model().describe());
    object["specialTokens"] = toJs(env, opened->vocabulary().specialTokens());
    object["longestToken"] = static_cast<double>(opened->vocabulary().longestToken());
    object["tokenise"] = method(env, "tokenise", opened, tokenise);
    object["detokenise"] = method(env, "detokenise", opened, detokenise);
    return object;
}

} // namespace

Napi::Value openVocabulary(const Napi::CallbackInfo& info) {
    return guarded(info.Env(), [&]() -> Napi::Value {
        const auto work = [files = toRuntimeFiles(info[0].As<Napi::Object>()),
                           path = info[1].As<Napi::String>().Utf8Value()] {
            return std::make_shared<OpenVocabulary>(files, path);
        };
        return PromiseWorker<Shared>::run(info.Env(), work, toObject);
    });
}

} // namespace iprm
