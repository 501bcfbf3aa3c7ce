#pragma once

#include "graph-gradient.h"
#include "layer-replay.h"

#include <string>
#include <vector>

namespace iprm {

/// What the layers of one computation have in common.
struct LayerTensors {
    ReplayInputs inputs;
    const DeviceWeights* weights = nullptr;
    ggml_tensor* rowNumbers = nullptr;
    Operations operations = Operations::Portable;
    /// By layer, what it is given; the last is what the last layer gives. [embedding, rows]
    std::vector<ggml_tensor*> states;
    /// ∂L/∂ of what the layer at hand gives; the layer replaces it by that of what it was given.
    ggml_tensor* gradient = nullptr;
};

/// The graph of one layer: forward, backward, or both.
class LayerGraph {
public:
    struct Parts {
        /// Stores what the layer gives.
        bool forward = false;
        /// Adds to the gradients of the layer's adapter.
        bool backward = false;
        /// Whether something below wants a gradient.
        bool passesOn = false;
    };

    /// `adapter`: null to compute the model as it is.
    LayerGraph(const TrainApi& api, const ModelGraph& model, const LoraWeights* adapter,
               const LayerTensors& tensors, int32_t layer, Parts parts);

    ggml_cgraph* whole() const { return build_.graph(); }
    /// The two parts of a graph made for both.
    ggml_cgraph* forward() { return build_.part(0, forwardNodes_); }
    ggml_cgraph* backward() { return build_.part(forwardNodes_, build_.size()); }

private:
    void differentiate(const ModelGraph& model, const LoraWeights& adapter, const LayerTensors& tensors,
                       int32_t layer, ggml_tensor* output, bool passesOn);

    GraphBuilder build_;
    int forwardNodes_ = 0;
};

} // namespace iprm
