#include "evaluator.h"

#include "error.h"

#include <algorithm>
#include <set>
#include <utility>

namespace iprm {

namespace {

/// More would leave each too small a share of a batch.
constexpr size_t maxWalks = 8;

/// So many may be let in before one that there is no room for.
constexpr size_t maxPassedOver = 32;

/// So many cells that attention over them adds 5 % to the work of evaluating a token: two operations for each
/// parameter against four for each cell, layer and dimension.
int32_t affordableCells(const Model& model) {
    const double perToken = 2.0 * static_cast<double>(model.parameters());
    const double perCell = 4.0 * model.embeddingLength() * model.layers();
    return perCell > 0 ? static_cast<int32_t>(0.05 * perToken / perCell) : 0;
}

int32_t chooseCacheSize(const Model& model, const EvaluatorOptions& options) {
    if (model.isRecurrent()) return 0;
    return options.cacheSize.value_or(std::min(affordableCells(model), options.contextSize));
}

/// Room for the longest sequence, for one batch beside it and for what is kept.
int32_t cellCount(const Model& model, const EvaluatorOptions& options, int32_t cacheSize) {
    const int32_t cells = options.contextSize + std::max(options.batchSize, cacheSize);
    // A "longrope" model computes other positions once the context exceeds its original length: don't exceed
    // it for the batch's sake alone.
    const int32_t limit = model.architectureNumber("rope.scaling.original_context_length");
    return limit >= options.contextSize ? std::min(cells, limit) : cells;
}

DecoderOptions decoderOptions(const EvaluatorOptions& options, int32_t cells) {
    return {cells,
            options.batchSize,
            options.threads,
            options.kvCacheType,
            options.flashAttention,
            options.logSoftmax,
            options.outputsOnGpu};
}

size_t countTargets(const Request& request) {
    size_t count = 0;
    for (size_t i = request.begin; i < request.end; ++i) {
        const Sequence& sequence = (*request.sequences)[i];
        count += sequence.tokens.size() - static_cast<size_t>(sequence.from);
    }
    return count;
}

size_t longestSequence(const Request& request) {
    size_t longest = 0;
    for (size_t i = request.begin; i < request.end; ++i)
        longest = std::max(longest, (*request.sequences)[i].tokens.size());
    return longest;
}

/// The most branches that a tree of so many sequences takes at a time.
size_t branchesOf(size_t sequences) {
    size_t branches = 1;
    for (; sequences > 1; sequences /= 2) ++branches;
    return branches;
}

} // namespace

Evaluator::Evaluator(const LlamaApi& api, const Model& model, llama_adapter_lora* adapter,
                     const EvaluatorOptions& options, LogScope& log)
    : options_(options), keepsBranches_(!model.isRecurrent()), cacheSize_(chooseCacheSize(model, options)),
      cells_(cellCount(model, options, cacheSize_)),
      decoder_(api, model, adapter, decoderOptions(options, cells_), log),
      kv_(api, decoder_.memory(), static_cast<size_t>(cells_), decoder_.sequences()),
      cache_(kv_, static_cast<size_t>(cacheSize_)) {}

void Evaluator::add(std::shared_ptr<Request> request) {
    request->targetsLeft = countTargets(*request);
    waiting_.push_back(std::move(request));
}

void Evaluator::step(LogScope& log) {
    try {
        withdrawCancelled();
        admit();
        finish();
        if (walks_.empty()) return;
        evaluateBatch(log);
        finish();
    } catch (...) {
        failAll(std::current_exception());
    }
}

void Evaluator::failAll(const std::exception_ptr& error) {
    std::vector<std::shared_ptr<Request>> failed(waiting_.begin(), waiting_.end());
    for (const auto& walk : walks_) {
        for (const auto& request : walk.requests()) {
            if (request->onDone) failed.push_back(request);
        }
    }
    waiting_.clear();
    walks_.clear();
    cache_.clear();
    for (const auto& request : failed) std::exchange(request->onDone, nullptr)(error);
}

void Evaluator::withdrawCancelled() {
    const auto error = std::make_exception_ptr(Cancelled());
    std::vector<std::shared_ptr<Request>> cancelled;
    for (const auto& request : waiting_) {
        if (request->cancelled()) cancelled.push_back(request);
    }
    for (const auto& request : cancelled)
        waiting_.erase(std::find(waiting_.begin(), waiting_.end(), request));
    for (auto& walk : walks_) {
        for (const auto& request : walk.requests()) {
            if (!request->onDone || !request->cancelled()) continue;
            walk.withdraw(*request);
            cancelled.push_back(request);
        }
    }
    for (const auto& request : cancelled) std::exchange(request->onDone, nullptr)(error);
}

/// Makes walks of those that wait and that there is room for, first come first served.
void Evaluator::admit() {
    while (walks_.size() < maxWalks) {
        auto admitted = takeWaiting();
        if (admitted.empty()) return;
        walks_.emplace_back(std::move(admitted));
    }
}

/// The requests for one walk: small ones together, since within a walk one has to wait for another. Large
/// ones of about one size are evaluated one after the other, which takes fewer cells than all at once.
std::vector<std::shared_ptr<Request>> Evaluator::takeWaiting() {
    const size_t maxTargets = smallTargets();
    Load load = underWay();
    std::vector<std::shared_ptr<Request>> taken;
    std::vector<Request*> passedOver;
    size_t count = 0, targets = 0, longest = 0;
    for (auto next = waiting_.begin(); next != waiting_.end();) {
        Request& request = **next;
        const bool isSmall = request.targetsLeft <= std::max(maxTargets, load.leastLarge / 4);
        if ((!isSmall && load.leastLarge > 0) || load.calls.count(request.sequences.get()) > 0) {
            ++next;
            continue;
        }
        targets += request.targetsLeft;
        if (!taken.empty() && targets > maxTargets) break;
        const size_t size = request.end - request.begin;
        longest = std::max(longest, longestSequence(request));
        count += size;
        if (load.requested + size > Decoder::extraTargets ||
            !makeRoom(load.cells + longest, load.sequences + branchesOf(count))) {
            if (!taken.empty() || request.passedOver >= maxPassedOver) break;
            count = targets = longest = 0;
            passedOver.push_back(&request);
            ++next;
            continue;
        }
        load.requested += size;
        load.calls.insert(request.sequences.get());
        for (Request* other : passedOver) ++other->passedOver;
        taken.push_back(std::move(*next));
        next = waiting_.erase(next);
    }
    return taken;
}

Evaluator::Load Evaluator::underWay() const {
    Load load;
    for (const auto& walk : walks_) {
        load.cells += walk.cellsNeeded();
        load.sequences += walk.sequencesNeeded();
        size_t targets = 0;
        for (const auto& request : walk.requests()) {
            if (!request->onDone) continue;
            targets += request->targetsLeft;
            load.requested += request->end - request->begin;
            load.calls.insert(request->sequences.get());
        }
        const bool isLeast = load.leastLarge == 0 || targets < load.leastLarge;
        if (targets > smallTargets() && isLeast) load.leastLarge = targets;
    }
    return load;
}

/// What takes four batches.
size_t Evaluator::smallTargets() const { return static_cast<size_t>(4 * options_.batchSize); }

/// Makes sure that so many cells and sequences are free, at the cost of what is kept for later calls. False
/// if that can't be.
bool Evaluator::makeRoom(size_t cells, size_t sequences) {
    if (walks_.empty()) return true;
    if (cells > kv_.capacity() || sequences > static_cast<size_t>(decoder_.sequences())) return false;
    while (kv_.cells() + cells > kv_.capacity() || kv_.freeSequences() < sequences) {
        if (!cache_.evictOldest()) return false;
    }
    return true;
}

void Evaluator::evaluateBatch(LogScope& log) {
    Batch batch = nextBatch();
    if (batch.size() == 0) throw Error("EVALUATION_FAILED", "There is no room left to go on in");
    std::set<Request*> requests;
    for (const auto& walk : walks_) walk.collectInBatch(requests);
    const auto isNeeded = [](const Request* request) { return !request->cancelled(); };
    const auto cancelled = [&] {
        return interrupted_ || std::none_of(requests.begin(), requests.end(), isNeeded);
    };
    if (decoder_.decode(batch, log, cancelled)) {
        for (auto& walk : walks_) walk.advance(cache_);
    } else if (interrupted_) {
        throw Cancelled();
    } else {
        withdrawCancelled();
    }
}

Batch Evaluator::nextBatch() {
    WalkResources resources = {kv_, cache_, walks_, keepsBranches_, 0, 0};
    for (const auto& walk : walks_) {
        resources.reservedCells += walk.cellsNeeded();
        resources.reservedSequences += walk.sequencesNeeded();
    }
    // So that a small request can join.
    if (walks_.size() == 1) resources.reservedSequences += 4;
    Batch batch;
    // The youngest is asked first, for no more than its share, and the oldest takes what is left.
    auto shares = static_cast<int32_t>(walks_.size());
    for (auto walk = walks_.rbegin(); walk != walks_.rend(); ++walk, --shares) {
        walk->fill(batch,
                   {(options_.batchSize - batch.size()) / shares,
                    (decoder_.maxOutputs() - batch.outputCount) / shares},
                   resources);
    }
    return batch;
}

void Evaluator::finish() {
    std::vector<std::shared_ptr<Request>> done;
    for (const auto& walk : walks_) {
        for (const auto& request : walk.requests()) {
            if (request->onDone && request->targetsLeft == 0) done.push_back(request);
        }
    }
    const size_t before = walks_.size();
    walks_.remove_if([](const TreeWalk& walk) { return walk.finished(); });
    if (!keepsBranches_) cache_.clear();
    // The cells of walks under way are no part of what is kept.
    if (walks_.empty() && before > 0) cache_.trim();
    for (const auto& request : done) std::exchange(request->onDone, nullptr)(nullptr);
}

} // namespace iprm
