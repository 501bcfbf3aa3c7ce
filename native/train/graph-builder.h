#pragma once

#include "train-api.h"

#include <array>
#include <cstdint>
#include <memory>
#include <vector>

namespace iprm {

using Shape = std::array<int64_t, 4>;

Shape shapeOf(const ggml_tensor* tensor);

/// The nodes of one graph while it is made. ggml ends the process over shapes that don't fit together; each
/// builder here checks them first and throws Error TRAINING_UNSUPPORTED.
class GraphBuilder {
public:
    explicit GraphBuilder(const TrainApi& api);

    ggml_tensor* leaf(ggml_type type, const Shape& shape);
    /// A leaf whose values the host writes before the computation.
    ggml_tensor* input(ggml_type type, const Shape& shape);
    /// A node of any operation with a contiguous result, its parameters those of `like`.
    ggml_tensor* node(const ggml_tensor* like, ggml_op op, const Shape& shape);

    /// A node that `compute` of ours computes, on the CPU, in as many threads as there are; `data` goes to
    /// it.
    ggml_tensor* custom(ggml_type type, const Shape& shape, std::vector<ggml_tensor*> sources,
                        ggml_custom_op_t compute, const void* data);

    /// Whether its elements lie one after the other.
    bool isDense(const ggml_tensor* x) const;
    ggml_tensor* contiguous(ggml_tensor* x);
    ggml_tensor* reshape(ggml_tensor* x, const Shape& shape);
    ggml_tensor* view(ggml_tensor* x, const Shape& shape, size_t stride1, size_t stride2, size_t stride3,
                      size_t offset);
    ggml_tensor* permute(ggml_tensor* x, int axis0, int axis1, int axis2, int axis3);
    /// Dimensions 0 and 1 exchanged, as a view.
    ggml_tensor* transpose(ggml_tensor* x);
    ggml_tensor* concatenate(ggml_tensor* a, ggml_tensor* b, int dimension);

    /// `b` is repeated over `a` where it is smaller.
    ggml_tensor* add(ggml_tensor* a, ggml_tensor* b);
    ggml_tensor* subtract(ggml_tensor* a, ggml_tensor* b);
    ggml_tensor* multiply(ggml_tensor* a, ggml_tensor* b);
    ggml_tensor* divide(ggml_tensor* a, ggml_tensor* b);
    ggml_tensor* addInto(ggml_tensor* target, ggml_tensor* x);
    /// x plus `part`, at the place of a view of such strides and offset.
    ggml_tensor* addAt(ggml_tensor* x, ggml_tensor* part, size_t stride1, size_t stride2, size_t stride3,
                       size_t offset);
    ggml_tensor* scale(ggml_tensor* x, float factor);
    ggml_tensor* scale(ggml_tensor* x, float factor, float offset);
    ggml_tensor* negate(ggml_tensor* x);
    ggml_tensor* square(ggml_tensor* x);
    ggml_tensor* squareRoot(ggml_tensor* x);
    ggml_tensor* logarithm(ggml_tensor* x);
    ggml_tensor* tanh(ggml_tensor* x);
    ggml_tensor* step(ggml_tensor* x);
    ggml_tensor* silu(ggml_tensor* x);
    ggml_tensor* siluGradient(ggml_tensor* gradient, ggml_tensor* x);
    ggml_tensor* gelu(ggml_tensor* x);
    /// Along dimension 0, which becomes 1.
    ggml_tensor* sumRows(ggml_tensor* x);
    ggml_tensor* largest(ggml_tensor* x);
    ggml_tensor* softmax(ggml_tensor* x);
    ggml_tensor* softmax(ggml_tensor* x, ggml_tensor* mask, float scale);

    /// The gradients of x as one operation, which not every backend has.
    ggml_tensor* rmsNormGradient(ggml_tensor* gradient, ggml_tensor* x, float epsilon);
    ggml_tensor* softmaxGradient(ggml_tensor* gradient, ggml_tensor* probabilities, float scale);

    /// aᵀ b over dimension 0 of both.
    ggml_tensor* product(ggml_tensor* a, ggml_tensor* b);
    ggml_tensor* rows(ggml_tensor* x, ggml_tensor* indices);
    ggml_tensor* setRows(ggml_tensor* x, ggml_tensor* rows, ggml_tensor* indices);

    /// The graph computes this, and stores it in `target`.
    void store(ggml_tensor* x, ggml_tensor* target);
    void output(ggml_tensor* x);

    ggml_cgraph* graph() const { return graph_; }
    int size() const;
    ggml_tensor* operator[](int index) const;
    /// A graph of the nodes from `begin` to before `end`, which computes only those.
    ggml_cgraph* part(int begin, int end);

    const TrainApi& api() const { return api_; }

private:
    void require(bool holds, const char* operation, const ggml_tensor* a, const ggml_tensor* b) const;

    const TrainApi& api_;
    std::unique_ptr<ggml_context, decltype(&::ggml_free)> context_;
    ggml_cgraph* graph_;
};

} // namespace iprm
