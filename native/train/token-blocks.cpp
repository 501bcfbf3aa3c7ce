#include "token-blocks.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>
#include <unordered_map>

namespace iprm {

namespace {

/// The CPU's products are fast where what is summed over is a multiple of this.
constexpr int64_t granularity = 16;

int64_t roundUp(int64_t value) { return (value + granularity - 1) / granularity * granularity; }

/// Sequences whose rows are one tree.
struct Tree {
    std::vector<size_t> sequences;
    int64_t rows = 0;
};

size_t sharedLength(const Sequence& a, const Sequence& b) {
    // The last token of a sequence is no row: nothing is predicted from it.
    const size_t most = std::min(a.tokens.size(), b.tokens.size()) - 1;
    size_t length = 0;
    while (length < most && a.tokens[length] == b.tokens[length]) ++length;
    return length;
}

int64_t rowsOf(const Sequence& sequence) { return static_cast<int64_t>(sequence.tokens.size()) - 1; }

/// In the order of their tokens, sequences that share most are neighbours. One joins the tree of the one
/// before it if the rows that this saves cost more than the attention that it adds.
std::vector<Tree> growTrees(const std::vector<Sequence>& sequences, double attentionCost) {
    std::vector<size_t> order(sequences.size());
    std::iota(order.begin(), order.end(), size_t{0});
    std::sort(order.begin(), order.end(), [&](size_t left, size_t right) {
        if (sequences[left].tokens != sequences[right].tokens)
            return sequences[left].tokens < sequences[right].tokens;
        return left < right;
    });
    const auto cost = [&](int64_t rows) {
        const auto count = static_cast<double>(rows);
        return count + attentionCost * count * count;
    };
    std::vector<Tree> trees;
    for (size_t i = 0; i < order.size(); ++i) {
        const Sequence& sequence = sequences[order[i]];
        const int64_t rows = rowsOf(sequence);
        if (i > 0) {
            Tree& tree = trees.back();
            const auto shared = static_cast<int64_t>(sharedLength(sequences[order[i - 1]], sequence));
            if (cost(tree.rows + rows - shared) < cost(tree.rows) + cost(rows)) {
                tree.rows += rows - shared;
                tree.sequences.push_back(order[i]);
                continue;
            }
        }
        trees.push_back({{order[i]}, rows});
    }
    return trees;
}

/// For each tree the block that it goes into, the largest trees first and each into the first with room.
std::vector<size_t> pack(const std::vector<Tree>& trees, int64_t length, size_t& blocks) {
    std::vector<int64_t> room;
    std::vector<size_t> places;
    for (const Tree& tree : trees) {
        const auto fits =
            std::find_if(room.begin(), room.end(), [&](int64_t left) { return left >= tree.rows; });
        places.push_back(static_cast<size_t>(fits - room.begin()));
        if (fits == room.end())
            room.push_back(length - tree.rows);
        else
            *fits -= tree.rows;
    }
    blocks = room.size();
    return places;
}

/// The cheapest length of a block, from that of the largest tree to that of all.
int64_t chooseLength(const std::vector<Tree>& trees, double attentionCost) {
    int64_t total = 0;
    for (const Tree& tree : trees) total += tree.rows;
    const int64_t least = roundUp(trees.front().rows), most = roundUp(total);
    int64_t best = least;
    double bestCost = std::numeric_limits<double>::infinity();
    for (int64_t length = least; length <= std::min(most, 4 * least); length += granularity) {
        size_t blocks;
        pack(trees, length, blocks);
        const double rows = static_cast<double>(blocks) * static_cast<double>(length);
        const double cost = rows * (1 + attentionCost * static_cast<double>(length));
        if (cost >= bestCost) continue;
        bestCost = cost;
        best = length;
    }
    return best;
}

/// Puts the sequences of a tree into rows, from `row` on.
class TreeWriter {
public:
    TreeWriter(TokenBlocks& blocks, int32_t row) : blocks_(blocks), nextRow_(row) {}

    void add(const Sequence& sequence, std::vector<uint32_t>& places) {
        int32_t parent = -1;
        for (size_t i = 0; i < sequence.tokens.size(); ++i) {
            const Token token = sequence.tokens[i];
            if (static_cast<int32_t>(i) >= sequence.from) places.push_back(scoredAt(parent, token));
            if (i + 1 < sequence.tokens.size()) parent = rowAt(parent, token, static_cast<int32_t>(i));
        }
    }

    int32_t nextRow() const { return nextRow_; }

private:
    static uint64_t keyOf(int32_t parent, Token token) {
        return static_cast<uint64_t>(static_cast<uint32_t>(parent)) << 32 | static_cast<uint32_t>(token);
    }

    int32_t rowAt(int32_t parent, Token token, int32_t position) {
        const auto [found, isNew] = rows_.try_emplace(keyOf(parent, token), nextRow_);
        if (!isNew) return found->second;
        const auto row = static_cast<size_t>(nextRow_);
        blocks_.tokens[row] = token;
        blocks_.positions[row] = position;
        blocks_.parents[row] = parent;
        ++blocks_.distinct;
        return nextRow_++;
    }

    uint32_t scoredAt(int32_t row, Token token) {
        const auto next = static_cast<uint32_t>(blocks_.scored.size());
        const auto [found, isNew] = scored_.try_emplace(keyOf(row, token), next);
        if (isNew) blocks_.scored.push_back({row, token});
        return found->second;
    }

    TokenBlocks& blocks_;
    int32_t nextRow_;
    std::unordered_map<uint64_t, int32_t> rows_;
    std::unordered_map<uint64_t, uint32_t> scored_;
};

} // namespace

TokenBlocks toBlocks(const std::vector<Sequence>& sequences, double attentionCost) {
    auto trees = growTrees(sequences, attentionCost);
    std::stable_sort(trees.begin(), trees.end(),
                     [](const Tree& left, const Tree& right) { return left.rows > right.rows; });
    TokenBlocks result;
    result.length = chooseLength(trees, attentionCost);
    size_t count;
    const auto blockOf = pack(trees, result.length, count);
    result.blocks = static_cast<int64_t>(count);
    const auto rows = static_cast<size_t>(result.rows());
    result.tokens.assign(rows, 0);
    result.positions.assign(rows, 0);
    result.parents.assign(rows, -1);
    result.places.resize(sequences.size());
    std::vector<int32_t> nextRow;
    for (size_t i = 0; i < count; ++i)
        nextRow.push_back(static_cast<int32_t>(static_cast<int64_t>(i) * result.length));
    for (size_t i = 0; i < trees.size(); ++i) {
        TreeWriter writer(result, nextRow[blockOf[i]]);
        for (const size_t sequence : trees[i].sequences)
            writer.add(sequences[sequence], result.places[sequence]);
        nextRow[blockOf[i]] = writer.nextRow();
    }
    return result;
}

std::vector<float> TokenBlocks::mask(int32_t window) const {
    std::vector<float> mask(static_cast<size_t>(rows() * length), -std::numeric_limits<float>::infinity());
    for (int64_t row = 0; row < rows(); ++row) {
        const int64_t begin = row / length * length;
        float* seen = mask.data() + row * length;
        const int32_t position = positions[static_cast<size_t>(row)];
        for (auto other = static_cast<int32_t>(row); other >= 0;
             other = parents[static_cast<size_t>(other)]) {
            if (window > 0 && position - positions[static_cast<size_t>(other)] >= window) break;
            seen[other - begin] = 0;
        }
    }
    return mask;
}

} // namespace iprm
