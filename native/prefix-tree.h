#pragma once

#include "request.h"

#include <llama.h>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <vector>

namespace iprm {

/// What is wanted of the logits behind one token of a node.
struct Target {
    /// Index of that token in the node.
    int32_t offset;
    /// Of the token one position further on.
    Prediction wanted;
    Request* request;
};

/// A run of tokens that a set of sequences has in common, up to where they part.
struct PrefixNode {
    /// The tokens of some sequence through this node; those at `begin` … `end` − 1 are the node's own. They
    /// belong to the sequence, which must outlive the tree.
    const llama_token* path = nullptr;
    int32_t begin = 0, end = 0;
    /// The sequence that the node's tokens count for, the one that brought them first.
    Request* owner = nullptr;
    size_t ownerSequence = 0;
    /// Those that need all of the node's tokens.
    std::vector<Request*> requests;
    /// Ascending by offset.
    std::vector<Target> targets;
    /// The subtree that takes most branches comes last: it takes over that of the node.
    std::vector<std::unique_ptr<PrefixNode>> children;
    /// Tokens from the first of this node to the end of the longest sequence through it.
    int32_t height = 0;
    /// Branches that evaluating the subtree takes at a time.
    size_t branches = 1;

    int32_t length() const { return end - begin; }
};

using PrefixTree = std::vector<std::unique_ptr<PrefixNode>>;

/// The radix tree of the requests' sequences: every token that has to be evaluated is in it once, and every
/// wanted prediction is a target of the token before it. The last token of a sequence is evaluated only where
/// a longer sequence goes on with it, or the likeliest tokens are asked for.
PrefixTree buildPrefixTree(const std::vector<Request*>& requests);

/// The number of tokens in the tree.
size_t countTokens(const PrefixTree& roots);

} // namespace iprm
