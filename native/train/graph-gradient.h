#pragma once

#include "cpu/bf16-products.h"
#include "graph-builder.h"
#include "operations.h"

#include <unordered_map>
#include <unordered_set>
#include <vector>

namespace iprm {

/// Reverse-mode differentiation of a graph. What is multiplied by a
/// leaf is taken to be multiplied by constants.
class GraphGradient {
public:
    /// Weights of more than twice as many rows, such as the output layer, are transposed in pieces of this.
    static constexpr int64_t rowsAtOnce = 8192;

    /// `rowNumbers`: a leaf of 0, 1, 2, … , as many as any smaller weight has rows.
    GraphGradient(GraphBuilder& build, ggml_tensor* rowNumbers, Operations operations)
        : build_(build), rowNumbers_(rowNumbers), portable_(operations == Operations::Portable),
          hasBf16_(operations == Operations::CpuWithBf16), bf16Products_(build) {}

    /// Extends the graph to ∂L/∂x for each x of `wanted`, given ∂L/∂output. Throws Error TRAINING_UNSUPPORTED
    /// naming an operation that has no derivative here.
    void differentiate(ggml_tensor* output, ggml_tensor* gradient, const std::vector<ggml_tensor*>& wanted);

    /// ∂L/∂x. Throws if L doesn't depend on x.
    ggml_tensor* of(const ggml_tensor* x) const;

private:
    using Gradient = ggml_tensor*;

    bool needs(const ggml_tensor* x) const { return x && needed_.count(x) > 0; }
    void accumulate(ggml_tensor* x, Gradient gradient);
    void step(ggml_tensor* node, Gradient gradient);
    void product(ggml_tensor* node, Gradient gradient);
    void norm(ggml_tensor* node, Gradient gradient);
    void rmsNorm(ggml_tensor* node, Gradient gradient);
    void softmax(ggml_tensor* node, Gradient gradient);
    void rope(ggml_tensor* node, Gradient gradient);
    void permute(ggml_tensor* node, Gradient gradient);
    void view(ggml_tensor* node, Gradient gradient);
    void gated(ggml_tensor* node, Gradient gradient);
    void gatedHalves(ggml_tensor* node, Gradient gradient);
    void unary(ggml_tensor* node, Gradient gradient);

    /// The gradients of act(x) · u.
    ggml_tensor* gateGradient(ggml_glu_op operation, Gradient gradient, ggml_tensor* x, ggml_tensor* u);
    ggml_tensor* gateValue(ggml_glu_op operation, Gradient gradient, ggml_tensor* x);
    ggml_tensor* geluDerivative(ggml_tensor* x);
    ggml_tensor* transposed(ggml_tensor* x);
    ggml_tensor* transposedWeight(ggml_tensor* weight);
    ggml_tensor* throughWeight(ggml_tensor* weight, Gradient gradient);
    ggml_tensor* meanOfRows(ggml_tensor* x);

    GraphBuilder& build_;
    ggml_tensor* rowNumbers_;
    bool portable_, hasBf16_;
    Bf16Products bf16Products_;
    std::unordered_map<const ggml_tensor*, Gradient> gradients_;
    std::unordered_set<const ggml_tensor*> needed_;
    std::unordered_map<const ggml_tensor*, ggml_tensor*> transposed_;
};

} // namespace iprm
