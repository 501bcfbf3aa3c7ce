#include "tree-walk.h"

#include <algorithm>

namespace iprm {

namespace {

std::vector<Request*> pointersTo(const std::vector<std::shared_ptr<Request>>& requests) {
    std::vector<Request*> pointers;
    for (const auto& request : requests) pointers.push_back(request.get());
    return pointers;
}

bool freeSequence(size_t reserve, WalkResources& resources) {
    while (resources.kv.freeSequences() <= reserve) {
        if (!resources.cache.evictOldest()) return false;
    }
    return true;
}

/// Whether the cells still hold what the walks have to go down to.
bool leavesReserve(size_t inBatch, WalkResources& resources) {
    while (resources.kv.cells() + inBatch + resources.reservedCells > resources.kv.capacity()) {
        if (!resources.cache.evictOldest()) return false;
    }
    return true;
}

} // namespace

TreeWalk::TreeWalk(std::vector<std::shared_ptr<Request>> requests) : requests_(std::move(requests)) {
    PrefixTree roots = buildPrefixTree(pointersTo(requests_));
    for (auto root = roots.rbegin(); root != roots.rend(); ++root)
        open_.push_back({std::move(*root), nullptr, {}});
}

size_t TreeWalk::cellsNeeded() const {
    int32_t needed = 0;
    for (const auto& open : open_) needed = std::max(needed, open.remainingHeight());
    return static_cast<size_t>(needed);
}

size_t TreeWalk::sequencesNeeded() const {
    size_t needed = 0;
    for (const auto& open : open_) needed = std::max(needed, open.node->branches);
    return needed;
}

void TreeWalk::fill(Batch& batch, BatchRoom room, WalkResources& resources) {
    const int32_t end = batch.size() + room.tokens;
    const int32_t outputEnd = batch.outputCount + room.outputs;
    for (auto& open : open_) open.inBatch = 0;
    for (size_t i = open_.size(); i-- > 0 && batch.size() < end && batch.outputCount < outputEnd;) {
        OpenNode& open = open_[i];
        const bool isTop = i + 1 == open_.size();
        if (!start(open, isTop, static_cast<size_t>(batch.size()), resources)) break;
        const int32_t count = takeable(open, isTop, batch, end - batch.size(), resources);
        addTokens(batch, open, count, outputEnd);
        if (open.inBatch < open.remaining()) break;
    }
}

/// Up to where the node's tokens may be known from another branch. The token behind which the first target
/// lies is evaluated anyway, since its logits are gone, and so is the node's last.
int32_t TreeWalk::knowableEnd(const PrefixNode& node) {
    return node.begin + (node.targets.empty() ? node.length() - 1 : node.targets.front().offset);
}

/// A kept branch or one of another walk that knows most of the node's tokens.
BranchCache::Match TreeWalk::findKnown(const PrefixNode& node, WalkResources& resources) {
    const int32_t limit = knowableEnd(node);
    BranchCache::Match best = resources.cache.find(node.path, node.begin, limit);
    for (auto& walk : resources.walks) {
        if (&walk == this) continue;
        const auto match = walk.find(node.path, best.length, limit);
        if (match.branch) best = match;
    }
    return best;
}

/// Whether an older walk is busy with tokens of this node. The oldest waits for none, so they come soon.
bool TreeWalk::isWorthWaiting(const PrefixNode& node, WalkResources& resources) {
    // Not for a token or two that many texts begin with.
    constexpr int32_t worthwhile = 16;
    for (const auto& walk : resources.walks) {
        if (&walk == this) return false;
        const Span coming = walk.underWay(node.path, knowableEnd(node));
        if (coming.end < node.begin + worthwhile) continue;
        const int32_t known = findKnown(node, resources).length;
        // What the other walk has to catch up with first takes time too.
        if (coming.end - known > std::max(known - coming.begin, 0)) return true;
    }
    return false;
}

/// The tokens of `path` that the node being evaluated is about to know; none if it will know no more of them.
TreeWalk::Span TreeWalk::underWay(const llama_token* path, int32_t limit) const {
    if (open_.empty()) return {};
    const OpenNode& top = open_.back();
    const int32_t begin = top.node->begin + top.evaluated;
    const int32_t end = std::min(top.node->end, limit);
    const auto length = static_cast<int32_t>(std::mismatch(path, path + end, top.node->path).first - path);
    return length > begin ? Span{begin, length} : Span{};
}

/// Gives the node a branch that holds everything above it. False if there is no room for that, or if it is
/// worth waiting for another walk.
bool TreeWalk::start(OpenNode& open, bool isTop, size_t inBatch, WalkResources& resources) {
    if (open.branch) return true;
    if (resources.forksAnywhere && isWorthWaiting(*open.node, resources)) return false;
    const bool takesOver = open.fork && open.fork->waitingChildren == 1;
    if (!freeSequence(isTop ? 0 : resources.reservedSequences, resources)) {
        if (!takesOver) return false;
    } else if (resources.forksAnywhere && startFromKnown(open, resources)) {
        // What it goes on from can't be evicted any more. Only the top may take it unasked, and only in place
        // of cells of its own.
        const bool replacesOwn = !open.fork || takesOver;
        if ((isTop && replacesOwn) || leavesReserve(inBatch, resources)) {
            for (Request* request : open.node->requests)
                request->onTokens(static_cast<size_t>(open.evaluated));
            if (open.fork) --open.fork->waitingChildren;
            open.fork.reset();
            return true;
        }
        open.branch = KvBranch();
        open.evaluated = 0;
        if (!isTop) return false;
    }
    if (!open.fork) {
        open.branch = resources.kv.branch();
    } else if (takesOver) {
        open.branch = std::move(open.fork->branch);
    } else {
        open.branch = open.fork->branch.fork(open.node->begin);
        --open.fork->waitingChildren;
    }
    open.fork.reset();
    return true;
}

bool TreeWalk::startFromKnown(OpenNode& open, WalkResources& resources) {
    const BranchCache::Match known = findKnown(*open.node, resources);
    if (!known.branch) return false;
    open.branch = known.branch->fork(known.length);
    open.evaluated = known.length - open.node->begin;
    return true;
}

BranchCache::Match TreeWalk::find(const llama_token* path, int32_t known, int32_t limit) {
    BranchCache::Match best{nullptr, known};
    for (auto& open : open_) {
        KvBranch* branch = open.branch ? &open.branch : open.fork ? &open.fork->branch : nullptr;
        if (!branch || branch->length() <= best.length) continue;
        const int32_t end = std::min(branch->length(), limit);
        const auto length =
            static_cast<int32_t>(std::mismatch(path, path + end, open.node->path).first - path);
        if (length > best.length && branch->canFork(length)) best = {branch, length};
    }
    return best;
}

/// How many tokens of the node there is room for, in the batch and in the cells.
int32_t TreeWalk::takeable(const OpenNode& open, bool isTop, const Batch& batch, int32_t limit,
                           WalkResources& resources) {
    const KvCache& kv = resources.kv;
    const auto inBatch = static_cast<size_t>(batch.size());
    const size_t reserve = isTop ? 0 : resources.reservedCells;
    const int32_t wanted = std::min(open.remaining(), limit);
    const size_t needed = inBatch + static_cast<size_t>(wanted) + reserve;
    while (kv.cells() + needed > kv.capacity() && resources.cache.evictOldest()) continue;
    const auto free =
        static_cast<int64_t>(kv.capacity()) - static_cast<int64_t>(kv.cells() + inBatch + reserve);
    return static_cast<int32_t>(std::clamp<int64_t>(free, 0, wanted));
}

void TreeWalk::addTokens(Batch& batch, OpenNode& open, int32_t count, int32_t outputLimit) {
    const PrefixNode& node = *open.node;
    while (open.inBatch < count && batch.outputCount < outputLimit) {
        const int32_t offset = open.evaluated + open.inBatch++;
        batch.add(open.token(offset), node.begin + offset, open.branch.sequence());
        for (; open.nextTarget < node.targets.size() && node.targets[open.nextTarget].offset == offset;
             ++open.nextTarget) {
            const Target& target = node.targets[open.nextTarget];
            batch.want(target.wanted);
            --target.request->targetsLeft;
        }
    }
}

void TreeWalk::collectInBatch(std::set<Request*>& requests) const {
    for (const auto& open : open_) {
        if (open.inBatch > 0) requests.insert(open.node->requests.begin(), open.node->requests.end());
    }
}

void TreeWalk::withdraw(Request& request) {
    for (auto& open : open_) {
        if (!strip(*open.node, request, open.nextTarget)) continue;
        if (open.fork) --open.fork->waitingChildren;
        open.node.reset();
    }
    open_.erase(std::remove_if(open_.begin(), open_.end(), [](const OpenNode& open) { return !open.node; }),
                open_.end());
}

/// What is left to evaluate of the node counts for another request that needs it.
void TreeWalk::passOn(PrefixNode& node) {
    node.owner = node.requests.front();
    const auto goesThrough = [&node](const Sequence& sequence) {
        return static_cast<int32_t>(sequence.tokens.size()) >= node.end &&
               std::equal(node.path, node.path + node.end, sequence.tokens.begin());
    };
    const auto& sequences = *node.owner->sequences;
    const auto begin = sequences.begin() + static_cast<long>(node.owner->begin);
    const auto end = sequences.begin() + static_cast<long>(node.owner->end);
    node.ownerSequence = static_cast<size_t>(std::find_if(begin, end, goesThrough) - sequences.begin());
}

/// Removes a request from a node and from those below. True if nobody needs the node any more.
bool TreeWalk::strip(PrefixNode& node, const Request& request, size_t firstTarget) {
    auto& requests = node.requests;
    requests.erase(std::remove(requests.begin(), requests.end(), &request), requests.end());
    if (requests.empty()) return true;
    if (node.owner == &request) passOn(node);
    auto& targets = node.targets;
    targets.erase(std::remove_if(targets.begin() + static_cast<long>(firstTarget), targets.end(),
                                 [&](const Target& target) { return target.request == &request; }),
                  targets.end());
    auto& children = node.children;
    children.erase(std::remove_if(children.begin(), children.end(),
                                  [&](auto& child) { return strip(*child, request, 0); }),
                   children.end());
    return false;
}

void TreeWalk::advance(BranchCache& cache) {
    std::vector<OpenNode> taken;
    while (!open_.empty() && open_.back().inBatch > 0) {
        taken.push_back(std::move(open_.back()));
        open_.pop_back();
    }
    for (auto open = taken.rbegin(); open != taken.rend(); ++open) {
        const auto count = static_cast<size_t>(open->inBatch);
        open->branch.grow(open->inBatch);
        open->evaluated += open->inBatch;
        open->inBatch = 0;
        for (Request* request : open->node->requests) request->onTokens(count);
        open->node->owner->onEvaluated(open->node->ownerSequence, count);
        close(std::move(*open), cache);
    }
}

/// Puts a node that isn't finished back on the stack, or else its children, in their order from the top: the
/// last takes the branch over, so that few branches are held at a time.
void TreeWalk::close(OpenNode open, BranchCache& cache) {
    if (open.remaining() > 0) {
        open_.push_back(std::move(open));
        return;
    }
    PrefixNode& node = *open.node;
    if (node.children.empty()) {
        cache.keep({node.path, node.path + node.end}, std::move(open.branch));
        return;
    }
    const auto fork = std::make_shared<Fork>(Fork{std::move(open.branch), node.children.size()});
    for (auto child = node.children.rbegin(); child != node.children.rend(); ++child) {
        open_.push_back({std::move(*child), fork, {}});
    }
}

} // namespace iprm
