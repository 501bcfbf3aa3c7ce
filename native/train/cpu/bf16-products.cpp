#include "bf16-products.h"

#include "bf16-kernel.h"

#include <algorithm>

namespace iprm {

#ifdef IPRM_HAS_BF16_KERNEL

namespace {

/// What one thread unpacks of a weight at a time: 64 KiB, which stay in the second level of its cache.
constexpr int64_t panelNumbers = 32768;
constexpr int64_t mostColumns = 256;

/// Columns of a quantised weight are unpacked in whole blocks.
int64_t columnsAtOnce(const ggml_type_traits& type) { return type.blck_size > 128 ? mostColumns : 128; }

int64_t tilesOf(int64_t tokens) { return (tokens + bf16::tileTokens - 1) / bf16::tileTokens; }

int64_t rowsOf(const ggml_tensor* x) { return x->ne[1] * x->ne[2] * x->ne[3]; }

struct Range {
    int64_t begin, end;
};

/// A thread's share of so many units of a size.
Range shareOf(int thread, int threads, int64_t units, int64_t size) {
    return {units * thread / threads * size, units * (thread + 1) / threads * size};
}

void computePacked(ggml_tensor* result, int thread, int threads, void*) {
    const ggml_tensor* x = result->src[0];
    const int64_t length = x->ne[0], count = rowsOf(x);
    const auto* values = static_cast<const float*>(x->data);
    auto* tiles = static_cast<uint32_t*>(result->data);
    const Range share = shareOf(thread, threads, tilesOf(count), 1);
    for (int64_t tile = share.begin; tile < share.end; ++tile) {
        const int64_t first = tile * bf16::tileTokens;
        bf16::packTile(values + first * length, std::min(bf16::tileTokens, count - first), length,
                       tiles + tile * result->ne[0]);
    }
}

/// Some panels, one behind the other, with all tokens: `lane` is the first of their lanes, `pair` the first
/// of their pairs.
void multiplyPanels(ggml_tensor* result, const uint16_t* panels, int64_t count, int64_t pairs, int64_t lane,
                    int64_t pair) {
    const ggml_tensor* packed = result->src[1];
    const auto* tiles = static_cast<const uint32_t*>(packed->data) + pair * bf16::tileTokens;
    auto* sums = static_cast<float*>(result->data) + lane;
    const int64_t tokens = rowsOf(result), stride = result->ne[0];
    for (int64_t panel = 0; panel < count; ++panel, panels += pairs * 2 * bf16::lanes, sums += bf16::lanes) {
        for (int64_t tile = 0; tile < tilesOf(tokens); ++tile) {
            const int64_t first = tile * bf16::tileTokens;
            bf16::multiply(panels, tiles + tile * packed->ne[0], pairs,
                           std::min(bf16::tileTokens, tokens - first), pair > 0, sums + first * stride,
                           stride);
        }
    }
}

/// Some columns of one row in BF16: where they are, or in `place`.
const uint16_t* columnsOf(const ggml_tensor* weight, int64_t row, int64_t column, int64_t count,
                          const ggml_type_traits& type, uint16_t* place) {
    const char* source = static_cast<const char*>(weight->data) + static_cast<size_t>(row) * weight->nb[1] +
                         static_cast<size_t>(column / type.blck_size) * type.type_size;
    if (weight->type == GGML_TYPE_BF16) return reinterpret_cast<const uint16_t*>(source);
    if (weight->type == GGML_TYPE_Q8_0) {
        bf16::fromQ8(source, count, place);
    } else {
        float values[mostColumns];
        type.to_float(source, values, count);
        bf16::fromFloats(values, count, place);
    }
    return place;
}

void computeForward(ggml_tensor* result, int thread, int threads, void* traits) {
    alignas(64) uint16_t panel[panelNumbers];
    alignas(64) uint16_t unpacked[bf16::lanes * mostColumns];
    const ggml_tensor* weight = result->src[0];
    const auto& type = *static_cast<const ggml_type_traits*>(traits);
    const bool isUnpacked = weight->type == GGML_TYPE_BF16;
    const int64_t most = isUnpacked ? panelNumbers / bf16::lanes : mostColumns;
    const auto stride = isUnpacked ? static_cast<int64_t>(weight->nb[1] / sizeof(uint16_t)) : most;
    const Range share = shareOf(thread, threads, weight->ne[1] / bf16::lanes, bf16::lanes);
    for (int64_t row = share.begin; row < share.end; row += bf16::lanes) {
        for (int64_t column = 0; column < weight->ne[0]; column += most) {
            const int64_t columns = std::min(most, weight->ne[0] - column);
            const uint16_t* rows = columnsOf(weight, row, column, columns, type, unpacked);
            for (int64_t i = 1; i < bf16::lanes && !isUnpacked; ++i)
                columnsOf(weight, row + i, column, columns, type, unpacked + i * stride);
            bf16::panelOfRows(rows, stride, columns / 2, panel);
            multiplyPanels(result, panel, 1, columns / 2, row, column / 2);
        }
    }
}

void computeBackward(ggml_tensor* result, int thread, int threads, void* traits) {
    alignas(64) uint16_t panels[panelNumbers];
    uint16_t even[mostColumns], odd[mostColumns];
    const ggml_tensor* weight = result->src[0];
    const auto& type = *static_cast<const ggml_type_traits*>(traits);
    const int64_t unit = std::max(type.blck_size, bf16::lanes);
    const int64_t most = columnsAtOnce(type), mostRows = panelNumbers / most;
    const Range share = shareOf(thread, threads, weight->ne[0] / unit, unit);
    for (int64_t column = share.begin; column < share.end; column += most) {
        const int64_t columns = std::min(most, share.end - column), count = columns / bf16::lanes;
        for (int64_t row = 0; row < weight->ne[1]; row += mostRows) {
            const int64_t pairs = std::min(mostRows, weight->ne[1] - row) / 2;
            for (int64_t pair = 0; pair < pairs; ++pair) {
                const uint16_t* a = columnsOf(weight, row + 2 * pair, column, columns, type, even);
                const uint16_t* b = columnsOf(weight, row + 2 * pair + 1, column, columns, type, odd);
                for (int64_t panel = 0; panel < count; ++panel) {
                    bf16::panelPair(a + panel * bf16::lanes, b + panel * bf16::lanes,
                                    panels + (panel * pairs + pair) * 2 * bf16::lanes);
                }
            }
            multiplyPanels(result, panels, count, pairs, column, row / 2);
        }
    }
}

} // namespace

bool Bf16Products::takes(const TrainApi& api, const ggml_tensor* weight) {
    const ggml_type_traits& type = *api.ggml_get_type_traits(weight->type);
    const bool isKnown = weight->type == GGML_TYPE_BF16 || (type.is_quantized && type.to_float);
    return isKnown && type.blck_size <= mostColumns && weight->ne[0] % bf16::lanes == 0 &&
           weight->ne[1] % bf16::lanes == 0 && weight->ne[2] == 1 && weight->ne[3] == 1;
}

ggml_tensor* Bf16Products::packed(ggml_tensor* x) {
    ggml_tensor*& result = packed_[x];
    if (!result) {
        const Shape shape{x->ne[0] / 2 * bf16::tileTokens, tilesOf(rowsOf(x)), 1, 1};
        result = build_.custom(GGML_TYPE_I32, shape, {build_.contiguous(x)}, computePacked, nullptr);
    }
    return result;
}

ggml_tensor* Bf16Products::forward(ggml_tensor* weight, ggml_tensor* x) {
    return build_.custom(GGML_TYPE_F32, {weight->ne[1], x->ne[1], x->ne[2], x->ne[3]}, {weight, packed(x)},
                         computeForward, build_.api().ggml_get_type_traits(weight->type));
}

ggml_tensor* Bf16Products::backward(ggml_tensor* weight, ggml_tensor* x) {
    return build_.custom(GGML_TYPE_F32, {weight->ne[0], x->ne[1], x->ne[2], x->ne[3]}, {weight, packed(x)},
                         computeBackward, build_.api().ggml_get_type_traits(weight->type));
}

ggml_tensor* Bf16Products::operandOf(const ggml_tensor* node) {
    const ggml_tensor* packed = node->op == GGML_OP_CUSTOM ? node->src[1] : nullptr;
    return packed && packed->op == GGML_OP_CUSTOM ? packed->src[0] : nullptr;
}

#else

bool Bf16Products::takes(const TrainApi&, const ggml_tensor*) { return false; }
ggml_tensor* Bf16Products::forward(ggml_tensor*, ggml_tensor*) { return nullptr; }
ggml_tensor* Bf16Products::backward(ggml_tensor*, ggml_tensor*) { return nullptr; }
ggml_tensor* Bf16Products::operandOf(const ggml_tensor*) { return nullptr; }

#endif

} // namespace iprm
