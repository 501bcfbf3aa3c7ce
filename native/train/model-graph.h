#pragma once

#include "../llama-api.h"
#include "graph-builder.h"
#include "train-api.h"

#include <map>
#include <memory>
#include <string>
#include <unordered_map>
#include <unordered_set>
#include <vector>

namespace iprm {

/// The graph that llama.cpp builds for a model, read so that it can be made again for any number of tokens.
///
/// It is asked for twice, with two prime numbers of tokens: what differs between the two goes with that
/// number, and all else belongs to the model.
class ModelGraph {
public:
    /// Throws Error TRAINING_UNSUPPORTED naming what of the model's architecture training doesn't know.
    ModelGraph(const LlamaApi& llama, const TrainApi& api, llama_model* model);

    int32_t layers() const { return static_cast<int32_t>(layerOutputs_.size()); }
    ggml_tensor* layerOutput(int32_t layer) const { return layerOutputs_[static_cast<size_t>(layer)]; }
    ggml_tensor* logits() const { return logits_; }
    int64_t embeddingLength() const { return layerOutputs_.front()->ne[0]; }
    int64_t vocabularySize() const { return logits_->ne[0]; }

    /// All that the graph takes from the model, each once.
    const std::vector<ggml_tensor*>& weights() const { return weights_; }
    /// The weights of a layer that something is multiplied by, in the order of the graph.
    const std::vector<ggml_tensor*>& targets(int32_t layer) const {
        return targets_[static_cast<size_t>(layer)];
    }

    /// The shape that a node has for so many tokens.
    Shape shape(const ggml_tensor* node, int64_t rows) const;
    /// The bytes from one element to the next along a dimension of a view, for so many tokens.
    size_t stride(const ggml_tensor* view, int dimension, int64_t rows) const;
    size_t offset(const ggml_tensor* view, int64_t rows) const;

    /// What is written into the cache that attention reads `keysOrValues` from.
    ggml_tensor* stored(const ggml_tensor* keysOrValues) const;
    /// Whether this attention sees only the last tokens.
    bool isWindowed(const ggml_tensor* attention) const;
    /// The tokens that windowed attention sees, 0 if the model has none.
    int32_t window() const { return window_; }
    /// Σ over the heads of their width: the size of what a token's attention compares.
    int64_t attentionWidth() const { return attentionWidth_; }

    /// Whether a node is a function of the tokens, and of those before which layer's output.
    int32_t layerOf(const ggml_tensor* node) const;
    bool dependsOnTokens(const ggml_tensor* node) const { return dependent_.count(node) > 0; }
    bool isCache(const ggml_tensor* leaf) const { return caches_.count(leaf) > 0; }

private:
    /// A number that goes with the tokens, or doesn't: value = fixed + perToken · tokens.
    struct Measure {
        int64_t fixed = 0, perToken = 0;
        int64_t at(int64_t rows) const { return fixed + perToken * rows; }
    };
    struct Layout {
        Measure dimensions[4], strides[4], offset;
    };

    ggml_cgraph* reserve(uint32_t tokens) const;
    void readLayouts();
    void readNodes(ggml_cgraph* graph);
    void readAttention(const ggml_tensor* node);
    void readTarget(ggml_tensor* node, int32_t layer);
    void readWeights(ggml_cgraph* graph);
    [[noreturn]] void refuse(const std::string& why) const;
    const Layout& layout(const ggml_tensor* node) const;

    const TrainApi& api_;
    std::unique_ptr<llama_context, decltype(&::llama_free)> context_;
    std::unordered_map<const ggml_tensor*, Layout> layouts_;
    std::unordered_map<const ggml_tensor*, int32_t> layerOf_;
    std::unordered_set<const ggml_tensor*> dependent_, caches_, irregular_;
    std::unordered_map<const ggml_tensor*, ggml_tensor*> stored_;
    std::vector<const ggml_tensor*> masks_;
    std::vector<ggml_tensor*> layerOutputs_, weights_;
    std::vector<std::vector<ggml_tensor*>> targets_;
    ggml_tensor* logits_ = nullptr;
    int32_t window_;
    int64_t attentionWidth_ = 0;
};

} // namespace iprm
