#include "graph-gradient.h"

#include "../error.h"
#include "cpu/transpose.h"

#include <algorithm>
#include <cstring>

namespace iprm {

namespace {

[[noreturn]] void noDerivative(const std::string& operation, const ggml_tensor* node) {
    throw Error("TRAINING_UNSUPPORTED", "This model cannot be trained: the operation " + operation + " (" +
                                            node->name + ") has no derivative here");
}

float parameter(const ggml_tensor* node, int index) {
    float value;
    std::memcpy(&value, node->op_params + index, sizeof value);
    return value;
}

} // namespace

void GraphGradient::differentiate(ggml_tensor* output, ggml_tensor* gradient,
                                  const std::vector<ggml_tensor*>& wanted) {
    std::vector<ggml_tensor*> nodes;
    for (int i = 0; i < build_.size(); ++i) nodes.push_back(build_[i]);
    needed_.insert(wanted.begin(), wanted.end());
    for (ggml_tensor* node : nodes) {
        if (std::any_of(std::begin(node->src), std::end(node->src),
                        [this](const ggml_tensor* source) { return needs(source); }))
            needed_.insert(node);
    }
    accumulate(output, gradient);
    for (auto node = nodes.rbegin(); node != nodes.rend(); ++node) {
        const auto found = gradients_.find(*node);
        const bool isWanted = std::find(wanted.begin(), wanted.end(), *node) != wanted.end();
        if (found != gradients_.end() && !isWanted) step(*node, found->second);
    }
}

ggml_tensor* GraphGradient::of(const ggml_tensor* x) const {
    const auto found = gradients_.find(x);
    if (found != gradients_.end()) return found->second;
    throw Error("TRAINING_UNSUPPORTED", std::string("The layer does not depend on ") + x->name);
}

void GraphGradient::accumulate(ggml_tensor* x, Gradient gradient) {
    if (!needs(x)) return;
    if (shapeOf(x) != shapeOf(gradient)) noDerivative("that repeats its operand", x);
    Gradient& sum = gradients_[x];
    sum = sum ? build_.add(build_.contiguous(sum), build_.contiguous(gradient)) : gradient;
}

void GraphGradient::step(ggml_tensor* node, Gradient g) {
    ggml_tensor *a = node->src[0], *b = node->src[1];
    switch (node->op) {
    case GGML_OP_ADD:
        accumulate(a, g);
        accumulate(b, g);
        break;
    case GGML_OP_SUB:
        accumulate(a, g);
        if (needs(b)) accumulate(b, build_.negate(g));
        break;
    case GGML_OP_MUL:
        if (needs(a)) accumulate(a, build_.multiply(build_.contiguous(g), b));
        if (needs(b)) accumulate(b, build_.multiply(build_.contiguous(g), a));
        break;
    case GGML_OP_DIV:
        if (needs(b)) noDerivative("DIV by what depends on the adapter", node);
        accumulate(a, build_.divide(build_.contiguous(g), b));
        break;
    case GGML_OP_SCALE:
        accumulate(a, build_.scale(g, parameter(node, 0)));
        break;
    case GGML_OP_SQR:
        accumulate(a, build_.scale(build_.multiply(build_.contiguous(g), a), 2));
        break;
    case GGML_OP_RESHAPE:
    case GGML_OP_CONT:
        accumulate(a, shapeOf(a) == shapeOf(g) ? g : build_.reshape(g, shapeOf(a)));
        break;
    case GGML_OP_TRANSPOSE:
        accumulate(a, build_.transpose(g));
        break;
    case GGML_OP_MUL_MAT:
        return product(node, g);
    case GGML_OP_CUSTOM:
        return accumulate(Bf16Products::operandOf(node), throughWeight(a, g));
    case GGML_OP_NORM:
        return norm(node, g);
    case GGML_OP_RMS_NORM:
        return rmsNorm(node, g);
    case GGML_OP_SOFT_MAX:
        return softmax(node, g);
    case GGML_OP_ROPE:
        return rope(node, g);
    case GGML_OP_PERMUTE:
        return permute(node, g);
    case GGML_OP_VIEW:
        return view(node, g);
    case GGML_OP_GLU:
        return b ? gated(node, g) : gatedHalves(node, g);
    case GGML_OP_UNARY:
        return unary(node, g);
    default:
        noDerivative(build_.api().ggml_op_name(node->op), node);
    }
}

/// Y = Aᵀ X: dX = A dY, dA = X dYᵀ. A product sums over dimension 0 of both operands, hence the transposing.
void GraphGradient::product(ggml_tensor* node, Gradient g) {
    ggml_tensor *a = node->src[0], *b = node->src[1];
    if (needs(a)) accumulate(a, build_.product(transposed(b), transposed(g)));
    if (!needs(b)) return;
    const bool isWeight = a->op == GGML_OP_NONE && !needs(a);
    accumulate(b, isWeight ? throughWeight(a, g) : build_.product(transposed(a), build_.contiguous(g)));
}

ggml_tensor* GraphGradient::throughWeight(ggml_tensor* weight, Gradient g) {
    if (hasBf16_ && Bf16Products::takes(build_.api(), weight)) return bf16Products_.backward(weight, g);
    if (weight->ne[1] <= 2 * rowsAtOnce)
        return build_.product(transposedWeight(weight), build_.contiguous(g));
    ggml_tensor* sum = nullptr;
    for (int64_t begin = 0; begin < weight->ne[1]; begin += rowsAtOnce) {
        const int64_t count = std::min(rowsAtOnce, weight->ne[1] - begin);
        const auto at = static_cast<size_t>(begin);
        ggml_tensor* some = build_.view(weight, {weight->ne[0], count, 1, 1}, weight->nb[1], weight->nb[2],
                                        weight->nb[3], at * weight->nb[1]);
        ggml_tensor* part =
            build_.view(g, {count, g->ne[1], 1, 1}, g->nb[1], g->nb[2], g->nb[3], at * g->nb[0]);
        ggml_tensor* share = build_.product(transposedWeight(some), build_.contiguous(part));
        sum = sum ? build_.add(sum, share) : share;
    }
    return sum;
}

/// A weight of any type in single precision, [out, in]: the CPU would round gradients to the weight's own
/// type, and small ones to nothing.
ggml_tensor* GraphGradient::transposedWeight(ggml_tensor* weight) {
    if (!portable_) return transposeOnCpu(build_, weight);
    if (weight->type == GGML_TYPE_F32) return build_.contiguous(build_.transpose(weight));
    ggml_tensor* numbers = build_.view(rowNumbers_, {weight->ne[1], 1, 1, 1}, rowNumbers_->nb[1],
                                       rowNumbers_->nb[2], rowNumbers_->nb[3], 0);
    return build_.contiguous(build_.transpose(build_.rows(weight, numbers)));
}

ggml_tensor* GraphGradient::transposed(ggml_tensor* x) {
    ggml_tensor*& result = transposed_[x];
    if (result) return result;
    result = build_.transpose(x);
    if (build_.isDense(result)) return result;
    const bool hasDenseRows = x->nb[0] == sizeof(float);
    result = portable_ || !hasDenseRows ? build_.contiguous(result) : transposeOnCpu(build_, x);
    return result;
}

ggml_tensor* GraphGradient::meanOfRows(ggml_tensor* x) {
    return build_.scale(build_.sumRows(x), 1.0f / static_cast<float>(x->ne[0]));
}

/// y = x / s with s = √(mean x² + ε): dx = (dy − y mean(y dy)) / s.
void GraphGradient::rmsNorm(ggml_tensor* node, Gradient g) {
    if (!portable_)
        return accumulate(node->src[0], build_.rmsNormGradient(g, node->src[0], parameter(node, 0)));
    ggml_tensor* x = build_.contiguous(node->src[0]);
    g = build_.contiguous(g);
    const float width = static_cast<float>(x->ne[0]);
    ggml_tensor* square = build_.scale(build_.sumRows(build_.square(x)), 1 / width, parameter(node, 0));
    ggml_tensor* mean = meanOfRows(build_.multiply(node, g));
    ggml_tensor* rest = build_.subtract(g, build_.multiply(node, mean));
    accumulate(node->src[0], build_.divide(rest, build_.squareRoot(square)));
}

/// y = (x − mean x) / s: dx = (dy − mean dy − y mean(y dy)) / s.
void GraphGradient::norm(ggml_tensor* node, Gradient g) {
    ggml_tensor* x = build_.contiguous(node->src[0]);
    g = build_.contiguous(g);
    const float width = static_cast<float>(x->ne[0]);
    ggml_tensor* centred = build_.subtract(x, meanOfRows(x));
    ggml_tensor* square = build_.scale(build_.sumRows(build_.square(centred)), 1 / width, parameter(node, 0));
    ggml_tensor* mean = meanOfRows(build_.multiply(node, g));
    ggml_tensor* rest = build_.subtract(build_.subtract(g, meanOfRows(g)), build_.multiply(node, mean));
    accumulate(node->src[0], build_.divide(rest, build_.squareRoot(square)));
}

/// p = softmax(c x): dx = c (p dp − p Σ p dp).
void GraphGradient::softmax(ggml_tensor* node, Gradient g) {
    if (!portable_) return accumulate(node->src[0], build_.softmaxGradient(g, node, parameter(node, 0)));
    ggml_tensor* weighted = build_.multiply(node, build_.contiguous(g));
    ggml_tensor* dx = build_.subtract(weighted, build_.multiply(node, build_.sumRows(weighted)));
    const float scale = parameter(node, 0);
    accumulate(node->src[0], scale == 1 ? dx : build_.scale(dx, scale));
}

/// The rotation the other way round.
void GraphGradient::rope(ggml_tensor* node, Gradient g) {
    ggml_tensor* back = build_.node(node, GGML_OP_ROPE_BACK, shapeOf(g));
    back->src[0] = build_.contiguous(g);
    back->src[1] = node->src[1];
    back->src[2] = node->src[2];
    accumulate(node->src[0], back);
}

void GraphGradient::permute(ggml_tensor* node, Gradient g) {
    // Dimension i went to axes[i], so dimension axes[i] goes back to i.
    int back[4];
    for (int i = 0; i < 4; ++i) back[node->op_params[i]] = i;
    accumulate(node->src[0], build_.permute(g, back[0], back[1], back[2], back[3]));
}

/// A part of a tensor, such as the queries of a weight that makes queries, keys and values at once: elsewhere
/// the gradient is 0.
void GraphGradient::view(ggml_tensor* node, Gradient g) {
    size_t offset;
    std::memcpy(&offset, node->op_params, sizeof offset);
    ggml_tensor* whole = node->src[0];
    ggml_tensor* zeros = build_.scale(whole, 0);
    accumulate(whole, build_.addAt(zeros, g, node->nb[1], node->nb[2], node->nb[3], offset));
}

ggml_tensor* GraphGradient::gateGradient(ggml_glu_op operation, Gradient g, ggml_tensor* x, ggml_tensor* u) {
    switch (operation) {
    case GGML_GLU_OP_SWIGLU:
        return build_.siluGradient(build_.multiply(g, u), x);
    case GGML_GLU_OP_GEGLU:
        return build_.multiply(build_.multiply(g, u), geluDerivative(x));
    case GGML_GLU_OP_REGLU:
        return build_.multiply(build_.multiply(g, u), build_.step(x));
    default:
        noDerivative(build_.api().ggml_glu_op_name(operation), x);
    }
}

ggml_tensor* GraphGradient::gateValue(ggml_glu_op operation, Gradient g, ggml_tensor* x) {
    switch (operation) {
    case GGML_GLU_OP_SWIGLU:
        return build_.multiply(g, build_.silu(x));
    case GGML_GLU_OP_GEGLU:
        return build_.multiply(g, build_.gelu(x));
    case GGML_GLU_OP_REGLU:
        return build_.multiply(g, build_.multiply(build_.contiguous(x), build_.step(x)));
    default:
        noDerivative(build_.api().ggml_glu_op_name(operation), x);
    }
}

void GraphGradient::gated(ggml_tensor* node, Gradient g) {
    ggml_tensor *x = node->src[0], *u = node->src[1];
    const ggml_glu_op operation = build_.api().ggml_get_glu_op(node);
    g = build_.contiguous(g);
    if (needs(x)) accumulate(x, gateGradient(operation, g, x, u));
    if (needs(u)) accumulate(u, gateValue(operation, g, x));
}

/// Both operands are halves of one tensor.
void GraphGradient::gatedHalves(ggml_tensor* node, Gradient g) {
    ggml_tensor* whole = node->src[0];
    const ggml_glu_op operation = build_.api().ggml_get_glu_op(node);
    const bool isSwapped = node->op_params[1] != 0;
    const int64_t width = whole->ne[0] / 2;
    const auto half = [&](bool second) {
        const size_t offset = second ? static_cast<size_t>(width) * whole->nb[0] : 0;
        return build_.contiguous(build_.view(whole, {width, whole->ne[1], whole->ne[2], whole->ne[3]},
                                             whole->nb[1], whole->nb[2], whole->nb[3], offset));
    };
    ggml_tensor *x = half(isSwapped), *u = half(!isSwapped);
    g = build_.contiguous(g);
    ggml_tensor* dx = gateGradient(operation, g, x, u);
    ggml_tensor* du = gateValue(operation, g, x);
    accumulate(whole, build_.concatenate(isSwapped ? du : dx, isSwapped ? dx : du, 0));
}

void GraphGradient::unary(ggml_tensor* node, Gradient g) {
    ggml_tensor* x = node->src[0];
    const ggml_unary_op operation = build_.api().ggml_get_unary_op(node);
    g = build_.contiguous(g);
    switch (operation) {
    case GGML_UNARY_OP_SILU:
        return accumulate(x, build_.siluGradient(g, x));
    case GGML_UNARY_OP_GELU:
        return accumulate(x, build_.multiply(g, geluDerivative(x)));
    case GGML_UNARY_OP_RELU:
        return accumulate(x, build_.multiply(g, build_.step(x)));
    case GGML_UNARY_OP_TANH:
        return accumulate(x, build_.multiply(g, build_.scale(build_.square(node), -1, 1)));
    case GGML_UNARY_OP_SIGMOID:
        return accumulate(x, build_.multiply(g, build_.subtract(node, build_.square(node))));
    case GGML_UNARY_OP_NEG:
        return accumulate(x, build_.negate(g));
    default:
        noDerivative(build_.api().ggml_unary_op_name(operation), node);
    }
}

/// Of ½ x (1 + tanh(a x + a b x³)), the approximation that ggml computes.
ggml_tensor* GraphGradient::geluDerivative(ggml_tensor* x) {
    constexpr float a = 0.7978845608f, b = 0.044715f;
    x = build_.contiguous(x);
    ggml_tensor* square = build_.square(x);
    ggml_tensor* t = build_.tanh(build_.multiply(x, build_.scale(square, a * b, a)));
    ggml_tensor* inner = build_.scale(square, 3 * a * b, a);
    ggml_tensor* slope = build_.multiply(build_.scale(build_.square(t), -1, 1), inner);
    ggml_tensor* sum = build_.add(build_.scale(t, 1, 1), build_.multiply(x, slope));
    return build_.scale(sum, 0.5f);
}

} // namespace iprm
