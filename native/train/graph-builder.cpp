#include "graph-builder.h"

#include "../error.h"

#include <cstring>
#include <string>

namespace iprm {

namespace {

/// Nodes of one graph: a layer forward and backward has a few hundred.
constexpr size_t maxNodes = 4096;

std::string describe(const ggml_tensor* tensor) {
    std::string text = tensor->name[0] ? std::string(tensor->name) + " " : std::string();
    text += "[";
    for (int i = 0; i < 4; ++i) text += (i ? ", " : "") + std::to_string(tensor->ne[i]);
    return text + "]";
}

bool isSameShape(const ggml_tensor* a, const ggml_tensor* b) { return shapeOf(a) == shapeOf(b); }

bool repeatsOver(const ggml_tensor* b, const ggml_tensor* a) {
    for (int i = 0; i < 4; ++i) {
        if (b->ne[i] == 0 || a->ne[i] % b->ne[i] != 0) return false;
    }
    return true;
}

bool rowsAreDense(const ggml_tensor* x) { return x->type != GGML_TYPE_F32 || x->nb[0] == sizeof(float); }

int64_t elements(const Shape& shape) { return shape[0] * shape[1] * shape[2] * shape[3]; }

} // namespace

Shape shapeOf(const ggml_tensor* tensor) {
    return {tensor->ne[0], tensor->ne[1], tensor->ne[2], tensor->ne[3]};
}

GraphBuilder::GraphBuilder(const TrainApi& api)
    : api_(api), context_(api.ggml_init({api.ggml_tensor_overhead() * maxNodes +
                                             3 * api.ggml_graph_overhead_custom(maxNodes, false),
                                         nullptr, /*no_alloc=*/true}),
                          api.ggml_free) {
    if (!context_) throw Error("OUT_OF_MEMORY", "There is no memory for a graph");
    graph_ = api_.ggml_new_graph_custom(context_.get(), maxNodes, false);
}

void GraphBuilder::require(bool holds, const char* operation, const ggml_tensor* a,
                           const ggml_tensor* b) const {
    if (holds) return;
    throw Error("TRAINING_UNSUPPORTED", std::string("The shapes of a ") + operation +
                                            " do not fit together: " + describe(a) +
                                            (b ? " and " + describe(b) : std::string()));
}

ggml_tensor* GraphBuilder::leaf(ggml_type type, const Shape& shape) {
    return api_.ggml_new_tensor(context_.get(), type, 4, shape.data());
}

ggml_tensor* GraphBuilder::input(ggml_type type, const Shape& shape) {
    ggml_tensor* tensor = leaf(type, shape);
    api_.ggml_set_input(tensor);
    return tensor;
}

ggml_tensor* GraphBuilder::node(const ggml_tensor* like, ggml_op op, const Shape& shape) {
    ggml_tensor* tensor = leaf(like->type, shape);
    tensor->op = op;
    std::memcpy(tensor->op_params, like->op_params, sizeof tensor->op_params);
    api_.ggml_set_name(tensor, like->name);
    return tensor;
}

ggml_tensor* GraphBuilder::custom(ggml_type type, const Shape& shape, std::vector<ggml_tensor*> sources,
                                  ggml_custom_op_t compute, const void* data) {
    return api_.ggml_custom_4d(context_.get(), type, shape[0], shape[1], shape[2], shape[3], sources.data(),
                               static_cast<int>(sources.size()), compute, GGML_N_TASKS_MAX,
                               const_cast<void*>(data));
}

bool GraphBuilder::isDense(const ggml_tensor* x) const {
    // To ggml a transposed vector is contiguous, but products take none.
    return api_.ggml_is_contiguous(x) && x->nb[0] <= x->nb[1];
}

ggml_tensor* GraphBuilder::contiguous(ggml_tensor* x) {
    return isDense(x) ? x : api_.ggml_cont(context_.get(), x);
}

ggml_tensor* GraphBuilder::reshape(ggml_tensor* x, const Shape& shape) {
    require(api_.ggml_nelements(x) == elements(shape), "reshape", x, nullptr);
    return api_.ggml_reshape_4d(context_.get(), contiguous(x), shape[0], shape[1], shape[2], shape[3]);
}

ggml_tensor* GraphBuilder::view(ggml_tensor* x, const Shape& shape, size_t stride1, size_t stride2,
                                size_t stride3, size_t offset) {
    const size_t strides[] = {x->nb[0], stride1, stride2, stride3};
    size_t end = offset + x->nb[0];
    for (int i = 0; i < 4; ++i) end += static_cast<size_t>(shape[i] - 1) * strides[i];
    const bool isWhole = api_.ggml_blck_size(x->type) == 1;
    require(!isWhole || end <= api_.ggml_nbytes(x), "view", x, nullptr);
    return api_.ggml_view_4d(context_.get(), x, shape[0], shape[1], shape[2], shape[3], stride1, stride2,
                             stride3, offset);
}

ggml_tensor* GraphBuilder::permute(ggml_tensor* x, int axis0, int axis1, int axis2, int axis3) {
    return api_.ggml_permute(context_.get(), x, axis0, axis1, axis2, axis3);
}

ggml_tensor* GraphBuilder::transpose(ggml_tensor* x) { return api_.ggml_transpose(context_.get(), x); }

ggml_tensor* GraphBuilder::concatenate(ggml_tensor* a, ggml_tensor* b, int dimension) {
    for (int i = 0; i < 4; ++i) require(i == dimension || a->ne[i] == b->ne[i], "concatenation", a, b);
    return api_.ggml_concat(context_.get(), contiguous(a), contiguous(b), dimension);
}

ggml_tensor* GraphBuilder::add(ggml_tensor* a, ggml_tensor* b) {
    require(repeatsOver(b, a) && rowsAreDense(b), "sum", a, b);
    return api_.ggml_add(context_.get(), a, b);
}

ggml_tensor* GraphBuilder::subtract(ggml_tensor* a, ggml_tensor* b) {
    require(repeatsOver(b, a) && rowsAreDense(b), "difference", a, b);
    return api_.ggml_sub(context_.get(), a, b);
}

ggml_tensor* GraphBuilder::multiply(ggml_tensor* a, ggml_tensor* b) {
    require(repeatsOver(b, a) && rowsAreDense(b), "product by element", a, b);
    return api_.ggml_mul(context_.get(), a, b);
}

ggml_tensor* GraphBuilder::divide(ggml_tensor* a, ggml_tensor* b) {
    require(repeatsOver(b, a) && rowsAreDense(b), "quotient", a, b);
    return api_.ggml_div(context_.get(), a, b);
}

ggml_tensor* GraphBuilder::addInto(ggml_tensor* target, ggml_tensor* x) {
    require(isSameShape(target, x), "sum", target, x);
    return api_.ggml_add_inplace(context_.get(), target, contiguous(x));
}

ggml_tensor* GraphBuilder::addAt(ggml_tensor* x, ggml_tensor* part, size_t stride1, size_t stride2,
                                 size_t stride3, size_t offset) {
    require(api_.ggml_nelements(part) <= api_.ggml_nelements(x), "sum of a part", x, part);
    return api_.ggml_acc(context_.get(), x, contiguous(part), stride1, stride2, stride3, offset);
}

ggml_tensor* GraphBuilder::scale(ggml_tensor* x, float factor) {
    return api_.ggml_scale(context_.get(), contiguous(x), factor);
}

ggml_tensor* GraphBuilder::scale(ggml_tensor* x, float factor, float offset) {
    return api_.ggml_scale_bias(context_.get(), contiguous(x), factor, offset);
}

ggml_tensor* GraphBuilder::negate(ggml_tensor* x) { return api_.ggml_neg(context_.get(), contiguous(x)); }
ggml_tensor* GraphBuilder::square(ggml_tensor* x) { return api_.ggml_sqr(context_.get(), contiguous(x)); }
ggml_tensor* GraphBuilder::squareRoot(ggml_tensor* x) {
    return api_.ggml_sqrt(context_.get(), contiguous(x));
}
ggml_tensor* GraphBuilder::logarithm(ggml_tensor* x) { return api_.ggml_log(context_.get(), contiguous(x)); }
ggml_tensor* GraphBuilder::tanh(ggml_tensor* x) { return api_.ggml_tanh(context_.get(), contiguous(x)); }
ggml_tensor* GraphBuilder::step(ggml_tensor* x) { return api_.ggml_step(context_.get(), contiguous(x)); }
ggml_tensor* GraphBuilder::silu(ggml_tensor* x) { return api_.ggml_silu(context_.get(), contiguous(x)); }
ggml_tensor* GraphBuilder::gelu(ggml_tensor* x) { return api_.ggml_gelu(context_.get(), contiguous(x)); }

ggml_tensor* GraphBuilder::siluGradient(ggml_tensor* gradient, ggml_tensor* x) {
    require(isSameShape(gradient, x), "derivative of SiLU", gradient, x);
    return api_.ggml_silu_back(context_.get(), contiguous(gradient), contiguous(x));
}

ggml_tensor* GraphBuilder::sumRows(ggml_tensor* x) {
    return api_.ggml_sum_rows(context_.get(), contiguous(x));
}

ggml_tensor* GraphBuilder::largest(ggml_tensor* x) {
    require(x->ne[2] == 1 && x->ne[3] == 1, "maximum", x, nullptr);
    return api_.ggml_argmax(context_.get(), contiguous(x));
}

ggml_tensor* GraphBuilder::softmax(ggml_tensor* x) {
    return api_.ggml_soft_max(context_.get(), contiguous(x));
}

ggml_tensor* GraphBuilder::softmax(ggml_tensor* x, ggml_tensor* mask, float scale) {
    require(mask->ne[0] == x->ne[0] && mask->ne[1] >= x->ne[1] && x->ne[2] % mask->ne[2] == 0 &&
                x->ne[3] % mask->ne[3] == 0,
            "masked softmax", x, mask);
    return api_.ggml_soft_max_ext(context_.get(), contiguous(x), mask, scale, 0.0f);
}

ggml_tensor* GraphBuilder::rmsNormGradient(ggml_tensor* gradient, ggml_tensor* x, float epsilon) {
    require(isSameShape(gradient, x), "derivative of RMS norm", gradient, x);
    return api_.ggml_rms_norm_back(context_.get(), contiguous(gradient), contiguous(x), epsilon);
}

ggml_tensor* GraphBuilder::softmaxGradient(ggml_tensor* gradient, ggml_tensor* probabilities, float scale) {
    require(isSameShape(gradient, probabilities), "derivative of softmax", gradient, probabilities);
    return api_.ggml_soft_max_ext_back(context_.get(), contiguous(gradient), contiguous(probabilities), scale,
                                       0.0f);
}

ggml_tensor* GraphBuilder::product(ggml_tensor* a, ggml_tensor* b) {
    require(a->ne[0] == b->ne[0] && b->ne[2] % a->ne[2] == 0 && b->ne[3] % a->ne[3] == 0 &&
                a->nb[0] <= a->nb[1],
            "matrix product", a, b);
    return api_.ggml_mul_mat(context_.get(), a, b);
}

ggml_tensor* GraphBuilder::rows(ggml_tensor* x, ggml_tensor* indices) {
    require(x->ne[2] == indices->ne[1] && indices->type == GGML_TYPE_I32, "choice of rows", x, indices);
    return api_.ggml_get_rows(context_.get(), x, indices);
}

ggml_tensor* GraphBuilder::setRows(ggml_tensor* x, ggml_tensor* rows, ggml_tensor* indices) {
    require(x->ne[0] == rows->ne[0] && x->ne[2] == rows->ne[2] && rows->ne[1] == indices->ne[0],
            "replacement of rows", x, rows);
    return api_.ggml_set_rows(context_.get(), x, rows, indices);
}

void GraphBuilder::store(ggml_tensor* x, ggml_tensor* target) {
    require(isSameShape(x, target), "copy", x, target);
    output(api_.ggml_cpy(context_.get(), x, target));
}

void GraphBuilder::output(ggml_tensor* x) { api_.ggml_build_forward_expand(graph_, x); }

int GraphBuilder::size() const { return api_.ggml_graph_n_nodes(graph_); }

ggml_tensor* GraphBuilder::operator[](int index) const { return api_.ggml_graph_node(graph_, index); }

ggml_cgraph* GraphBuilder::part(int begin, int end) {
    ggml_cgraph* part = api_.ggml_new_graph_custom(context_.get(), maxNodes, false);
    for (int i = begin; i < end; ++i) api_.ggml_graph_add_node(part, (*this)[i]);
    return part;
}

} // namespace iprm
