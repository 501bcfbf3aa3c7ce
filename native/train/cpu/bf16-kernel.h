#pragma once

#include <cstdint>

// Compilers that take the instructions function by function; what is compiled so is called only where
// llama.cpp's CPU backend says that the processor has them.
#if defined(__x86_64__) && (defined(__GNUC__) || defined(__clang__))
#define IPRM_HAS_BF16_KERNEL
#endif

namespace iprm::bf16 {

/// How many tokens are multiplied at once, and by how many numbers: as many sums as the registers hold.
constexpr int64_t tileTokens = 12, lanes = 32;

/// Numbers of 16 bits come in pairs, which one instruction multiplies and adds.
///
/// A tile: by pair, the pair of each of 12 tokens. `length` is even; tokens from `count` on are zero.
void packTile(const float* tokens, int64_t count, int64_t length, uint32_t* tile);

/// A panel: by pair, the pair of each of 32 lanes. Here lanes are rows, and a pair lies in one row.
void panelOfRows(const uint16_t* rows, int64_t stride, int64_t pairs, uint16_t* panel);
/// One pair of a panel whose lanes are columns, from two rows.
void panelPair(const uint16_t* even, const uint16_t* odd, uint16_t* panel);

/// Products of a panel with tokens of a tile: 32 numbers for each, added to those at `result` if so wanted.
void multiply(const uint16_t* panel, const uint32_t* tile, int64_t pairs, int64_t tokens, bool adds,
              float* result, int64_t stride);

/// `count` is a multiple of 32, as a block of Q8_0 has.
void fromFloats(const float* values, int64_t count, uint16_t* result);
void fromQ8(const void* blocks, int64_t count, uint16_t* result);

} // namespace iprm::bf16
