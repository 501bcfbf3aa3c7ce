#pragma once

#include "../request.h"

#include <cstddef>
#include <cstdint>
#include <vector>

namespace iprm {

/// A token whose log-probability is wanted, and the row whose logits give it.
struct ScoredToken {
    int32_t row;
    Token token;
};

/// Sequences as rows of one computation: what sequences share from their start is there once.
///
/// Sequences that share much form a tree, whose tokens are rows and see their ancestors alone. Trees are
/// packed into blocks of one length, since attention costs the square of that; a block holds one or more
/// trees, and what is left over of it rows of padding.
struct TokenBlocks {
    int64_t length = 0, blocks = 0;
    /// By row. Padding has token 0 at position 0.
    std::vector<Token> tokens;
    std::vector<int32_t> positions;
    /// By row, the row of the token before, −1 for the first of a sequence and for padding.
    std::vector<int32_t> parents;
    /// Each once, whichever sequences want it; in the order of rows.
    std::vector<ScoredToken> scored;
    /// For each sequence, for its tokens from `from` on, where they are in `scored`.
    std::vector<std::vector<uint32_t>> places;

    int64_t rows() const { return length * blocks; }
    /// Rows that are no padding.
    size_t distinct = 0;

    /// What each row sees, [length, length] for each block in turn: 0, or −∞ for what it doesn't. With a
    /// window above 0 it doesn't see what is that far before it either. Padding sees itself.
    std::vector<float> mask(int32_t window) const;
};

/// `attentionCost`: what it costs for a row to see another, as a fraction of what a row costs otherwise. By
/// it is decided which sequences become one tree, and how long a block is.
TokenBlocks toBlocks(const std::vector<Sequence>& sequences, double attentionCost);

} // namespace iprm
