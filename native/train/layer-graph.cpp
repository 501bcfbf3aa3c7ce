#include "layer-graph.h"

namespace iprm {

LayerGraph::LayerGraph(const TrainApi& api, const ModelGraph& model, const LoraWeights* adapter,
                       const LayerTensors& tensors, int32_t layer, Parts parts)
    : build_(api) {
    const auto index = static_cast<size_t>(layer);
    ggml_tensor* output = LayerReplay(build_, model, *tensors.weights, adapter, tensors.operations)
                              .layer(layer, tensors.states[index], tensors.inputs);
    if (parts.forward)
        build_.store(output, tensors.states[index + 1]);
    else
        build_.output(output);
    forwardNodes_ = build_.size();
    if (parts.backward) differentiate(model, *adapter, tensors, layer, output, parts.passesOn);
}

void LayerGraph::differentiate(const ModelGraph& model, const LoraWeights& adapter,
                               const LayerTensors& tensors, int32_t layer, ggml_tensor* output,
                               bool passesOn) {
    std::vector<const LoraWeights::Pair*> pairs;
    std::vector<ggml_tensor*> wanted;
    for (const ggml_tensor* weight : model.targets(layer)) {
        pairs.push_back(adapter.of(weight));
        wanted.push_back(pairs.back()->a);
        wanted.push_back(pairs.back()->b);
    }
    ggml_tensor* input = tensors.states[static_cast<size_t>(layer)];
    if (passesOn) wanted.push_back(input);
    GraphGradient gradient(build_, tensors.rowNumbers, tensors.operations);
    gradient.differentiate(output, tensors.gradient, wanted);
    for (const LoraWeights::Pair* pair : pairs) {
        build_.output(build_.addInto(pair->gradientA, gradient.of(pair->a)));
        build_.output(build_.addInto(pair->gradientB, gradient.of(pair->b)));
    }
    // Last, since what came before reads the gradient that this replaces.
    if (passesOn) build_.store(build_.contiguous(gradient.of(input)), tensors.gradient);
}

} // namespace iprm
