#pragma once

#include "kv-cache.h"

#include <llama.h>

#include <cstddef>
#include <vector>

namespace iprm {

/// Branches kept for later calls once their sequences are finished, least recently used first.
class BranchCache {
public:
    /// `size`: how many tokens to keep beside the latest branch.
    BranchCache(const KvCache& kv, size_t size) : kv_(kv), size_(size) {}

    /// A branch and how many tokens of a path it knows.
    struct Match {
        KvBranch* branch = nullptr;
        int32_t length = 0;
    };

    /// The branch that has most tokens in common with path[0] … path[limit − 1], if more than `known`. It is
    /// the youngest now.
    Match find(const llama_token* path, int32_t known, int32_t limit);

    /// Keeps a branch, in place of those that it goes on from, and lets the oldest go if too much is kept.
    void keep(std::vector<llama_token> tokens, KvBranch branch);

    /// Every cell in use makes attention dearer for all: lets go what is kept beyond `size`.
    void trim();

    /// False if there was none.
    bool evictOldest();
    void clear() { branches_.clear(); }

private:
    struct Kept {
        std::vector<llama_token> tokens;
        KvBranch branch;
    };

    size_t tokensBesideLatest() const;

    const KvCache& kv_;
    size_t size_;
    std::vector<Kept> branches_;
};

} // namespace iprm
