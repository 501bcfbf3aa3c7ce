#pragma once

#include "batch.h"
#include "branch-cache.h"
#include "kv-cache.h"
#include "prefix-tree.h"

#include <cstdint>
#include <list>
#include <memory>
#include <set>
#include <vector>

namespace iprm {

class TreeWalk;

/// What the walks of one evaluator share.
struct WalkResources {
    KvCache& kv;
    BranchCache& cache;
    std::list<TreeWalk>& walks;
    /// Whether a branch may be forked at any of its tokens.
    bool forksAnywhere;
    /// Cells and sequences that have to stay free for what the walks have yet to go down to: whoever takes
    /// more than it must leaves that many.
    size_t reservedCells;
    size_t reservedSequences;
};

/// How much a walk may add to a batch.
struct BatchRoom {
    int32_t tokens;
    int32_t outputs;
};

/// The evaluation of a prefix tree, depth first, some tokens a batch. What it holds at any time is bounded by
/// the longest sequence and one batch, however many sequences there are.
class TreeWalk {
public:
    explicit TreeWalk(std::vector<std::shared_ptr<Request>> requests);

    bool finished() const { return open_.empty(); }
    const std::vector<std::shared_ptr<Request>>& requests() const { return requests_; }

    /// Cells that it may need over those it holds.
    size_t cellsNeeded() const;
    /// Sequences that it may need over those it holds.
    size_t sequencesNeeded() const;

    /// Adds tokens to the batch, of as many branches as fit.
    void fill(Batch& batch, BatchRoom room, WalkResources& resources);
    /// Adds those that need tokens of the batch filled last.
    void collectInBatch(std::set<Request*>& requests) const;
    /// Forgets the request and what only it needs.
    void withdraw(Request& request);
    /// Takes note that the batch filled last was evaluated.
    void advance(BranchCache& cache);

    /// Tokens of `path` that a branch of this walk knows, more than `known` and no more than `limit`.
    BranchCache::Match find(const llama_token* path, int32_t known, int32_t limit);

private:
    /// A node's branch once it is evaluated, kept until its last child takes it over.
    struct Fork {
        KvBranch branch;
        size_t waitingChildren;
    };

    /// A node being evaluated or about to be.
    struct OpenNode {
        std::unique_ptr<PrefixNode> node;
        std::shared_ptr<Fork> fork;
        KvBranch branch;
        int32_t evaluated = 0;
        size_t nextTarget = 0;
        /// Tokens in the batch filled last.
        int32_t inBatch = 0;

        int32_t remaining() const { return node->length() - evaluated; }
        int32_t remainingHeight() const { return node->height - evaluated; }
        llama_token token(int32_t offset) const { return node->path[node->begin + offset]; }
    };

    /// Positions `begin` … `end` − 1.
    struct Span {
        int32_t begin = 0, end = 0;
    };

    static int32_t knowableEnd(const PrefixNode& node);
    BranchCache::Match findKnown(const PrefixNode& node, WalkResources& resources);
    bool isWorthWaiting(const PrefixNode& node, WalkResources& resources);
    Span underWay(const llama_token* path, int32_t limit) const;
    bool start(OpenNode& open, bool isTop, size_t inBatch, WalkResources& resources);
    bool startFromKnown(OpenNode& open, WalkResources& resources);
    int32_t takeable(const OpenNode& open, bool isTop, const Batch& batch, int32_t limit,
                     WalkResources& resources);
    static void addTokens(Batch& batch, OpenNode& open, int32_t count, int32_t outputLimit);
    void close(OpenNode open, BranchCache& cache);
    static void passOn(PrefixNode& node);
    static bool strip(PrefixNode& node, const Request& request, size_t firstTarget);

    std::vector<std::shared_ptr<Request>> requests_;
    /// A stack: what is on top is finished before what lies below, which bounds the cells in use.
    std::vector<OpenNode> open_;
};

} // namespace iprm
