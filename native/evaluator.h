#pragma once

#include "kv-cache.h"
#include "log.h"
#include "model.h"
#include "prefix-tree.h"
#include "turns.h"

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace iprm {

struct EvaluatorOptions {
    /// The longest sequence, in tokens.
    int32_t contextSize;
    /// Tokens evaluated at once.
    int32_t batchSize;
    /// How many tokens of earlier branches are kept beside the latest one.
    int32_t cacheSize;
    int32_t threads;
    ggml_type kvCacheType;
    llama_flash_attn_type flashAttention;
    /// Whose turn it is to compute; null where nothing has to wait for another.
    Turns* turns;
};

/// What an evaluation reports to and listens to. Both are called on the evaluating thread.
struct EvaluationControl {
    /// Called with the number of tokens that have been dealt with since the last call.
    std::function<void(size_t tokens)> onTokens;
    std::function<bool()> cancelled;
    /// Called for every node with how many of its tokens had to be evaluated.
    std::function<void(const PrefixNode& node, size_t tokens)> onEvaluated;
};

/// Log-probabilities of given tokens under one model.
///
/// Sequences are evaluated as a prefix tree, depth first, in batches that hold tokens of as many branches as
/// fit: what sequences have in common is evaluated once, and memory is bounded by the longest sequence and
/// one batch however many there are. Branches evaluated last stay in memory for the next call, as far as they
/// are no burden.
class Evaluator {
public:
    /// `model` and `adapter` (null for none) must outlive the evaluator. Throws Error UNSUPPORTED_MODEL,
    /// OUT_OF_MEMORY.
    Evaluator(const LlamaApi& api, const Model& model, llama_adapter_lora* adapter,
              const EvaluatorOptions& options, LogScope& log);

    /// Fills the results that the trees' targets point to. Throws Error EVALUATION_FAILED, Cancelled.
    void evaluate(std::vector<std::unique_ptr<PrefixNode>> roots, LogScope& log,
                  const EvaluationControl& control);

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

        int32_t remaining() const { return node->length() - evaluated; }
        int32_t remainingHeight() const { return node->height - evaluated; }
    };

    /// A finished branch kept for later calls.
    struct CachedBranch {
        std::vector<llama_token> tokens;
        KvBranch branch;
        /// How many of its tokens no other sequence of its call went through.
        size_t ownTokens;
    };

    /// Tokens of one open node in the batch.
    struct BatchPart {
        OpenNode* open;
        int32_t count;
    };

    /// The arrays of a llama_batch.
    struct Batch {
        std::vector<llama_token> tokens;
        std::vector<llama_pos> positions;
        std::vector<llama_seq_id> sequences;
        std::vector<int8_t> outputs;
        std::vector<BatchPart> parts;
        int32_t outputCount = 0;

        int32_t size() const { return static_cast<int32_t>(tokens.size()); }
    };

    Batch nextBatch(std::vector<OpenNode>& open, const EvaluationControl& control);
    bool start(OpenNode& open, bool mustStart, const EvaluationControl& control);
    bool startFromCache(OpenNode& open, const EvaluationControl& control);
    int32_t takeable(const OpenNode& open, bool isTop, int32_t reserve, const Batch& batch);
    void addTokens(Batch& batch, OpenNode& open, int32_t count);
    void decode(Batch& batch, LogScope& log, const EvaluationControl& control);
    int32_t compute(Batch& batch);
    void computeTargets(const Batch& batch);
    void close(std::vector<OpenNode>& open, const Batch& batch, const EvaluationControl& control);

    bool freeSequence(size_t reserve);
    bool evictOldest();
    void keep(CachedBranch branch);
    void trimCache();

    const LlamaApi& api_;
    EvaluatorOptions options_;
    bool keepsBranches_;
    size_t vocabularySize_;
    size_t reservedSequences_;
    int32_t maxOutputs_;
    std::unique_ptr<llama_context, decltype(&::llama_free)> context_;
    KvCache kv_;
    /// Oldest first.
    std::vector<CachedBranch> cached_;
};

} // namespace iprm
