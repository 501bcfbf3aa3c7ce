#include "bf16-kernel.h"

#ifdef IPRM_HAS_BF16_KERNEL

#include <cstring>
#include <immintrin.h>

#define IPRM_BF16 __attribute__((target("avx512f,avx512bw,avx512vl,avx512bf16,f16c")))

namespace iprm::bf16 {

namespace {

/// 16 rows of 16 numbers of 32 bits: rows become columns.
IPRM_BF16 inline void transpose16(__m512i* rows) {
    __m512i twos[16], fours[16];
    for (int i = 0; i < 16; i += 2) {
        twos[i] = _mm512_unpacklo_epi32(rows[i], rows[i + 1]);
        twos[i + 1] = _mm512_unpackhi_epi32(rows[i], rows[i + 1]);
    }
    for (int i = 0; i < 16; i += 4) {
        for (int half = 0; half < 2; ++half) {
            fours[i + 2 * half] = _mm512_unpacklo_epi64(twos[i + half], twos[i + 2 + half]);
            fours[i + 2 * half + 1] = _mm512_unpackhi_epi64(twos[i + half], twos[i + 2 + half]);
        }
    }
    for (int i = 0; i < 4; ++i) {
        const __m512i a = _mm512_shuffle_i32x4(fours[i], fours[i + 4], 0x88);
        const __m512i b = _mm512_shuffle_i32x4(fours[i], fours[i + 4], 0xdd);
        const __m512i c = _mm512_shuffle_i32x4(fours[i + 8], fours[i + 12], 0x88);
        const __m512i d = _mm512_shuffle_i32x4(fours[i + 8], fours[i + 12], 0xdd);
        rows[i] = _mm512_shuffle_i32x4(a, c, 0x88);
        rows[i + 4] = _mm512_shuffle_i32x4(b, d, 0x88);
        rows[i + 8] = _mm512_shuffle_i32x4(a, c, 0xdd);
        rows[i + 12] = _mm512_shuffle_i32x4(b, d, 0xdd);
    }
}

/// All sums stay in registers: of each pair the panel is loaded once, and of a token its pair for all lanes.
template <int Tokens>
IPRM_BF16 void multiplyTokens(const uint16_t* panel, const uint32_t* tile, int64_t pairs, bool adds,
                              float* result, int64_t stride) {
    __m512 sums[Tokens][2];
#pragma GCC unroll 12
    for (int i = 0; i < Tokens; ++i) {
        float* place = result + i * stride;
        sums[i][0] = adds ? _mm512_loadu_ps(place) : _mm512_setzero_ps();
        sums[i][1] = adds ? _mm512_loadu_ps(place + 16) : _mm512_setzero_ps();
    }
    for (int64_t pair = 0; pair < pairs; ++pair, panel += 2 * lanes, tile += tileTokens) {
        const auto low = (__m512bh)_mm512_loadu_si512(panel);
        const auto high = (__m512bh)_mm512_loadu_si512(panel + lanes);
#pragma GCC unroll 12
        for (int i = 0; i < Tokens; ++i) {
            const auto token = (__m512bh)_mm512_set1_epi32(static_cast<int>(tile[i]));
            sums[i][0] = _mm512_dpbf16_ps(sums[i][0], low, token);
            sums[i][1] = _mm512_dpbf16_ps(sums[i][1], high, token);
        }
    }
#pragma GCC unroll 12
    for (int i = 0; i < Tokens; ++i) {
        _mm512_storeu_ps(result + i * stride, sums[i][0]);
        _mm512_storeu_ps(result + i * stride + 16, sums[i][1]);
    }
}

IPRM_BF16 inline __m512 floatsOf(const char* numbers) {
    const __m128i bytes = _mm_loadu_si128(reinterpret_cast<const __m128i*>(numbers));
    return _mm512_cvtepi32_ps(_mm512_cvtepi8_epi32(bytes));
}

} // namespace

IPRM_BF16 void packTile(const float* tokens, int64_t count, int64_t length, uint32_t* tile) {
    for (int64_t begin = 0; begin < length; begin += 32) {
        const int64_t width = length - begin < 32 ? length - begin : 32;
        const uint32_t wanted = width == 32 ? ~0u : (1u << width) - 1;
        __m512i rows[16];
        for (int64_t i = 0; i < 16; ++i) {
            rows[i] = _mm512_setzero_si512();
            if (i >= count) continue;
            const float* row = tokens + i * length + begin;
            const __m512 low = _mm512_maskz_loadu_ps(static_cast<__mmask16>(wanted), row);
            const __m512 high = _mm512_maskz_loadu_ps(static_cast<__mmask16>(wanted >> 16), row + 16);
            rows[i] = (__m512i)_mm512_cvtne2ps_pbh(high, low);
        }
        transpose16(rows);
        for (int64_t pair = 0; pair < width / 2; ++pair, tile += tileTokens)
            _mm512_mask_storeu_epi32(tile, (1 << tileTokens) - 1, rows[pair]);
    }
}

IPRM_BF16 void panelOfRows(const uint16_t* rows, int64_t stride, int64_t pairs, uint16_t* panel) {
    for (int64_t half = 0; half < 2; ++half, rows += 16 * stride, panel += lanes) {
        for (int64_t begin = 0; begin < pairs; begin += 16) {
            const int64_t width = pairs - begin < 16 ? pairs - begin : 16;
            const auto wanted = static_cast<__mmask16>((1u << width) - 1);
            __m512i values[16];
            for (int64_t i = 0; i < 16; ++i)
                values[i] = _mm512_maskz_loadu_epi32(wanted, rows + i * stride + 2 * begin);
            transpose16(values);
            for (int64_t pair = 0; pair < width; ++pair)
                _mm512_storeu_si512(panel + (begin + pair) * 2 * lanes, values[pair]);
        }
    }
}

IPRM_BF16 void panelPair(const uint16_t* even, const uint16_t* odd, uint16_t* panel) {
    // Word i of the first register is i, of the second 32 + i: 0, 32, 1, 33, …
    const __m512i places = _mm512_add_epi32(
        _mm512_set1_epi32(32 << 16),
        _mm512_mullo_epi32(_mm512_set_epi32(15, 14, 13, 12, 11, 10, 9, 8, 7, 6, 5, 4, 3, 2, 1, 0),
                           _mm512_set1_epi32(0x10001)));
    const __m512i a = _mm512_loadu_si512(even), b = _mm512_loadu_si512(odd);
    const __m512i later = _mm512_add_epi16(places, _mm512_set1_epi16(16));
    _mm512_storeu_si512(panel, _mm512_permutex2var_epi16(a, places, b));
    _mm512_storeu_si512(panel + lanes, _mm512_permutex2var_epi16(a, later, b));
}

void multiply(const uint16_t* panel, const uint32_t* tile, int64_t pairs, int64_t tokens, bool adds,
              float* result, int64_t stride) {
    using Multiply = void (*)(const uint16_t*, const uint32_t*, int64_t, bool, float*, int64_t);
    static constexpr Multiply byTokens[tileTokens] = {
        multiplyTokens<1>, multiplyTokens<2>,  multiplyTokens<3>,  multiplyTokens<4>,
        multiplyTokens<5>, multiplyTokens<6>,  multiplyTokens<7>,  multiplyTokens<8>,
        multiplyTokens<9>, multiplyTokens<10>, multiplyTokens<11>, multiplyTokens<12>,
    };
    byTokens[tokens - 1](panel, tile, pairs, adds, result, stride);
}

IPRM_BF16 void fromFloats(const float* values, int64_t count, uint16_t* result) {
    for (int64_t i = 0; i < count; i += 32) {
        const __m512 low = _mm512_loadu_ps(values + i), high = _mm512_loadu_ps(values + i + 16);
        _mm512_storeu_si512(result + i, (__m512i)_mm512_cvtne2ps_pbh(high, low));
    }
}

IPRM_BF16 void fromQ8(const void* blocks, int64_t count, uint16_t* result) {
    const char* block = static_cast<const char*>(blocks);
    for (int64_t i = 0; i < count; i += 32, block += 34) {
        uint16_t bits;
        std::memcpy(&bits, block, sizeof bits);
        const __m512 scale = _mm512_set1_ps(_cvtsh_ss(bits));
        const __m512 low = _mm512_mul_ps(floatsOf(block + 2), scale);
        const __m512 high = _mm512_mul_ps(floatsOf(block + 18), scale);
        _mm512_storeu_si512(result + i, (__m512i)_mm512_cvtne2ps_pbh(high, low));
    }
}

} // namespace iprm::bf16

#endif
