#pragma once

#include "batch.h"
#include "llama-api.h"

#include <cstdint>
#include <memory>
#include <vector>

namespace iprm {

/// Computes log-probabilities in llama.cpp's own graph, on the device that holds the output layer, so that of
/// the logits, a vocabulary for each token, nothing but the few numbers wanted leaves it. Only where a
/// likeliest token may have an equal do the logits of its position.
///
/// It hangs on to the graph as a backend sampler, the place where llama.cpp lets a caller add operations
/// behind the logits. The first sampler that is asked adds ours for all outputs at once; none samples.
class GraphLogSoftmax {
public:
    /// A batch may have as many targets as it has outputs and `extraTargets` more.
    GraphLogSoftmax(const LlamaApi& api, size_t vocabularySize, int32_t sequences, int32_t extraTargets);
    GraphLogSoftmax(const GraphLogSoftmax&) = delete;
    GraphLogSoftmax& operator=(const GraphLogSoftmax&) = delete;

    /// For llama_context_params. The context must go before this object.
    std::vector<llama_sampler_seq_config>& samplers() { return configs_; }

    /// To be called before the batch is decoded. Throws Error EVALUATION_FAILED.
    void prepare(const Batch& batch);
    /// Writes the targets' results once it is decoded. Throws Error EVALUATION_FAILED.
    void finish(llama_context* context, const Batch& batch);

private:
    /// The tensors of one graph. llama.cpp keeps two, with outputs and without.
    struct Graph {
        int64_t outputs = 0;
        /// Positions of the targets' logits among those of all outputs.
        ggml_tensor* indices = nullptr;
        ggml_tensor* targetLogits = nullptr;
        ggml_tensor* logits = nullptr;
        /// One of each output's most probable tokens, its logit and its probability.
        ggml_tensor* best = nullptr;
        ggml_tensor* maxLogits = nullptr;
        ggml_tensor* maxProbabilities = nullptr;
    };

    static llama_sampler_i makeInterface();
    void build(ggml_context* context, ggml_cgraph* graph, ggml_tensor* logits);
    void setInput();
    Token likeliestAt(size_t output, Token best, float logit, float probability) const;
    template <typename T>
    std::vector<T> read(const ggml_tensor* tensor, size_t begin, size_t count) const;

    const LlamaApi& api_;
    llama_sampler_i interface_;
    size_t vocabularySize_;
    int32_t extraTargets_;
    bool built_ = false;
    Graph graph_;
    /// What of the batch is looked up: index = output · vocabulary size + token, each pair once.
    std::vector<int32_t> indices_;
    /// For each target of the batch where in `indices_` its own is.
    std::vector<size_t> lookups_;
    /// Whether `indices_` has yet to be written to the graph: llama.cpp asks every sampler, one is enough.
    bool inputPending_ = false;
    std::vector<std::unique_ptr<llama_sampler, decltype(&::llama_sampler_free)>> chains_;
    std::vector<llama_sampler_seq_config> configs_;
};

} // namespace iprm
