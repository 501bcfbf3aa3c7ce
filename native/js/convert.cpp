#include "convert.h"

#include <algorithm>
#include <map>

namespace iprm {

namespace {

std::string getString(const Napi::Object& object, const char* key) {
    return object.Get(key).As<Napi::String>().Utf8Value();
}

std::optional<std::string> getOptionalString(const Napi::Object& object, const char* key) {
    const Napi::Value value = object.Get(key);
    if (!value.IsString()) return std::nullopt;
    return value.As<Napi::String>().Utf8Value();
}

int32_t getInt(const Napi::Object& object, const char* key) {
    return object.Get(key).As<Napi::Number>().Int32Value();
}

ggml_type toKvCacheType(const std::string& name) {
    static const std::map<std::string, ggml_type> types = {
        {"f32", GGML_TYPE_F32}, {"f16", GGML_TYPE_F16}, {"q8_0", GGML_TYPE_Q8_0}};
    return types.at(name);
}

LogSoftmaxPlace toLogSoftmaxPlace(const std::string& name) {
    static const std::map<std::string, LogSoftmaxPlace> places = {{"auto", LogSoftmaxPlace::automatic},
                                                                  {"graph", LogSoftmaxPlace::graph},
                                                                  {"host", LogSoftmaxPlace::host}};
    return places.at(name);
}

std::optional<std::vector<std::string>> getOptionalStrings(const Napi::Object& object, const char* key) {
    const Napi::Value value = object.Get(key);
    if (!value.IsArray()) return std::nullopt;
    return toStrings(value);
}

std::optional<bool> getOptionalBool(const Napi::Object& object, const char* key) {
    const Napi::Value value = object.Get(key);
    if (!value.IsBoolean()) return std::nullopt;
    return value.As<Napi::Boolean>().Value();
}

template <typename Array, typename T>
Array toTypedArray(Napi::Env env, const std::vector<T>& values) {
    Array array = Array::New(env, values.size());
    std::copy(values.begin(), values.end(), array.Data());
    return array;
}

Napi::Array toFloatArrays(Napi::Env env, const std::vector<std::vector<float>>& rows) {
    Napi::Array array = Napi::Array::New(env, rows.size());
    for (size_t i = 0; i < rows.size(); ++i) {
        array[static_cast<uint32_t>(i)] = toTypedArray<Napi::Float32Array>(env, rows[i]);
    }
    return array;
}

template <typename T>
Napi::Value toJsOrNull(Napi::Env env, const std::optional<T>& value) {
    return value ? Napi::Value::From(env, *value) : env.Null();
}

} // namespace

RuntimeFiles toRuntimeFiles(const Napi::Object& files) {
    RuntimeFiles result{toStrings(files.Get("libraries")), getString(files, "backendsDirectory"), {}};
    const auto backends = files.Get("gpuBackends").As<Napi::Array>();
    for (uint32_t i = 0; i < backends.Length(); ++i) {
        const auto backend = backends.Get(i).As<Napi::Object>();
        result.gpuBackends.push_back({getString(backend, "gpu"), getString(backend, "path")});
    }
    return result;
}

PairOptions toPairOptions(const Napi::Object& options) {
    PairOptions result;
    result.runtime = toRuntimeFiles(options.Get("runtime").As<Napi::Object>());
    result.policy = getString(options, "policy");
    result.reference = getOptionalString(options, "reference");
    result.lora = getOptionalString(options, "lora");
    result.gpu = getString(options, "gpu");
    result.gpuLayers = getInt(options, "gpuLayers");
    result.threads = getInt(options, "threads");
    if (options.Get("contextSize").IsNumber()) result.contextSize = getInt(options, "contextSize");
    if (options.Get("batchSize").IsNumber()) result.batchSize = getInt(options, "batchSize");
    if (options.Get("cacheSize").IsNumber()) result.cacheSize = getInt(options, "cacheSize");
    result.kvCacheType = toKvCacheType(getString(options, "kvCacheType"));
    result.flashAttention = getOptionalBool(options, "flashAttention");
    result.policyDevices = getOptionalStrings(options, "policyDevices");
    result.referenceDevices = getOptionalStrings(options, "referenceDevices");
    result.logSoftmax = toLogSoftmaxPlace(getString(options, "logSoftmax"));
    const Napi::Value limit = options.Get("memoryLimit");
    if (limit.IsNumber()) result.memoryLimit = static_cast<size_t>(limit.As<Napi::Number>().Int64Value());
    return result;
}

std::vector<std::string> toStrings(const Napi::Value& array) {
    const auto values = array.As<Napi::Array>();
    std::vector<std::string> strings;
    for (uint32_t i = 0; i < values.Length(); ++i)
        strings.push_back(values.Get(i).As<Napi::String>().Utf8Value());
    return strings;
}

std::vector<llama_token> toTokens(const Napi::Value& int32Array) {
    const auto tokens = int32Array.As<Napi::Int32Array>();
    return {tokens.Data(), tokens.Data() + tokens.ElementLength()};
}

std::vector<Sequence> toSequences(const Napi::Value& array) {
    const auto values = array.As<Napi::Array>();
    std::vector<Sequence> sequences;
    for (uint32_t i = 0; i < values.Length(); ++i) {
        const auto sequence = values.Get(i).As<Napi::Object>();
        sequences.push_back({toTokens(sequence.Get("tokens")), getInt(sequence, "from")});
    }
    return sequences;
}

Napi::Object toJs(Napi::Env env, const std::map<std::string, std::string>& texts) {
    Napi::Object object = Napi::Object::New(env);
    for (const auto& [key, value] : texts) {
        // Defined and not set: a key `__proto__` would make no property, but the object's prototype.
        object.DefineProperty(Napi::PropertyDescriptor::Value(
            Napi::String::New(env, key), Napi::String::New(env, value), napi_default_jsproperty));
    }
    return object;
}

Napi::Object toJs(Napi::Env env, const ModelDescription& description) {
    Napi::Object object = Napi::Object::New(env);
    object["architecture"] = description.architecture;
    object["name"] = description.name;
    object["quantisation"] = description.quantisation;
    object["parameters"] = static_cast<double>(description.parameters);
    object["sizeInBytes"] = static_cast<double>(description.sizeInBytes);
    object["contextLength"] = static_cast<double>(description.contextLength);
    object["embeddingLength"] = static_cast<double>(description.embeddingLength);
    object["layers"] = static_cast<double>(description.layers);
    object["vocabularySize"] = description.vocabularySize;
    object["beginOfText"] = description.beginOfText;
    object["addsBeginOfText"] = description.addsBeginOfText;
    object["endOfText"] = description.endOfText;
    object["endOfTurn"] = description.endOfTurn;
    object["beta"] = toJsOrNull(env, description.beta);
    object["chatTemplate"] = toJsOrNull(env, description.chatTemplate);
    object["metadata"] = toJs(env, description.metadata);
    return object;
}

Napi::Object toJs(Napi::Env env, const Tokenised& tokenised) {
    Napi::Object object = Napi::Object::New(env);
    object["tokens"] = toTypedArray<Napi::Int32Array>(env, tokenised.tokens);
    object["starts"] = toTypedArray<Napi::Uint32Array>(env, tokenised.starts);
    return object;
}

Napi::Object toJs(Napi::Env env, const VocabularyDifference& difference) {
    Napi::Object object = Napi::Object::New(env);
    object["token"] = difference.token;
    object["left"] = toJsOrNull(env, difference.left);
    object["right"] = toJsOrNull(env, difference.right);
    return object;
}

Napi::Object toJs(Napi::Env env, const PairLogprobs& logprobs) {
    Napi::Object object = Napi::Object::New(env);
    object["policy"] = toFloatArrays(env, logprobs.policy.value().logprobs);
    object["reference"] = logprobs.reference ? toFloatArrays(env, logprobs.reference->logprobs) : env.Null();
    object["evaluated"] = toTypedArray<Napi::Uint32Array>(env, logprobs.evaluated);
    return object;
}

Napi::Object toJs(Napi::Env env, const std::vector<Likeliest>& likeliest) {
    std::vector<Token> tokens;
    std::vector<float> logprobs;
    for (const auto& [token, logprob] : likeliest) {
        tokens.push_back(token);
        logprobs.push_back(logprob);
    }
    Napi::Object object = Napi::Object::New(env);
    object["tokens"] = toTypedArray<Napi::Int32Array>(env, tokens);
    object["logprobs"] = toTypedArray<Napi::Float32Array>(env, logprobs);
    return object;
}

Napi::Object toJs(Napi::Env env, const ModelLogprobs& logprobs, const std::vector<uint32_t>& evaluated) {
    Napi::Array likeliest = Napi::Array::New(env, logprobs.likeliest.size());
    for (size_t i = 0; i < logprobs.likeliest.size(); ++i)
        likeliest[static_cast<uint32_t>(i)] = toJs(env, logprobs.likeliest[i]);
    Napi::Object object = Napi::Object::New(env);
    object["logprobs"] = toFloatArrays(env, logprobs.logprobs);
    object["likeliest"] = likeliest;
    object["evaluated"] = toTypedArray<Napi::Uint32Array>(env, evaluated);
    return object;
}

Napi::Array toJs(Napi::Env env, const std::vector<SpecialToken>& tokens) {
    Napi::Array array = Napi::Array::New(env, tokens.size());
    for (size_t i = 0; i < tokens.size(); ++i) {
        Napi::Object object = Napi::Object::New(env);
        object["token"] = tokens[i].token;
        object["text"] = tokens[i].text;
        object["stripLeft"] = tokens[i].stripLeft;
        object["stripRight"] = tokens[i].stripRight;
        object["endsGeneration"] = tokens[i].endsGeneration;
        array[static_cast<uint32_t>(i)] = object;
    }
    return array;
}

Napi::Array toJs(Napi::Env env, const std::vector<std::string>& strings) {
    Napi::Array array = Napi::Array::New(env, strings.size());
    for (size_t i = 0; i < strings.size(); ++i) array[static_cast<uint32_t>(i)] = strings[i];
    return array;
}

Napi::Object toJs(Napi::Env env, const MemoryUse& memory) {
    Napi::Object object = Napi::Object::New(env);
    object["weights"] = static_cast<double>(memory.weights);
    object["kvCache"] = static_cast<double>(memory.kvCache);
    object["compute"] = static_cast<double>(memory.compute);
    object["host"] = static_cast<double>(memory.host);
    return object;
}

Napi::Object describePair(Napi::Env env, const Pair& pair) {
    Napi::Object object = Napi::Object::New(env);
    object["policy"] = toJs(env, pair.policy().describe());
    object["reference"] = pair.reference() ? toJs(env, pair.reference()->describe()) : env.Null();
    object["sharesWeights"] = pair.reference() == &pair.policy();
    object["contextSize"] = pair.contextSize();
    object["batchSize"] = pair.batchSize();
    object["cacheSize"] = pair.cacheSize();
    object["devices"] = toJs(env, pair.devices());
    object["logSoftmax"] = pair.usesGraphLogSoftmax() ? "graph" : "host";
    object["memory"] = toJs(env, pair.memory());
    object["beta"] = toJsOrNull(env, pair.beta());
    object["adapterMetadata"] = toJs(env, pair.adapterMetadata());
    object["specialTokens"] = toJs(env, pair.vocabulary().specialTokens());
    object["longestToken"] = static_cast<double>(pair.vocabulary().longestToken());
    object["unusedTokensDiffer"] =
        pair.reference() && pair.vocabulary().differsInUnused(pair.reference()->vocabulary());
    return object;
}

} // namespace iprm
