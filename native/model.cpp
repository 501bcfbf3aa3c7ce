#include "model.h"

#include "error.h"
#include "model-check.h"

#include <cstdlib>

namespace iprm {

namespace {

struct LoadState {
    const LoadProgress& progress;
    bool cancelled = false;
};

bool onLoadProgress(float fraction, void* userData) {
    auto& state = *static_cast<LoadState*>(userData);
    state.cancelled = state.progress && !state.progress(fraction);
    return !state.cancelled;
}

std::string reasonOr(LogScope& log, const std::string& fallback) {
    const std::string errors = log.takeErrors();
    return errors.empty() ? fallback : errors;
}

llama_model* load(const LlamaApi& api, const ModelOptions& options, LogScope& log,
                  const LoadProgress& progress) {
    checkModelFile(api, options.path, log);
    LoadState state{progress};
    // llama.cpp takes null for "every device there is", so an empty list has to be a list with only its end.
    auto devices = options.devices;
    devices.push_back(nullptr);
    llama_model_params params = api.llama_model_default_params();
    params.devices = devices.data();
    params.n_gpu_layers = options.devices.empty() ? 0 : options.gpuLayers;
    params.vocab_only = options.vocabularyOnly;
    params.use_extra_bufts = options.repacksWeights;
    params.progress_callback = onLoadProgress;
    params.progress_callback_user_data = &state;
    llama_model* model = api.llama_model_load_from_file(options.path.c_str(), params);
    if (model) return model;
    if (state.cancelled) throw Cancelled();
    throw Error("MODEL_INVALID", "Could not load the model " + options.path + ": " +
                                     reasonOr(log, "llama.cpp gives no reason"));
}

/// @param owner a model or an adapter, @param get one of its functions that write a text
template <typename Owner>
std::string metadataAt(const Owner* owner, int32_t index,
                       int32_t (*get)(const Owner*, int32_t, char*, size_t)) {
    const int32_t length = get(owner, index, nullptr, 0);
    if (length <= 0) return {};
    std::string text(static_cast<size_t>(length) + 1, '\0');
    get(owner, index, text.data(), text.size());
    text.pop_back();
    return text;
}

std::map<std::string, std::string> allMetadata(const LlamaApi& api, const llama_model* model) {
    std::map<std::string, std::string> metadata;
    for (int32_t index = 0; index < api.llama_model_meta_count(model); ++index) {
        metadata[metadataAt(model, index, api.llama_model_meta_key_by_index)] =
            metadataAt(model, index, api.llama_model_meta_val_str_by_index);
    }
    return metadata;
}

} // namespace

Model::Model(const LlamaApi& api, const ModelOptions& options, LogScope& log, const LoadProgress& progress)
    : api_(api), path_(options.path), model_(load(api, options, log, progress), api.llama_model_free) {
    if (!options.vocabularyOnly) requireCausal();
}

void Model::requireCausal() const {
    const auto refuse = [this](const std::string& why) {
        throw Error("UNSUPPORTED_MODEL", "The model " + path_ + " cannot score text: " + why);
    };
    const std::string architecture = metadata("general.architecture").value_or("");
    if (vocabulary().empty()) refuse("it has no vocabulary");
    if (api_.llama_model_has_encoder(model_.get()))
        refuse("it has an encoder; a decoder-only model is needed");
    if (!api_.llama_model_has_decoder(model_.get())) refuse("it has no decoder; it is encoder-only");
    if (api_.llama_model_is_diffusion(model_.get()))
        refuse("it is a diffusion model, not an autoregressive one");
    if (metadata(architecture + ".attention.causal") == "false") {
        refuse("its attention is not causal (architecture " + architecture + "); it is encoder-only");
    }
}

std::optional<std::string> Model::metadata(const std::string& key) const {
    const int32_t length = api_.llama_model_meta_val_str(model_.get(), key.c_str(), nullptr, 0);
    if (length < 0) return std::nullopt;
    std::string value(static_cast<size_t>(length) + 1, '\0');
    api_.llama_model_meta_val_str(model_.get(), key.c_str(), value.data(), value.size());
    value.pop_back();
    return value;
}

int64_t Model::metadataNumber(const std::string& key) const {
    return std::strtoll(metadata(key).value_or("0").c_str(), nullptr, 10);
}

int64_t Model::architectureNumber(const std::string& key) const {
    return metadataNumber(metadata("general.architecture").value_or("") + "." + key);
}

bool Model::isRecurrent() const {
    return api_.llama_model_is_recurrent(model_.get()) || api_.llama_model_is_hybrid(model_.get());
}

ModelDescription Model::describe() const {
    const llama_model* model = model_.get();
    const Vocabulary words = vocabulary();
    const char* chatTemplate = api_.llama_model_chat_template(model, nullptr);
    ModelDescription description;
    description.architecture = metadata("general.architecture").value_or("");
    description.name = metadata("general.name").value_or("");
    description.quantisation =
        metadata("general.file_type")
            ? api_.llama_ftype_name(static_cast<llama_ftype>(metadataNumber("general.file_type")))
            : "unknown";
    description.parameters = parameters();
    description.sizeInBytes = api_.llama_model_size(model);
    // From the metadata: llama.cpp does not read these for a model opened for its vocabulary alone.
    description.contextLength = contextLength();
    description.embeddingLength = embeddingLength();
    description.layers = layers();
    description.vocabularySize = words.size();
    description.beginOfText = words.beginOfText();
    description.addsBeginOfText = words.addsBeginOfText();
    description.endOfText = words.endOfText();
    description.endOfTurn = words.endOfTurn();
    description.beta = readBeta(api_, path_);
    if (chatTemplate) description.chatTemplate = chatTemplate;
    description.metadata = allMetadata(api_, model);
    return description;
}

llama_adapter_lora* loadAdapter(const LlamaApi& api, const Model& model, const std::string& path,
                                LogScope& log) {
    checkAdapterFile(api, path, log);
    llama_adapter_lora* adapter = api.llama_adapter_lora_init(model.get(), path.c_str());
    if (adapter) return adapter;
    throw Error("MODEL_INVALID", "Could not load the LoRA adapter " + path + " for the model " +
                                     model.path() + ": " + reasonOr(log, "llama.cpp gives no reason"));
}

std::map<std::string, std::string> adapterMetadata(const LlamaApi& api, const llama_adapter_lora* adapter) {
    std::map<std::string, std::string> metadata;
    for (int32_t index = 0; index < api.llama_adapter_meta_count(adapter); ++index) {
        metadata[metadataAt(adapter, index, api.llama_adapter_meta_key_by_index)] =
            metadataAt(adapter, index, api.llama_adapter_meta_val_str_by_index);
    }
    return metadata;
}

std::optional<double> readBeta(const LlamaApi& api, const std::string& path) {
    const std::unique_ptr<gguf_context, decltype(api.gguf_free)> file(
        api.gguf_init_from_file(path.c_str(), {/*no_alloc=*/true, /*ctx=*/nullptr}), api.gguf_free);
    if (!file) return std::nullopt;
    const int64_t key = api.gguf_find_key(file.get(), "implicit_prm.beta");
    if (key < 0) return std::nullopt;
    switch (api.gguf_get_kv_type(file.get(), key)) {
    case GGUF_TYPE_FLOAT32:
        return api.gguf_get_val_f32(file.get(), key);
    case GGUF_TYPE_FLOAT64:
        return api.gguf_get_val_f64(file.get(), key);
    default:
        return std::nullopt;
    }
}

} // namespace iprm
