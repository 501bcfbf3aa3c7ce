#include "kv-cache.h"

#include <utility>

namespace iprm {

KvSpan::KvSpan(size_t& cells, std::shared_ptr<KvSpan> parent, int32_t begin, int32_t end)
    : cells(cells), parent(std::move(parent)), begin(begin), end(end) {
    cells += static_cast<size_t>(end - begin);
}

KvSpan::~KvSpan() { cells -= static_cast<size_t>(end - begin); }

KvBranch& KvBranch::operator=(KvBranch&& other) noexcept {
    if (this == &other) return *this;
    release();
    cache_ = std::exchange(other.cache_, nullptr);
    sequence_ = std::exchange(other.sequence_, -1);
    length_ = std::exchange(other.length_, 0);
    tip_ = std::move(other.tip_);
    return *this;
}

void KvBranch::release() {
    if (!cache_) return;
    cache_->api_.llama_memory_seq_rm(cache_->memory_, sequence_, -1, -1);
    cache_->freeSequences_.push_back(sequence_);
    tip_.reset();
    cache_ = nullptr;
}

void KvBranch::grow(int32_t count) {
    const bool ours = tip_ && tip_.use_count() == 1;
    if (ours) {
        tip_->end += count;
        cache_->cells_ += static_cast<size_t>(count);
    } else {
        tip_ = std::make_shared<KvSpan>(cache_->cells_, tip_, length_, length_ + count);
    }
    length_ += count;
}

bool KvBranch::canFork(int32_t length) const {
    return length == length_ || cache_->api_.llama_memory_seq_pos_min(cache_->memory_, sequence_) == 0;
}

KvBranch KvBranch::fork(int32_t length) {
    KvBranch fork = cache_->branch();
    if (length > 0) {
        fork.tip_ = spanUpTo(length);
        fork.length_ = length;
        cache_->api_.llama_memory_seq_cp(cache_->memory_, sequence_, fork.sequence_, 0, length);
    }
    return fork;
}

/// The span that ends at `length`, cut off a longer one if need be. The longer one keeps its identity as the
/// lower part, since other branches may hold it as their tip.
std::shared_ptr<KvSpan> KvBranch::spanUpTo(int32_t length) {
    std::shared_ptr<KvSpan> span = tip_;
    while (span->begin >= length) span = span->parent;
    if (span->end == length) return span;
    const int32_t begin = span->begin;
    cache_->cells_ -= static_cast<size_t>(length - begin);
    span->begin = length;
    span->parent = std::make_shared<KvSpan>(cache_->cells_, span->parent, begin, length);
    return span->parent;
}

KvCache::KvCache(const LlamaApi& api, llama_memory_t memory, size_t capacity, int32_t sequences)
    : api_(api), memory_(memory), capacity_(capacity) {
    for (llama_seq_id sequence = sequences - 1; sequence >= 0; --sequence) freeSequences_.push_back(sequence);
}

KvBranch KvCache::branch() {
    const llama_seq_id sequence = freeSequences_.back();
    freeSequences_.pop_back();
    return KvBranch(*this, sequence);
}

} // namespace iprm
