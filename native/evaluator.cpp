#include "evaluator.h"

#include "error.h"
#include "log-softmax.h"

#include <algorithm>
#include <limits>

namespace iprm {

namespace {

// llama.cpp keeps the logits of a whole batch twice, on the device and on the host. This bounds one of them.
constexpr size_t maxLogitsBytes = size_t{256} << 20;

constexpr int32_t maxSequences = 64;
/// A recurrent model pays for each sequence with a whole state.
constexpr int32_t maxRecurrentSequences = 16;

int32_t sequenceCount(const Model& model, const EvaluatorOptions& options) {
    return std::min(options.batchSize, model.isRecurrent() ? maxRecurrentSequences : maxSequences);
}

int32_t outputsThatFit(const Model& model, const EvaluatorOptions& options) {
    const auto row = static_cast<size_t>(model.vocabulary().size()) * sizeof(float);
    const auto fitting = static_cast<int64_t>(maxLogitsBytes / row);
    // llama.cpp reserves an output for each sequence, so there may not be fewer.
    return static_cast<int32_t>(
        std::clamp<int64_t>(fitting, sequenceCount(model, options), options.batchSize));
}

/// Room for the longest sequence, for one batch beside it and for what is kept.
int32_t cellCount(const Model& model, const EvaluatorOptions& options) {
    const int32_t cells = options.contextSize + std::max(options.batchSize, options.cacheSize);
    // A "longrope" model computes other positions once the context exceeds its original length: don't exceed
    // it for the batch's sake alone.
    const std::string architecture = model.metadata("general.architecture").value_or("");
    const auto original = model.metadata(architecture + ".rope.scaling.original_context_length");
    const int32_t limit = original ? std::atoi(original->c_str()) : 0;
    return limit >= options.contextSize ? std::min(cells, limit) : cells;
}

llama_context_params contextParams(const LlamaApi& api, const Model& model, const EvaluatorOptions& options) {
    llama_context_params params = api.llama_context_default_params();
    params.n_ctx = static_cast<uint32_t>(cellCount(model, options));
    params.n_batch = params.n_ubatch = static_cast<uint32_t>(options.batchSize);
    params.n_outputs_max = static_cast<uint32_t>(outputsThatFit(model, options));
    params.n_seq_max = static_cast<uint32_t>(sequenceCount(model, options));
    params.n_threads = params.n_threads_batch = options.threads;
    params.type_k = params.type_v = options.kvCacheType;
    params.flash_attn_type = options.flashAttention;
    params.kv_unified = true;
    return params;
}

llama_context* createContext(const LlamaApi& api, const Model& model, const EvaluatorOptions& options,
                             LogScope& log) {
    llama_context* context = api.llama_init_from_model(model.get(), contextParams(api, model, options));
    if (context) return context;
    const std::string errors = log.takeErrors();
    throw Error("OUT_OF_MEMORY", "Could not create a context of " + std::to_string(options.contextSize) +
                                     " tokens for the model " + model.path() +
                                     (errors.empty() ? std::string() : ": " + errors));
}

int32_t sharedLength(const std::vector<llama_token>& tokens, const llama_token* path, int32_t limit) {
    const int32_t end = std::min(limit, static_cast<int32_t>(tokens.size()));
    return static_cast<int32_t>(std::mismatch(path, path + end, tokens.begin()).first - path);
}

/// While it lives, computations of the context stop soon after `cancelled` returns true.
class AbortGuard {
public:
    AbortGuard(const LlamaApi& api, llama_context* context, const std::function<bool()>& cancelled)
        : api_(api), context_(context), cancelled_(cancelled) {
        api_.llama_set_abort_callback(
            context_, [](void* data) { return static_cast<AbortGuard*>(data)->cancelled_(); }, this);
    }
    ~AbortGuard() { api_.llama_set_abort_callback(context_, nullptr, nullptr); }
    AbortGuard(const AbortGuard&) = delete;
    AbortGuard& operator=(const AbortGuard&) = delete;

private:
    const LlamaApi& api_;
    llama_context* context_;
    const std::function<bool()>& cancelled_;
};

} // namespace

Evaluator::Evaluator(const LlamaApi& api, const Model& model, llama_adapter_lora* adapter,
                     const EvaluatorOptions& options, LogScope& log)
    : api_(api), options_(options), keepsBranches_(!model.isRecurrent()),
      vocabularySize_(static_cast<size_t>(model.vocabulary().size())),
      // Going down into the smaller subtrees first, n sequences never need more than log2(n) + 1 at a time.
      reservedSequences_(static_cast<size_t>(sequenceCount(model, options)) / 4),
      maxOutputs_(outputsThatFit(model, options)),
      context_(createContext(api, model, options, log), api.llama_free),
      kv_(api, api.llama_get_memory(context_.get()), static_cast<size_t>(cellCount(model, options)),
          sequenceCount(model, options)) {
    if (!api_.llama_get_memory(context_.get())) {
        throw Error("UNSUPPORTED_MODEL",
                    "The model " + model.path() +
                        " cannot score text: it has no key-value cache; it is encoder-only");
    }
    if (api_.llama_pooling_type(context_.get()) == LLAMA_POOLING_TYPE_RANK) {
        throw Error("UNSUPPORTED_MODEL",
                    "The model " + model.path() +
                        " cannot score text: it is a reranker, which gives one score for a text");
    }
    float scale = 1.0f;
    if (adapter && api_.llama_set_adapters_lora(context_.get(), &adapter, 1, &scale) != 0) {
        throw Error("INVALID_MODEL", "Could not apply the LoRA adapter to the model " + model.path());
    }
}

void Evaluator::evaluate(std::vector<std::unique_ptr<PrefixNode>> roots, LogScope& log,
                         const EvaluationControl& control) {
    const AbortGuard guard(api_, context_.get(), control.cancelled);
    // A stack: what is on top is finished before what lies below, which bounds the cells in use.
    std::vector<OpenNode> open;
    for (auto root = roots.rbegin(); root != roots.rend(); ++root)
        open.push_back({std::move(*root), nullptr, {}});
    while (!open.empty()) {
        Batch batch = nextBatch(open, control);
        decode(batch, log, control);
        computeTargets(batch);
        control.onTokens(static_cast<size_t>(batch.size()));
        close(open, batch, control);
    }
    trimCache();
}

Evaluator::Batch Evaluator::nextBatch(std::vector<OpenNode>& open, const EvaluationControl& control) {
    // Whatever else is taken into the batch, the deepest open branch must still fit: else nothing could be
    // finished and no cell freed.
    int32_t reserve = 0;
    for (const auto& node : open) reserve = std::max(reserve, node.remainingHeight());
    Batch batch;
    for (size_t i = open.size();
         i-- > 0 && batch.size() < options_.batchSize && batch.outputCount < maxOutputs_;) {
        const bool isTop = i + 1 == open.size();
        if (!start(open[i], isTop, control)) break;
        const int32_t count = takeable(open[i], isTop, reserve, batch);
        if (count == 0) break;
        addTokens(batch, open[i], count);
        if (batch.parts.back().count < open[i].remaining()) break;
    }
    return batch;
}

/// Gives the node a branch that holds everything above it. False if no sequence is free for it.
bool Evaluator::start(OpenNode& open, bool mustStart, const EvaluationControl& control) {
    if (open.branch) return true;
    const bool takesOver = open.fork && open.fork->waitingChildren == 1;
    if (!freeSequence(mustStart ? 0 : reservedSequences_)) {
        if (!takesOver) {
            if (mustStart) throw Error("EVALUATION_FAILED", "The sequences branch too deeply for one call");
            return false;
        }
    } else if (startFromCache(open, control)) {
        if (open.fork) --open.fork->waitingChildren;
        open.fork.reset();
        return true;
    }
    if (!open.fork) {
        open.branch = kv_.branch();
    } else if (takesOver) {
        open.branch = std::move(open.fork->branch);
    } else {
        open.branch = open.fork->branch.fork(open.node->begin);
        --open.fork->waitingChildren;
    }
    open.fork.reset();
    return true;
}

/// Goes on from a kept branch that knows tokens of this node. The token behind which the first target lies is
/// evaluated anyway, since its logits are gone, and so is the node's last.
bool Evaluator::startFromCache(OpenNode& open, const EvaluationControl& control) {
    const PrefixNode& node = *open.node;
    const int32_t limit =
        node.begin + (node.targets.empty() ? node.length() - 1 : node.targets.front().offset);
    size_t best = 0;
    int32_t longest = node.begin;
    for (size_t i = 0; i < cached_.size(); ++i) {
        const int32_t length = sharedLength(cached_[i].tokens, node.path, limit);
        if (length > longest) {
            longest = length;
            best = i;
        }
    }
    if (longest == node.begin) return false;
    open.branch = cached_[best].branch.fork(longest);
    open.evaluated = longest - node.begin;
    // Used again: it is the youngest now.
    std::rotate(cached_.begin() + static_cast<long>(best), cached_.begin() + static_cast<long>(best) + 1,
                cached_.end());
    control.onTokens(static_cast<size_t>(open.evaluated));
    return true;
}

/// How many tokens of the node the batch and the cells have room for.
int32_t Evaluator::takeable(const OpenNode& open, bool isTop, int32_t reserve, const Batch& batch) {
    const int32_t wanted = std::min(open.remaining(), options_.batchSize - batch.size());
    const size_t needed = static_cast<size_t>(batch.size() + wanted + (isTop ? 0 : reserve));
    while (kv_.cells() + needed > kv_.capacity() && evictOldest()) continue;
    const auto free = static_cast<int64_t>(kv_.capacity()) - static_cast<int64_t>(kv_.cells()) - batch.size();
    return static_cast<int32_t>(std::clamp<int64_t>(free - (isTop ? 0 : reserve), 0, wanted));
}

void Evaluator::addTokens(Batch& batch, OpenNode& open, int32_t count) {
    const PrefixNode& node = *open.node;
    size_t target = open.nextTarget;
    int32_t added = 0;
    for (; added < count && batch.outputCount < maxOutputs_; ++added) {
        const int32_t offset = open.evaluated + added;
        while (target < node.targets.size() && node.targets[target].offset < offset) ++target;
        const bool wanted = target < node.targets.size() && node.targets[target].offset == offset;
        batch.tokens.push_back(node.path[node.begin + offset]);
        batch.positions.push_back(node.begin + offset);
        batch.sequences.push_back(open.branch.sequence());
        batch.outputs.push_back(wanted);
        batch.outputCount += wanted;
    }
    batch.parts.push_back({&open, added});
}

void Evaluator::decode(Batch& batch, LogScope& log, const EvaluationControl& control) {
    if (control.cancelled()) throw Cancelled();
    const int32_t status = compute(batch);
    if (status == 0) return;
    if (status == 2 || control.cancelled()) throw Cancelled();
    const std::string errors = log.takeErrors();
    throw Error("EVALUATION_FAILED", "llama.cpp could not evaluate a batch of " +
                                         std::to_string(batch.size()) + " tokens (status " +
                                         std::to_string(status) + ")" +
                                         (errors.empty() ? std::string() : ": " + errors));
}

int32_t Evaluator::compute(Batch& batch) {
    std::vector<int32_t> sequenceCounts(batch.tokens.size(), 1);
    std::vector<llama_seq_id*> sequences;
    for (auto& sequence : batch.sequences) sequences.push_back(&sequence);
    const llama_batch arrays = {batch.size(),           batch.tokens.data(),   nullptr,
                                batch.positions.data(), sequenceCounts.data(), sequences.data(),
                                batch.outputs.data()};
    std::unique_lock<Turns> turn;
    if (options_.turns) turn = std::unique_lock<Turns>(*options_.turns);
    return api_.llama_decode(context_.get(), arrays);
}

void Evaluator::computeTargets(const Batch& batch) {
    std::vector<LogSoftmaxTarget> wanted;
    int32_t row = 0;
    for (const auto& part : batch.parts) {
        OpenNode& open = *part.open;
        const auto& targets = open.node->targets;
        const int32_t end = open.evaluated + part.count;
        for (; open.nextTarget < targets.size() && targets[open.nextTarget].offset < end; ++open.nextTarget) {
            const Target& target = targets[open.nextTarget];
            const float* logits =
                api_.llama_get_logits_ith(context_.get(), row + target.offset - open.evaluated);
            if (!logits) throw Error("EVALUATION_FAILED", "llama.cpp computed no logits");
            wanted.push_back({logits, target.token, target.result});
        }
        row += part.count;
    }
    logSoftmaxAt(wanted, vocabularySize_, options_.threads);
}

/// Takes finished nodes off the stack and puts their children on it, the smallest subtree on top: the largest
/// goes last and takes the branch over, so that few branches are held at a time.
void Evaluator::close(std::vector<OpenNode>& open, const Batch& batch, const EvaluationControl& control) {
    std::vector<OpenNode> taken;
    for (size_t i = 0; i < batch.parts.size(); ++i) {
        taken.push_back(std::move(open.back()));
        open.pop_back();
        taken.back().branch.grow(batch.parts[i].count);
        taken.back().evaluated += batch.parts[i].count;
        control.onEvaluated(*taken.back().node, static_cast<size_t>(batch.parts[i].count));
    }
    for (auto node = taken.rbegin(); node != taken.rend(); ++node) {
        if (node->remaining() > 0) {
            open.push_back(std::move(*node));
            continue;
        }
        auto& children = node->node->children;
        if (children.empty()) {
            keep({{node->node->path, node->node->path + node->node->end},
                  std::move(node->branch),
                  static_cast<size_t>(node->node->length())});
            continue;
        }
        const auto fork = std::make_shared<Fork>(Fork{std::move(node->branch), children.size()});
        for (auto child = children.rbegin(); child != children.rend(); ++child) {
            open.push_back({std::move(*child), fork, {}});
        }
    }
}

/// Makes sure that more than `reserve` sequences are free, at the cost of kept branches. False if that can't
/// be.
bool Evaluator::freeSequence(size_t reserve) {
    while (kv_.freeSequences() <= reserve) {
        if (!evictOldest()) return false;
    }
    return true;
}

bool Evaluator::evictOldest() {
    if (cached_.empty()) return false;
    cached_.erase(cached_.begin());
    return true;
}

/// Keeps a finished branch for later calls, in place of those that it goes on from.
void Evaluator::keep(CachedBranch branch) {
    if (!keepsBranches_) return;
    const auto isPrefix = [&](const CachedBranch& other) {
        return other.tokens.size() <= branch.tokens.size() &&
               std::equal(other.tokens.begin(), other.tokens.end(), branch.tokens.begin());
    };
    cached_.erase(std::remove_if(cached_.begin(), cached_.end(), isPrefix), cached_.end());
    cached_.push_back(std::move(branch));
    size_t others = 0;
    for (size_t i = 0; i + 1 < cached_.size(); ++i) others += cached_[i].ownTokens;
    while (others > static_cast<size_t>(options_.cacheSize)) {
        others -= cached_.front().ownTokens;
        evictOldest();
    }
}

/// Every cell in use makes attention dearer for all, so only so much is kept beside the latest branch.
void Evaluator::trimCache() {
    while (cached_.size() > 1 &&
           kv_.cells() > cached_.back().tokens.size() + static_cast<size_t>(options_.cacheSize)) {
        evictOldest();
    }
}

} // namespace iprm
