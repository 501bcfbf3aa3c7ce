#include "branch-cache.h"

#include <algorithm>

namespace iprm {

namespace {

int32_t sharedLength(const std::vector<llama_token>& tokens, const llama_token* path, int32_t limit) {
    const int32_t end = std::min(limit, static_cast<int32_t>(tokens.size()));
    return static_cast<int32_t>(std::mismatch(path, path + end, tokens.begin()).first - path);
}

} // namespace

BranchCache::Match BranchCache::find(const llama_token* path, int32_t known, int32_t limit) {
    auto best = branches_.end();
    int32_t longest = known;
    for (auto kept = branches_.begin(); kept != branches_.end(); ++kept) {
        const int32_t length = sharedLength(kept->tokens, path, limit);
        if (length <= longest || !kept->branch.canFork(length)) continue;
        longest = length;
        best = kept;
    }
    if (best == branches_.end()) return {nullptr, known};
    std::rotate(best, best + 1, branches_.end());
    return {&branches_.back().branch, longest};
}

void BranchCache::keep(std::vector<llama_token> tokens, KvBranch branch) {
    const auto isPrefix = [&](const Kept& other) {
        return other.tokens.size() <= tokens.size() &&
               std::equal(other.tokens.begin(), other.tokens.end(), tokens.begin());
    };
    branches_.erase(std::remove_if(branches_.begin(), branches_.end(), isPrefix), branches_.end());
    branches_.push_back({std::move(tokens), std::move(branch)});
    while (tokensBesideLatest() > size_) evictOldest();
}

/// What the others have in common with the latest, or with the next younger, is counted once.
size_t BranchCache::tokensBesideLatest() const {
    const auto& latest = branches_.back().tokens;
    size_t count = 0;
    for (size_t i = 0; i + 1 < branches_.size(); ++i) {
        const auto& tokens = branches_[i].tokens;
        const auto length = static_cast<int32_t>(tokens.size());
        const int32_t shared = std::max(sharedLength(latest, tokens.data(), length),
                                        sharedLength(branches_[i + 1].tokens, tokens.data(), length));
        count += static_cast<size_t>(length - shared);
    }
    return count;
}

void BranchCache::trim() {
    while (branches_.size() > 1 && kv_.cells() > branches_.back().tokens.size() + size_) evictOldest();
}

bool BranchCache::evictOldest() {
    if (branches_.empty()) return false;
    branches_.erase(branches_.begin());
    return true;
}

} // namespace iprm
