#include "graph-log-softmax.h"

#include "error.h"
#include "log-softmax.h"

#include <algorithm>
#include <cmath>

namespace iprm {

namespace {

GraphLogSoftmax& ownerOf(llama_sampler* sampler) { return *static_cast<GraphLogSoftmax*>(sampler->ctx); }

/// The logits of all outputs. A sampler is handed a view of one row of them, or rather of a copy with one row
/// more, which needn't be made if nothing reads it.
ggml_tensor* allLogits(ggml_tensor* row) {
    ggml_tensor* padded = row->view_src;
    if (!padded) return row;
    return padded->op == GGML_OP_PAD ? padded->src[0] : padded;
}

} // namespace

GraphLogSoftmax::GraphLogSoftmax(const LlamaApi& api, size_t vocabularySize, int32_t sequences,
                                 int32_t extraTargets)
    : api_(api), interface_(makeInterface()), vocabularySize_(vocabularySize), extraTargets_(extraTargets) {
    for (llama_seq_id sequence = 0; sequence < sequences; ++sequence) {
        auto* chain = api_.llama_sampler_chain_init(api_.llama_sampler_chain_default_params());
        chains_.emplace_back(chain, api_.llama_sampler_free);
        // The chain owns the sampler.
        api_.llama_sampler_chain_add(chain, api_.llama_sampler_init(&interface_, this));
        configs_.push_back({sequence, chain});
    }
}

llama_sampler_i GraphLogSoftmax::makeInterface() {
    llama_sampler_i result = {};
    result.name = [](const llama_sampler*) { return "log-softmax"; };
    result.apply = [](llama_sampler*, llama_token_data_array*) {};
    result.backend_init = [](llama_sampler*, ggml_backend_buffer_type_t, uint32_t) { return true; };
    result.backend_reset = [](llama_sampler* sampler) { ownerOf(sampler).built_ = false; };
    result.backend_apply = [](llama_sampler* sampler, ggml_context* context, ggml_cgraph* graph,
                              llama_sampler_data* data) {
        ownerOf(sampler).build(context, graph, allLogits(data->logits));
        // Nothing for llama.cpp to copy to the host.
        data->logits = nullptr;
    };
    result.backend_set_input = [](llama_sampler* sampler) { ownerOf(sampler).setInput(); };
    return result;
}

/// log p = x_target − x_max + log p_max, where p_max is at least 1 / vocabulary size: the logarithm of a
/// target's own probability would be lost where that underflows.
void GraphLogSoftmax::build(ggml_context* context, ggml_cgraph* graph, ggml_tensor* logits) {
    const int64_t vocabulary = logits->ne[0], outputs = logits->ne[1];
    if (built_ || outputs == 0) return;
    built_ = true;
    graph_.outputs = outputs;
    graph_.indices = api_.ggml_new_tensor_1d(context, GGML_TYPE_I32, outputs + extraTargets_);
    api_.ggml_set_input(graph_.indices);
    ggml_tensor* flat = api_.ggml_reshape_2d(context, logits, 1, vocabulary * outputs);
    graph_.targetLogits = api_.ggml_get_rows(context, flat, graph_.indices);

    // llama.cpp keeps the logits until the graph is done with.
    graph_.logits = logits;
    graph_.best = api_.ggml_argmax(context, logits);
    const auto atBest = [&](ggml_tensor* values) {
        return api_.ggml_get_rows(context, api_.ggml_reshape_3d(context, values, 1, vocabulary, outputs),
                                  api_.ggml_reshape_2d(context, graph_.best, 1, outputs));
    };
    graph_.maxLogits = atBest(logits);
    graph_.maxProbabilities = atBest(api_.ggml_soft_max(context, logits));
    for (ggml_tensor* result :
         {graph_.best, graph_.targetLogits, graph_.maxLogits, graph_.maxProbabilities}) {
        api_.ggml_set_output(result);
        api_.ggml_build_forward_expand(graph, result);
    }
}

void GraphLogSoftmax::prepare(const Batch& batch) {
    indices_.clear();
    lookups_.clear();
    size_t rowBegin = 0;
    int32_t output = -1;
    for (const auto& target : batch.targets) {
        if (target.output != output) rowBegin = indices_.size();
        output = target.output;
        if (!target.wanted.logprob) {
            lookups_.push_back(0);
            continue;
        }
        const auto index = static_cast<int32_t>(static_cast<size_t>(output) * vocabularySize_ +
                                                static_cast<size_t>(target.wanted.token));
        // Sequences that part only further on want the same one.
        const auto known = std::find(indices_.begin() + static_cast<long>(rowBegin), indices_.end(), index);
        lookups_.push_back(static_cast<size_t>(known - indices_.begin()));
        if (known == indices_.end()) indices_.push_back(index);
    }
    const int32_t room = batch.outputCount + extraTargets_;
    if (indices_.size() > static_cast<size_t>(room)) {
        throw Error("EVALUATION_FAILED", "A batch wants " + std::to_string(indices_.size()) +
                                             " log-probabilities, but the graph has room for " +
                                             std::to_string(room));
    }
    inputPending_ = true;
}

void GraphLogSoftmax::setInput() {
    if (!inputPending_) return;
    inputPending_ = false;
    indices_.resize(static_cast<size_t>(graph_.outputs + extraTargets_));
    api_.ggml_backend_tensor_set(graph_.indices, indices_.data(), 0, indices_.size() * sizeof(int32_t));
}

void GraphLogSoftmax::finish(llama_context* context, const Batch& batch) {
    if (batch.targets.empty()) return;
    if (graph_.outputs != batch.outputCount) {
        throw Error("EVALUATION_FAILED", "llama.cpp computed " + std::to_string(graph_.outputs) +
                                             " outputs of a batch in place of " +
                                             std::to_string(batch.outputCount));
    }
    api_.llama_synchronize(context);
    const auto outputs = static_cast<size_t>(graph_.outputs);
    const auto targetLogits = read<float>(graph_.targetLogits, 0, indices_.size());
    const auto maxLogits = read<float>(graph_.maxLogits, 0, outputs);
    const auto maxProbabilities = read<float>(graph_.maxProbabilities, 0, outputs);
    std::vector<Token> best;
    for (size_t i = 0; i < batch.targets.size(); ++i) {
        const auto& [token, logprob, likeliest] = batch.targets[i].wanted;
        const auto output = static_cast<size_t>(batch.targets[i].output);
        const double most = std::log(static_cast<double>(maxProbabilities[output]));
        if (logprob) {
            const double difference = static_cast<double>(targetLogits[lookups_[i]]) - maxLogits[output];
            *logprob = static_cast<float>(difference + most);
        }
        if (!likeliest) continue;
        if (best.empty()) best = read<Token>(graph_.best, 0, outputs);
        *likeliest = {likeliestAt(output, best[output], maxLogits[output], maxProbabilities[output]),
                      static_cast<float>(most)};
    }
}

/// Which of equals the device finds is its own affair: ours is the first. Whatever has more than half of the
/// probability has no equal.
Token GraphLogSoftmax::likeliestAt(size_t output, Token best, float logit, float probability) const {
    if (probability > 0.51f) return best;
    const auto logits = read<float>(graph_.logits, output * vocabularySize_, vocabularySize_);
    const size_t first = indexOf(logits.data(), vocabularySize_, logit);
    return first < vocabularySize_ ? static_cast<Token>(first) : -1;
}

template <typename T>
std::vector<T> GraphLogSoftmax::read(const ggml_tensor* tensor, size_t begin, size_t count) const {
    std::vector<T> values(count);
    api_.ggml_backend_tensor_get(tensor, values.data(), begin * sizeof(T), count * sizeof(T));
    return values;
}

} // namespace iprm
