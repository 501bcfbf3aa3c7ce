#include "graph-log-softmax.h"

#include "error.h"

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

    ggml_tensor* best = api_.ggml_argmax(context, logits);
    const auto atBest = [&](ggml_tensor* values) {
        return api_.ggml_get_rows(context, api_.ggml_reshape_3d(context, values, 1, vocabulary, outputs),
                                  api_.ggml_reshape_2d(context, best, 1, outputs));
    };
    graph_.maxLogits = atBest(logits);
    graph_.maxProbabilities = atBest(api_.ggml_soft_max(context, logits));
    for (ggml_tensor* result : {graph_.targetLogits, graph_.maxLogits, graph_.maxProbabilities}) {
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
        const auto index = static_cast<int32_t>(static_cast<size_t>(output) * vocabularySize_ +
                                                static_cast<size_t>(target.token));
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
    const auto targetLogits = read(graph_.targetLogits, indices_.size());
    const auto maxLogits = read(graph_.maxLogits, outputs);
    const auto maxProbabilities = read(graph_.maxProbabilities, outputs);
    for (size_t i = 0; i < batch.targets.size(); ++i) {
        const auto output = static_cast<size_t>(batch.targets[i].output);
        const double difference = static_cast<double>(targetLogits[lookups_[i]]) - maxLogits[output];
        *batch.targets[i].result =
            static_cast<float>(difference + std::log(static_cast<double>(maxProbabilities[output])));
    }
}

std::vector<float> GraphLogSoftmax::read(const ggml_tensor* tensor, size_t count) const {
    std::vector<float> values(count);
    api_.ggml_backend_tensor_get(tensor, values.data(), 0, count * sizeof(float));
    return values;
}

} // namespace iprm
