#pragma once

#include "cpu/bf16-products.h"
#include "device-weights.h"
#include "lora-weights.h"
#include "model-graph.h"
#include "operations.h"

#include <unordered_map>

namespace iprm {

/// What a layer is made again for: `blocks` blocks of `length` tokens, of which a token sees others of its
/// block as the mask says.
struct ReplayInputs {
    ggml_tensor *tokens, *positions;
    /// [length, length, 1, blocks], row by row what a token sees: 0 or −∞.
    ggml_tensor *mask, *windowMask;
    int64_t length, blocks;

    int64_t rows() const { return length * blocks; }
};

/// Makes parts of a model's graph again in another graph: for other tokens, with keys and values taken
/// straight from where they are computed, with attention written out, and with an adapter.
class LayerReplay {
public:
    LayerReplay(GraphBuilder& build, const ModelGraph& model, const DeviceWeights& weights,
                const LoraWeights* adapter, Operations operations)
        : build_(build), model_(model), weights_(weights), adapter_(adapter),
          hasBf16_(operations == Operations::CpuWithBf16), bf16Products_(build) {}

    /// The output of a layer of that of the one before, [embedding, rows]; layer 0 takes the tokens.
    ggml_tensor* layer(int32_t layer, ggml_tensor* previous, const ReplayInputs& inputs);
    /// The logits of outputs of the last layer, [embedding, rows].
    ggml_tensor* logits(ggml_tensor* last);

private:
    ggml_tensor* replay(ggml_tensor* original);
    ggml_tensor* make(ggml_tensor* original);
    ggml_tensor* makeLeaf(ggml_tensor* original) const;
    ggml_tensor* makeView(ggml_tensor* original);
    ggml_tensor* makeClone(ggml_tensor* original);
    bool isBf16Product(const ggml_tensor* original) const;
    ggml_tensor* adapted(ggml_tensor* made, const ggml_tensor* weight, ggml_tensor* x);
    ggml_tensor* attention(ggml_tensor* original);
    ggml_tensor* headsOf(ggml_tensor* queries);
    void requireKnown(const ggml_tensor* original) const;

    GraphBuilder& build_;
    const ModelGraph& model_;
    const DeviceWeights& weights_;
    const LoraWeights* adapter_;
    bool hasBf16_;
    Bf16Products bf16Products_;
    const ReplayInputs* inputs_ = nullptr;
    int64_t rows_ = 0;
    int32_t layer_ = 0;
    std::unordered_map<const ggml_tensor*, ggml_tensor*> made_;
};

} // namespace iprm
