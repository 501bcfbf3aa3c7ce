#include "transpose.h"

#include <algorithm>

namespace iprm {

namespace {

/// What is transposed at a time: as many rows as fill a line of the cache when they have become columns, and
/// whole blocks of every quantised type.
constexpr int64_t tileRows = 16, tileColumns = 256;

struct Tile {
    const float* values;
    int64_t stride, rows, columns;
};

void transposeTile(const Tile& tile, float* result, int64_t resultStride) {
    for (int64_t column = 0; column < tile.columns; ++column, result += resultStride) {
        const float* value = tile.values + column;
        for (int64_t row = 0; row < tile.rows; ++row, value += tile.stride) result[row] = *value;
    }
}

/// Some rows of one matrix, `source`, into as many columns.
void transposeRows(const ggml_tensor* x, const char* source, int64_t rows, float* result,
                   int64_t resultStride, const ggml_type_traits& type) {
    float values[tileRows * tileColumns];
    for (int64_t begin = 0; begin < x->ne[0]; begin += tileColumns) {
        const int64_t columns = std::min(tileColumns, x->ne[0] - begin);
        const char* piece = source + static_cast<size_t>(begin / type.blck_size) * type.type_size;
        Tile tile{values, tileColumns, rows, columns};
        if (x->type == GGML_TYPE_F32) {
            tile.values = reinterpret_cast<const float*>(piece);
            tile.stride = static_cast<int64_t>(x->nb[1] / sizeof(float));
        } else {
            for (int64_t row = 0; row < rows; ++row, piece += x->nb[1])
                type.to_float(piece, values + row * tileColumns, columns);
        }
        transposeTile(tile, result + begin * resultStride, resultStride);
    }
}

void compute(ggml_tensor* result, int thread, int threads, void* type) {
    const ggml_tensor* x = result->src[0];
    const int64_t tiles = (x->ne[1] + tileRows - 1) / tileRows;
    for (int64_t job = thread; job < tiles * x->ne[2] * x->ne[3]; job += threads) {
        const int64_t row = job % tiles * tileRows;
        const auto i2 = static_cast<size_t>(job / tiles % x->ne[2]),
                   i3 = static_cast<size_t>(job / tiles / x->ne[2]);
        const char* source = static_cast<const char*>(x->data) + static_cast<size_t>(row) * x->nb[1] +
                             i2 * x->nb[2] + i3 * x->nb[3];
        char* matrix = static_cast<char*>(result->data) + i2 * result->nb[2] + i3 * result->nb[3];
        transposeRows(x, source, std::min(tileRows, x->ne[1] - row), reinterpret_cast<float*>(matrix) + row,
                      result->ne[0], *static_cast<const ggml_type_traits*>(type));
    }
}

} // namespace

ggml_tensor* transposeOnCpu(GraphBuilder& build, ggml_tensor* x) {
    return build.custom(GGML_TYPE_F32, {x->ne[1], x->ne[0], x->ne[2], x->ne[3]}, {x}, compute,
                        build.api().ggml_get_type_traits(x->type));
}

} // namespace iprm
