#pragma once

#include "../graph-builder.h"

#include <unordered_map>

namespace iprm {

/// Products with frozen weights by a CPU's instructions for numbers of 16 bits (AVX-512 BF16), which multiply
/// twice as many of them as of 32 bits, summed in 32 bits. Operations of the CPU alone.
class Bf16Products {
public:
    explicit Bf16Products(GraphBuilder& build) : build_(build) {}

    /// Weights of BF16, which lose nothing, and quantised ones, which have lost more; not F32 and F16. And
    /// whether the shape is one of whole panels.
    static bool takes(const TrainApi& api, const ggml_tensor* weight);

    /// Wᵀ x over dimension 0 of both.
    ggml_tensor* forward(ggml_tensor* weight, ggml_tensor* x);
    /// W x over dimension 1 of the weight and 0 of x. The weight is not transposed.
    ggml_tensor* backward(ggml_tensor* weight, ggml_tensor* x);

    /// What `forward` multiplied the weight by to give this node; null for other nodes.
    static ggml_tensor* operandOf(const ggml_tensor* node);

private:
    ggml_tensor* packed(ggml_tensor* x);

    GraphBuilder& build_;
    std::unordered_map<const ggml_tensor*, ggml_tensor*> packed_;
};

} // namespace iprm
