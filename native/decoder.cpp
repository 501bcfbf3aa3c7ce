#include "decoder.h"

#include "error.h"
#include "log-softmax.h"

#include <algorithm>

namespace iprm {

namespace {

// llama.cpp keeps the logits of a whole batch on the device and again on the host, four times over with
// samplers. These bound what it keeps on the host.
constexpr size_t maxHostBytes = size_t{256} << 20;
constexpr size_t maxHostBytesWithGraph = size_t{1} << 30;

constexpr int32_t maxSequences = 64;
/// A recurrent model pays for each sequence with a whole state.
constexpr int32_t maxRecurrentSequences = 16;

bool choosesGraph(const Model& model, const DecoderOptions& options) {
    // A recurrent model's batch is reordered, and its outputs with it.
    if (model.isRecurrent()) return false;
    if (options.logSoftmax == LogSoftmaxPlace::automatic) return options.outputsOnGpu;
    return options.logSoftmax == LogSoftmaxPlace::graph;
}

/// While it lives, computations of the context stop soon after `cancelled` returns true.
class AbortGuard {
public:
    AbortGuard(const LlamaApi& api, llama_context* context, const std::function<bool()>& cancelled)
        : api_(api), context_(context), cancelled_(cancelled) {
        api_.llama_set_abort_callback(
            context_, [](void* data) { return static_cast<AbortGuard*>(data)->cancelled_(); }, this);
    }
    ~AbortGuard() { api_.llama_set_abort_callback(context_, nullptr, nullptr); }
    AbortGuard(const AbortGuard&) = delete;
    AbortGuard& operator=(const AbortGuard&) = delete;

private:
    const LlamaApi& api_;
    llama_context* context_;
    const std::function<bool()>& cancelled_;
};

std::string because(LogScope& log) {
    const std::string errors = log.takeErrors();
    return errors.empty() ? errors : ": " + errors;
}

} // namespace

Decoder::Decoder(const LlamaApi& api, const Model& model, llama_adapter_lora* adapter,
                 const DecoderOptions& options, LogScope& log)
    : api_(api), vocabularySize_(static_cast<size_t>(model.vocabulary().size())), threads_(options.threads),
      sequences_(sequenceCount(model, options.batchSize)), maxOutputs_(0), bytesPerOutput_(0),
      context_(nullptr, api.llama_free) {
    const bool inGraph = choosesGraph(model, options);
    bytesPerOutput_ = vocabularySize_ * (inGraph ? 16 : 4);
    const size_t fitting = (inGraph ? maxHostBytesWithGraph : maxHostBytes) / bytesPerOutput_;
    // llama.cpp reserves an output for each sequence, so there may not be fewer.
    maxOutputs_ = static_cast<int32_t>(
        std::clamp(fitting, static_cast<size_t>(sequences_), static_cast<size_t>(options.batchSize)));
    if (inGraph) graph_ = std::make_unique<GraphLogSoftmax>(api, vocabularySize_, sequences_, extraTargets);
    context_.reset(api.llama_init_from_model(model.get(), params(options)));
    if (!context_) {
        throw Error("OUT_OF_MEMORY", "Could not create a context of " + std::to_string(options.cells) +
                                         " tokens for the model " + model.path() + because(log));
    }
    checkContext(model);
    float scale = 1.0f;
    if (adapter && api.llama_set_adapters_lora(context_.get(), &adapter, 1, &scale) != 0) {
        throw Error("MODEL_INVALID", "Could not apply the LoRA adapter to the model " + model.path());
    }
}

int32_t Decoder::sequenceCount(const Model& model, int32_t batchSize) {
    return std::min(batchSize, model.isRecurrent() ? maxRecurrentSequences : maxSequences);
}

llama_context_params Decoder::params(const DecoderOptions& options) {
    llama_context_params params = api_.llama_context_default_params();
    params.n_ctx = static_cast<uint32_t>(options.cells);
    params.n_batch = params.n_ubatch = static_cast<uint32_t>(options.batchSize);
    params.n_outputs_max = static_cast<uint32_t>(maxOutputs_);
    params.n_seq_max = static_cast<uint32_t>(sequences_);
    params.n_threads = params.n_threads_batch = options.threads;
    params.type_k = params.type_v = options.kvCacheType;
    params.flash_attn_type = options.flashAttention;
    params.kv_unified = true;
    if (graph_) {
        params.samplers = graph_->samplers().data();
        params.n_samplers = graph_->samplers().size();
        params.n_outputs_max_per_seq = params.n_outputs_max;
    }
    return params;
}

void Decoder::checkContext(const Model& model) const {
    if (!memory()) {
        throw Error("UNSUPPORTED_MODEL",
                    "The model " + model.path() +
                        " cannot score text: it has no key-value cache; it is encoder-only");
    }
    if (api_.llama_pooling_type(context_.get()) == LLAMA_POOLING_TYPE_RANK) {
        throw Error("UNSUPPORTED_MODEL",
                    "The model " + model.path() +
                        " cannot score text: it is a reranker, which gives one score for a text");
    }
}

bool Decoder::decode(Batch& batch, LogScope& log, const std::function<bool()>& cancelled) {
    const AbortGuard guard(api_, context_.get(), cancelled);
    if (graph_) graph_->prepare(batch);
    const int32_t status = compute(batch);
    if (status == 2 || (status != 0 && cancelled())) return false;
    if (status != 0) {
        throw Error("EVALUATION_FAILED", "llama.cpp could not evaluate a batch of " +
                                             std::to_string(batch.size()) + " tokens (status " +
                                             std::to_string(status) + ")" + because(log));
    }
    if (graph_) {
        graph_->finish(context_.get(), batch);
    } else {
        computeOnHost(batch);
    }
    return true;
}

int32_t Decoder::compute(Batch& batch) {
    std::vector<int32_t> sequenceCounts(batch.tokens.size(), 1);
    std::vector<llama_seq_id*> sequences;
    for (auto& sequence : batch.sequences) sequences.push_back(&sequence);
    const llama_batch arrays = {batch.size(),           batch.tokens.data(),   nullptr,
                                batch.positions.data(), sequenceCounts.data(), sequences.data(),
                                batch.isOutput.data()};
    return api_.llama_decode(context_.get(), arrays);
}

void Decoder::computeOnHost(const Batch& batch) {
    std::vector<int32_t> positions;
    for (int32_t i = 0; i < batch.size(); ++i) {
        if (batch.isOutput[static_cast<size_t>(i)]) positions.push_back(i);
    }
    std::vector<LogSoftmaxTarget> targets;
    for (const auto& target : batch.targets) {
        const float* logits =
            api_.llama_get_logits_ith(context_.get(), positions[static_cast<size_t>(target.output)]);
        if (!logits) throw Error("EVALUATION_FAILED", "llama.cpp computed no logits");
        targets.push_back({logits, target.wanted});
    }
    logSoftmaxAt(targets, vocabularySize_, threads_);
}

} // namespace iprm
