#include "convert-training.h"

#include "convert.h"

#include <algorithm>

namespace iprm {

namespace {

double getNumber(const Napi::Object& object, const char* key) {
    return object.Get(key).As<Napi::Number>().DoubleValue();
}

std::optional<double> getOptionalNumber(const Napi::Object& object, const char* key) {
    const Napi::Value value = object.Get(key);
    if (!value.IsNumber()) return std::nullopt;
    return value.As<Napi::Number>().DoubleValue();
}

std::vector<float> toFloats(const Napi::Value& value) {
    const auto array = value.As<Napi::Float32Array>();
    return {array.Data(), array.Data() + array.ElementLength()};
}

Napi::Float32Array toFloat32Array(Napi::Env env, const std::vector<float>& values) {
    auto array = Napi::Float32Array::New(env, values.size());
    std::copy(values.begin(), values.end(), array.Data());
    return array;
}

} // namespace

Napi::Object toJs(Napi::Env env, const TrainingMemory& memory) {
    Napi::Object object = Napi::Object::New(env);
    object["weights"] = static_cast<double>(memory.weights);
    object["adapter"] = static_cast<double>(memory.adapter);
    object["optimizer"] = static_cast<double>(memory.optimizer);
    object["activations"] = static_cast<double>(memory.activations);
    object["graph"] = static_cast<double>(memory.graph);
    return object;
}

TrainerOptions toTrainerOptions(const Napi::Object& options) {
    TrainerOptions result;
    result.runtime = toRuntimeFiles(options.Get("runtime").As<Napi::Object>());
    result.base = options.Get("base").As<Napi::String>().Utf8Value();
    const Napi::Value adapter = options.Get("initialAdapter");
    if (adapter.IsString()) result.initialAdapter = adapter.As<Napi::String>().Utf8Value();
    result.rank = static_cast<int32_t>(getNumber(options, "rank"));
    result.alpha = getNumber(options, "alpha");
    result.seed = static_cast<uint64_t>(getNumber(options, "seed"));
    result.gpu = options.Get("gpu").As<Napi::String>().Utf8Value();
    result.threads = static_cast<int32_t>(getNumber(options, "threads"));
    const auto lastLayers = getOptionalNumber(options, "lastLayers");
    if (lastLayers) result.lastLayers = static_cast<int32_t>(*lastLayers);
    result.maxTokens = static_cast<int64_t>(getNumber(options, "maxTokens"));
    result.maxTree = static_cast<int64_t>(getNumber(options, "maxTree"));
    result.checkpoint = options.Get("checkpoint").As<Napi::Boolean>().Value();
    result.portable = options.Get("portable").As<Napi::Boolean>().Value();
    const auto limit = getOptionalNumber(options, "memoryLimit");
    if (limit) result.memoryLimit = static_cast<size_t>(*limit);
    return result;
}

MergeOptions toMergeOptions(const Napi::Object& options) {
    MergeOptions result;
    result.runtime = toRuntimeFiles(options.Get("runtime").As<Napi::Object>());
    result.base = options.Get("base").As<Napi::String>().Utf8Value();
    result.adapter = options.Get("adapter").As<Napi::String>().Utf8Value();
    result.output = options.Get("output").As<Napi::String>().Utf8Value();
    TrainingMetadata metadata = toMetadata(options.Get("metadata").As<Napi::Object>());
    result.texts = std::move(metadata.texts);
    result.numbers = std::move(metadata.numbers);
    return result;
}

AdamWOptions toAdamWOptions(const Napi::Object& options) {
    AdamWOptions result;
    result.learningRate = getNumber(options, "learningRate");
    result.weightDecay = getNumber(options, "weightDecay");
    result.clip = getNumber(options, "clip");
    result.beta1 = getNumber(options, "beta1");
    result.beta2 = getNumber(options, "beta2");
    result.epsilon = getNumber(options, "epsilon");
    return result;
}

std::vector<std::vector<float>> toFloatArrays(const Napi::Value& value) {
    const auto array = value.As<Napi::Array>();
    std::vector<std::vector<float>> result;
    for (uint32_t i = 0; i < array.Length(); ++i) result.push_back(toFloats(array.Get(i)));
    return result;
}

std::vector<NamedValues> toNamedValues(const Napi::Value& value) {
    const auto array = value.As<Napi::Array>();
    std::vector<NamedValues> result;
    for (uint32_t i = 0; i < array.Length(); ++i) {
        const auto object = array.Get(i).As<Napi::Object>();
        result.push_back({object.Get("name").As<Napi::String>().Utf8Value(), toFloats(object.Get("values"))});
    }
    return result;
}

TrainingMetadata toMetadata(const Napi::Object& object) {
    TrainingMetadata metadata;
    const Napi::Array keys = object.GetPropertyNames();
    for (uint32_t i = 0; i < keys.Length(); ++i) {
        const std::string key = keys.Get(i).As<Napi::String>().Utf8Value();
        const Napi::Value value = object.Get(key);
        if (value.IsNumber())
            metadata.numbers[key] = value.As<Napi::Number>().DoubleValue();
        else
            metadata.texts[key] = value.As<Napi::String>().Utf8Value();
    }
    return metadata;
}

Napi::Object toJs(Napi::Env env, const TrainerDescription& description) {
    Napi::Object selfCheck = Napi::Object::New(env);
    selfCheck["worst"] = description.selfCheck.worst;
    selfCheck["mean"] = description.selfCheck.mean;
    Napi::Object object = Napi::Object::New(env);
    object["architecture"] = description.architecture;
    object["device"] = description.device;
    object["parameters"] = static_cast<double>(description.parameters);
    object["targets"] = toJs(env, description.targets);
    object["layers"] = description.layers;
    object["layersTrained"] = description.layersTrained;
    object["contextLength"] = description.contextLength;
    object["memory"] = toJs(env, description.memory);
    object["selfCheck"] = selfCheck;
    return object;
}

Napi::Array toJs(Napi::Env env, const std::vector<std::vector<float>>& rows) {
    Napi::Array array = Napi::Array::New(env, rows.size());
    for (size_t i = 0; i < rows.size(); ++i) array[static_cast<uint32_t>(i)] = toFloat32Array(env, rows[i]);
    return array;
}

Napi::Array toJs(Napi::Env env, const std::vector<NamedValues>& values) {
    Napi::Array array = Napi::Array::New(env, values.size());
    for (size_t i = 0; i < values.size(); ++i) {
        Napi::Object object = Napi::Object::New(env);
        object["name"] = values[i].name;
        object["values"] = toFloat32Array(env, values[i].values);
        array[static_cast<uint32_t>(i)] = object;
    }
    return array;
}

} // namespace iprm
