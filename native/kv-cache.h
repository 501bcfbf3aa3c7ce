#pragma once

#include "llama-api.h"

#include <cstddef>
#include <memory>
#include <vector>

namespace iprm {

class KvCache;

/// A run of cells that no fork divides. Branches that share a prefix share its spans, so a span is counted
/// once and lives as long as the last branch through it.
struct KvSpan {
    KvSpan(size_t& cells, std::shared_ptr<KvSpan> parent, int32_t begin, int32_t end);
    ~KvSpan();
    KvSpan(const KvSpan&) = delete;
    KvSpan& operator=(const KvSpan&) = delete;

    size_t& cells;
    std::shared_ptr<KvSpan> parent;
    /// Positions in the sequence.
    int32_t begin, end;
};

/// One sequence of llama.cpp's memory: the keys and values of the tokens at positions 0 … length − 1.
/// Destroying it frees the cells that no other branch shares.
class KvBranch {
public:
    KvBranch() = default;
    ~KvBranch() { release(); }
    KvBranch(KvBranch&& other) noexcept { *this = std::move(other); }
    KvBranch& operator=(KvBranch&& other) noexcept;

    explicit operator bool() const { return cache_ != nullptr; }
    llama_seq_id sequence() const { return sequence_; }
    int32_t length() const { return length_; }

    /// Records that `count` more tokens were evaluated on this branch.
    void grow(int32_t count);

    /// Whether `fork` may be asked for so many tokens. Of a sliding-window cache the cells that the end of a
    /// branch no longer sees are given away, and then it can be forked at its end only.
    bool canFork(int32_t length) const;

    /// A new branch with the first `length` tokens of this one, at no evaluation. Needs a free sequence.
    KvBranch fork(int32_t length);

private:
    friend class KvCache;
    KvBranch(KvCache& cache, llama_seq_id sequence) : cache_(&cache), sequence_(sequence) {}
    void release();
    std::shared_ptr<KvSpan> spanUpTo(int32_t length);

    KvCache* cache_ = nullptr;
    llama_seq_id sequence_ = -1;
    int32_t length_ = 0;
    std::shared_ptr<KvSpan> tip_;
};

/// The book-keeping of a context's unified key-value memory: which sequences are free and how many cells are
/// in use. It must outlive its branches.
class KvCache {
public:
    KvCache(const LlamaApi& api, llama_memory_t memory, size_t capacity, int32_t sequences);
    KvCache(const KvCache&) = delete;
    KvCache& operator=(const KvCache&) = delete;

    size_t capacity() const { return capacity_; }
    size_t cells() const { return cells_; }
    size_t freeSequences() const { return freeSequences_.size(); }

    /// An empty branch. Needs a free sequence.
    KvBranch branch();

private:
    friend class KvBranch;

    const LlamaApi& api_;
    llama_memory_t memory_;
    size_t capacity_;
    size_t cells_ = 0;
    std::vector<llama_seq_id> freeSequences_;
};

} // namespace iprm
