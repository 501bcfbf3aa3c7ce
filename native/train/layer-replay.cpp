#include "layer-replay.h"

#include "../error.h"

#include <cstring>

namespace iprm {

namespace {

[[noreturn]] void refuse(const std::string& why) {
    throw Error("TRAINING_UNSUPPORTED", "This model cannot be trained: " + why);
}

bool isNamed(const ggml_tensor* tensor, const char* name) { return std::strcmp(tensor->name, name) == 0; }

float parameter(const ggml_tensor* node, int index) {
    float value;
    std::memcpy(&value, node->op_params + index, sizeof value);
    return value;
}

} // namespace

ggml_tensor* LayerReplay::layer(int32_t layer, ggml_tensor* previous, const ReplayInputs& inputs) {
    inputs_ = &inputs;
    rows_ = inputs.rows();
    layer_ = layer;
    made_.clear();
    if (layer > 0) made_[model_.layerOutput(layer - 1)] = previous;
    return replay(model_.layerOutput(layer));
}

ggml_tensor* LayerReplay::logits(ggml_tensor* last) {
    inputs_ = nullptr;
    rows_ = last->ne[1];
    layer_ = model_.layers();
    made_.clear();
    made_[model_.layerOutput(model_.layers() - 1)] = last;
    return replay(model_.logits());
}

ggml_tensor* LayerReplay::replay(ggml_tensor* original) {
    const auto found = made_.find(original);
    if (found != made_.end()) return found->second;
    ggml_tensor* made = make(original);
    made_[original] = made;
    return made;
}

ggml_tensor* LayerReplay::make(ggml_tensor* original) {
    if (original->op == GGML_OP_NONE) return makeLeaf(original);
    requireKnown(original);
    ggml_tensor* source = original->src[0];
    const int32_t* axes = original->op_params;
    switch (original->op) {
    case GGML_OP_RESHAPE:
        return build_.reshape(replay(source), model_.shape(original, rows_));
    case GGML_OP_PERMUTE:
        return build_.permute(replay(source), axes[0], axes[1], axes[2], axes[3]);
    case GGML_OP_TRANSPOSE:
        return build_.transpose(replay(source));
    case GGML_OP_VIEW:
        return makeView(original);
    case GGML_OP_FLASH_ATTN_EXT:
        return attention(original);
    case GGML_OP_GET_ROWS:
        // Which tokens' logits are wanted is chosen later.
        if (std::strstr(original->src[1]->name, "out_ids")) return replay(source);
        return makeClone(original);
    case GGML_OP_ADD:
    case GGML_OP_CONT:
    case GGML_OP_DIV:
    case GGML_OP_GLU:
    case GGML_OP_MUL:
    case GGML_OP_MUL_MAT:
    case GGML_OP_NORM:
    case GGML_OP_RMS_NORM:
    case GGML_OP_ROPE:
    case GGML_OP_SCALE:
    case GGML_OP_SQR:
    case GGML_OP_SUB:
    case GGML_OP_UNARY:
        return makeClone(original);
    default:
        refuse(std::string("its graph has the operation ") + build_.api().ggml_op_name(original->op) +
               ", which training does not know");
    }
}

/// What a layer takes from below it, other than the output of the last one, would have to be differentiated
/// through that.
void LayerReplay::requireKnown(const ggml_tensor* original) const {
    if (model_.layerOf(original) < layer_ && model_.dependsOnTokens(original)) {
        refuse("layer " + std::to_string(layer_) + " uses " + original->name + " of layer " +
               std::to_string(model_.layerOf(original)));
    }
}

ggml_tensor* LayerReplay::makeLeaf(ggml_tensor* original) const {
    if (inputs_ && isNamed(original, "inp_tokens")) return inputs_->tokens;
    if (inputs_ && isNamed(original, "inp_pos")) return inputs_->positions;
    if (original->flags & GGML_TENSOR_FLAG_INPUT)
        refuse(std::string("its graph has an input that training does not know: ") + original->name);
    if (model_.isCache(original)) refuse("its attention has a form that training does not know");
    return weights_.of(original);
}

ggml_tensor* LayerReplay::makeView(ggml_tensor* original) {
    ggml_tensor* source = replay(original->src[0]);
    const Shape shape = model_.shape(original, rows_);
    const size_t offset = model_.offset(original, rows_);
    const auto& api = build_.api();
    if (offset == 0 && api.ggml_nelements(original) == api.ggml_nelements(original->src[0]))
        return build_.reshape(source, shape);
    return build_.view(source, shape, model_.stride(original, 1, rows_), model_.stride(original, 2, rows_),
                       model_.stride(original, 3, rows_), offset);
}

ggml_tensor* LayerReplay::makeClone(ggml_tensor* original) {
    ggml_tensor* sources[GGML_MAX_SRC] = {};
    for (int i = 0; i < GGML_MAX_SRC; ++i) {
        if (original->src[i]) sources[i] = replay(original->src[i]);
    }
    if (isBf16Product(original))
        return adapted(bf16Products_.forward(sources[0], sources[1]), original->src[0], sources[1]);
    ggml_tensor* made = build_.node(original, original->op, model_.shape(original, rows_));
    std::copy(std::begin(sources), std::end(sources), std::begin(made->src));
    if (original->op == GGML_OP_ROPE && sources[1]->ne[0] != made->ne[2])
        refuse("its positions are of more than one kind");
    return original->op == GGML_OP_MUL_MAT ? adapted(made, original->src[0], sources[1]) : made;
}

/// llama.cpp rounds what it multiplies weights of BF16 by just so; of quantised weights it rounds it to eight
/// bits, which is coarser, slower, and no function that has a gradient.
bool LayerReplay::isBf16Product(const ggml_tensor* original) const {
    const ggml_tensor* weight = original->src[0];
    return hasBf16_ && original->op == GGML_OP_MUL_MAT && weight->op == GGML_OP_NONE &&
           Bf16Products::takes(build_.api(), weight);
}

/// A product with a weight, and with its adapter if it has one.
ggml_tensor* LayerReplay::adapted(ggml_tensor* made, const ggml_tensor* weight, ggml_tensor* x) {
    const LoraWeights::Pair* pair = adapter_ ? adapter_->of(weight) : nullptr;
    if (!pair) return made;
    // Scaled where there is least of it.
    ggml_tensor* inner = build_.scale(build_.product(pair->a, x), adapter_->scale());
    return build_.add(made, build_.product(pair->b, inner));
}

/// Queries as [width, heads, rows], however llama.cpp has turned them for its own operation.
ggml_tensor* LayerReplay::headsOf(ggml_tensor* queries) {
    const int32_t* axes = queries->op_params;
    const bool isTurned = queries->op == GGML_OP_PERMUTE && axes[0] == 0 && axes[1] == 2 && axes[2] == 1;
    if (isTurned) return replay(queries->src[0]);
    return build_.permute(replay(queries), 0, 2, 1, 3);
}

/// Attention from simple operations. The heads that share keys and values lie side by side as further rows of
/// one product, so nothing is repeated and the sum over them in the reverse pass comes by itself.
ggml_tensor* LayerReplay::attention(ggml_tensor* original) {
    const auto& in = *inputs_;
    const ggml_tensor *q0 = original->src[0], *k0 = original->src[1], *v0 = original->src[2];
    const int64_t width = q0->ne[0], heads = q0->ne[2], groups = k0->ne[2], valueWidth = v0->ne[0];
    const int64_t queriesPerKey = in.length * (heads / groups);
    float scale = parameter(original, 0);
    const float cap = parameter(original, 2);

    ggml_tensor* q = build_.reshape(headsOf(original->src[0]), {width, heads, in.length, in.blocks});
    q = build_.reshape(build_.permute(q, 0, 2, 1, 3), {width, queriesPerKey, groups, in.blocks});
    ggml_tensor* k = replay(model_.stored(k0));
    k = build_.permute(build_.reshape(k, {width, groups, in.length, in.blocks}), 0, 2, 1, 3);
    ggml_tensor* v = replay(model_.stored(v0));
    v = build_.permute(build_.reshape(v, {valueWidth, groups, in.length, in.blocks}), 1, 2, 0, 3);

    ggml_tensor* scores = build_.product(build_.contiguous(k), q);
    scores = build_.reshape(scores, {in.length, in.length, heads, in.blocks});
    if (cap != 0) {
        scores = build_.scale(build_.tanh(build_.scale(scores, scale / cap)), cap);
        scale = 1;
    }
    scores = build_.softmax(scores, model_.isWindowed(original) ? in.windowMask : in.mask, scale);
    scores = build_.reshape(scores, {in.length, queriesPerKey, groups, in.blocks});
    ggml_tensor* out = build_.product(build_.contiguous(v), scores);
    out = build_.reshape(out, {valueWidth, in.length, heads, in.blocks});
    return build_.reshape(build_.permute(out, 0, 2, 1, 3), {valueWidth, heads, in.rows(), 1});
}

} // namespace iprm
