#pragma once

#include <llama.h>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <vector>

namespace iprm {

/// Tokens of which the log-probabilities from position `from` on are wanted: log p(tokens[i] | tokens[0 …
/// i−1]) for i = from … size − 1. `from` is at least 1, since nothing predicts the first token.
struct Sequence {
    std::vector<llama_token> tokens;
    int32_t from;
};

/// A log-probability wanted from the logits behind one token of a node.
struct Target {
    /// Index of that token in the node.
    int32_t offset;
    /// The token whose probability is wanted, one position further on.
    llama_token token;
    float* result;
};

/// A run of tokens that a set of sequences has in common, up to where they part.
struct PrefixNode {
    /// The tokens of some sequence through this node; those at `begin` … `end` − 1 are the node's own. They
    /// belong to the sequence, which must outlive the tree.
    const llama_token* path = nullptr;
    int32_t begin = 0, end = 0;
    /// Index of the sequence that brought the node's tokens first.
    size_t owner = 0;
    /// Ascending by offset.
    std::vector<Target> targets;
    /// The subtree that holds most tokens comes last.
    std::vector<std::unique_ptr<PrefixNode>> children;
    /// Tokens from the first of this node to the end of the longest sequence through it.
    int32_t height = 0;

    int32_t length() const { return end - begin; }
};

/// The radix tree of sequences: every token that has to be evaluated is in it once, and every wanted
/// log-probability is a target of the token before it. The last token of a sequence is evaluated only where a
/// longer sequence goes on with it.
///
/// `results[i]` must have room for sequences[i].tokens.size() − sequences[i].from floats.
std::vector<std::unique_ptr<PrefixNode>> buildPrefixTree(const std::vector<Sequence>& sequences,
                                                         const std::vector<float*>& results);

/// The number of tokens in the trees.
size_t countTokens(const std::vector<std::unique_ptr<PrefixNode>>& roots);

} // namespace iprm
