#include "evaluator.h"

#include "error.h"

#include <algorithm>
#include <set>
#include <utility>

namespace iprm {

namespace {

/// So many cells that attention over them adds 5 % to the work of evaluating a token: two operations for each
/// parameter against four for each cell, layer and dimension.
double affordableCells(const Model& model) {
    const double perToken = 2.0 * static_cast<double>(model.parameters());
    const double perCell =
        4.0 * static_cast<double>(model.embeddingLength()) * static_cast<double>(model.layers());
    return perCell > 0 ? 0.05 * perToken / perCell : 0;
}

int32_t chooseCacheSize(const Model& model, const EvaluatorOptions& options) {
    if (model.isRecurrent()) return 0;
    if (options.cacheSize) return *options.cacheSize;
    return static_cast<int32_t>(std::min<double>(affordableCells(model), options.contextSize));
}

/// Room for the longest sequence, for one batch beside it and for what is kept.
int32_t cellCount(const Model& model, const EvaluatorOptions& options, int32_t cacheSize) {
    const int32_t cells = options.contextSize + std::max(options.batchSize, cacheSize);
    // A "longrope" model computes other positions once the context exceeds its original length: don't exceed
    // it for the batch's sake alone.
    const int64_t limit = model.architectureNumber("rope.scaling.original_context_length");
    return limit >= options.contextSize ? static_cast<int32_t>(std::min<int64_t>(cells, limit)) : cells;
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

} // namespace

Evaluator::Evaluator(const LlamaApi& api, const Model& model, llama_adapter_lora* adapter,
                     const EvaluatorOptions& options, LogScope& log)
    : options_(options), keepsBranches_(!model.isRecurrent()), cacheSize_(chooseCacheSize(model, options)),
      cells_(cellCount(model, options, cacheSize_)),
      decoder_(api, model, adapter, decoderOptions(options, cells_), log),
      kv_(api, decoder_.memory(), static_cast<size_t>(cells_), decoder_.sequences()),
      cache_(kv_, static_cast<size_t>(cacheSize_)),
      // Small is what takes four batches.
      admission_({static_cast<size_t>(4 * options.batchSize), Decoder::extraTargets}) {}

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
    std::vector<std::shared_ptr<Request>> failed = admission_.takeAll();
    for (const auto& walk : walks_) {
        for (const auto& request : walk.requests()) {
            if (request->onDone) failed.push_back(request);
        }
    }
    walks_.clear();
    cache_.clear();
    for (const auto& request : failed) std::exchange(request->onDone, nullptr)(error);
}

void Evaluator::withdrawCancelled() {
    const auto error = std::make_exception_ptr(Cancelled());
    std::vector<std::shared_ptr<Request>> cancelled = admission_.takeCancelled();
    for (auto& walk : walks_) {
        for (const auto& request : walk.requests()) {
            if (!request->onDone || !request->cancelled()) continue;
            walk.withdraw(*request);
            cancelled.push_back(request);
        }
    }
    for (const auto& request : cancelled) std::exchange(request->onDone, nullptr)(error);
}

/// Makes walks of those that wait and are to be evaluated now.
void Evaluator::admit() {
    const MakeRoom room = [this](size_t cells, size_t sequences) { return makeRoom(cells, sequences); };
    while (true) {
        std::vector<WalkUnderWay> walks;
        for (const auto& walk : walks_)
            walks.push_back({walk.cellsNeeded(), walk.sequencesNeeded(), walk.requests()});
        auto admitted = admission_.next(walks, room);
        if (admitted.empty()) return;
        walks_.emplace_back(std::move(admitted));
    }
}

/// At the cost of what is kept for later calls.
bool Evaluator::makeRoom(size_t cells, size_t sequences) {
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
