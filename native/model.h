#pragma once

#include "llama-api.h"
#include "log.h"
#include "vocabulary.h"

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace iprm {

struct ModelOptions {
    std::string path;
    /// Layers to put on the devices; a negative number means all.
    int32_t gpuLayers = -1;
    /// Empty for the CPU alone.
    std::vector<ggml_backend_dev_t> devices;
    /// Metadata and tokenizer only, no weights.
    bool vocabularyOnly = false;
    /// Whether llama.cpp may keep weights in an order that the CPU multiplies faster by.
    bool repacksWeights = true;
};

struct ModelDescription {
    std::string architecture, name, quantisation;
    uint64_t parameters, sizeInBytes;
    int64_t contextLength, embeddingLength, layers;
    int32_t vocabularySize;
    llama_token beginOfText, endOfText, endOfTurn;
    bool addsBeginOfText;
    std::optional<double> beta;
    std::optional<std::string> chatTemplate;
    std::map<std::string, std::string> metadata;
};

/// Returns false to stop the loading; `fraction` goes from 0 to 1.
using LoadProgress = std::function<bool(float fraction)>;

/// A model loaded from a GGUF file (or the first file of a split one).
class Model {
public:
    /// Throws Error MODEL_INVALID with llama.cpp's reason, UNSUPPORTED_MODEL if it cannot score, Cancelled.
    Model(const LlamaApi& api, const ModelOptions& options, LogScope& log, const LoadProgress& progress);

    ModelDescription describe() const;

    Vocabulary vocabulary() const { return {api_, api_.llama_model_get_vocab(model_.get())}; }
    /// How many tokens the model was trained on at a time.
    int64_t contextLength() const { return architectureNumber("context_length"); }
    uint64_t parameters() const { return api_.llama_model_n_params(model_.get()); }
    int64_t embeddingLength() const { return architectureNumber("embedding_length"); }
    int64_t layers() const { return architectureNumber("block_count"); }
    /// A whole number under a key of the model's architecture, 0 if there is none.
    int64_t architectureNumber(const std::string& key) const;
    /// One string of the metadata, absent if the model has none of that name.
    std::optional<std::string> metadata(const std::string& key) const;
    /// Whether the model keeps a state for each sequence that cannot be cut back to an earlier position.
    bool isRecurrent() const;

    const std::string& path() const { return path_; }
    llama_model* get() const { return model_.get(); }

private:
    void requireCausal() const;
    int64_t metadataNumber(const std::string& key) const;

    const LlamaApi& api_;
    std::string path_;
    std::unique_ptr<llama_model, decltype(&::llama_model_free)> model_;
};

/// A LoRA adapter for a model, which owns it: llama.cpp frees an adapter together with its model.
llama_adapter_lora* loadAdapter(const LlamaApi& api, const Model& model, const std::string& path,
                                LogScope& log);

/// All scalar metadata of an adapter, as text.
std::map<std::string, std::string> adapterMetadata(const LlamaApi& api, const llama_adapter_lora* adapter);

/// The number under `implicit_prm.beta` in the metadata of a GGUF file, a model's or an adapter's.
std::optional<double> readBeta(const LlamaApi& api, const std::string& path);

} // namespace iprm
