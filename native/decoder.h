#pragma once

#include "batch.h"
#include "graph-log-softmax.h"
#include "log.h"
#include "model.h"

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>

namespace iprm {

/// Where the logits of a token become the log-probabilities of those wanted.
enum class LogSoftmaxPlace {
    /// Behind the output layer where that is on a GPU, else on the host, which is faster on the CPU.
    automatic,
    graph,
    host,
};

struct DecoderOptions {
    /// Key-value cells.
    int32_t cells;
    /// Tokens evaluated at once.
    int32_t batchSize;
    int32_t threads;
    ggml_type kvCacheType;
    llama_flash_attn_type flashAttention;
    LogSoftmaxPlace logSoftmax;
    /// Whether the output layer is on a GPU.
    bool outputsOnGpu;
};

/// A llama.cpp context that turns batches into log-probabilities and likeliest tokens.
class Decoder {
public:
    /// More than these can't branch off one another in one batch's targets.
    static constexpr int32_t extraTargets = 8192;

    /// `model` and `adapter` (null for none) must outlive the decoder. Throws Error UNSUPPORTED_MODEL,
    /// MODEL_INVALID, OUT_OF_MEMORY.
    Decoder(const LlamaApi& api, const Model& model, llama_adapter_lora* adapter,
            const DecoderOptions& options, LogScope& log);

    /// Sequences that may be in use at a time.
    static int32_t sequenceCount(const Model& model, int32_t batchSize);
    int32_t sequences() const { return sequences_; }
    /// Tokens of a batch whose logits may be wanted.
    int32_t maxOutputs() const { return maxOutputs_; }
    bool usesGraph() const { return graph_ != nullptr; }
    /// What the logits take on the host.
    size_t hostBytes() const { return static_cast<size_t>(maxOutputs_) * bytesPerOutput_; }
    llama_memory_t memory() const { return api_.llama_get_memory(context_.get()); }

    /// Evaluates the batch and writes the results of its targets. False if it stopped because `cancelled`
    /// returned true, which is asked throughout. Throws Error EVALUATION_FAILED.
    bool decode(Batch& batch, LogScope& log, const std::function<bool()>& cancelled);

private:
    llama_context_params params(const DecoderOptions& options);
    void checkContext(const Model& model) const;
    int32_t compute(Batch& batch);
    void computeOnHost(const Batch& batch);

    const LlamaApi& api_;
    size_t vocabularySize_;
    int32_t threads_;
    int32_t sequences_;
    int32_t maxOutputs_;
    size_t bytesPerOutput_;
    std::unique_ptr<GraphLogSoftmax> graph_;
    std::unique_ptr<llama_context, decltype(&::llama_free)> context_;
};

} // namespace iprm
