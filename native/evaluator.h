#pragma once

#include "admission.h"
#include "branch-cache.h"
#include "decoder.h"
#include "kv-cache.h"
#include "log.h"
#include "model.h"
#include "request.h"
#include "tree-walk.h"

#include <atomic>
#include <cstdint>
#include <exception>
#include <list>
#include <memory>
#include <optional>
#include <utility>

namespace iprm {

struct EvaluatorOptions {
    /// The longest sequence, in tokens.
    int32_t contextSize;
    /// Tokens evaluated at once.
    int32_t batchSize;
    /// How many tokens of earlier branches are kept beside the latest one. Absent for as many as make no
    /// token dearer by more than 5 %.
    std::optional<int32_t> cacheSize;
    int32_t threads;
    ggml_type kvCacheType;
    llama_flash_attn_type flashAttention;
    LogSoftmaxPlace logSoftmax;
    /// Whether the output layer is on a GPU.
    bool outputsOnGpu;
};

/// Log-probabilities of given tokens under one model, for any number of requests at a time.
///
/// Requests that are let in together become one prefix tree: what their sequences have in common is evaluated
/// once. Trees share what they can with others that are being evaluated. They are walked depth first, in
/// batches that hold tokens of as many branches as fit; of every batch each tree gets its share, and the
/// oldest the rest. Branches evaluated last stay in memory for later requests.
///
/// Used from one thread, but for `interrupt`.
class Evaluator {
public:
    /// A request may not be for more sequences than this. Several are under way at a time, but one of a call.
    static constexpr size_t maxSequencesPerRequest = Decoder::extraTargets / 4;

    /// `model` and `adapter` (null for none) must outlive the evaluator. Throws Error UNSUPPORTED_MODEL,
    /// MODEL_INVALID, OUT_OF_MEMORY.
    Evaluator(const LlamaApi& api, const Model& model, llama_adapter_lora* adapter,
              const EvaluatorOptions& options, LogScope& log);

    void add(std::shared_ptr<Request> request) { admission_.add(std::move(request)); }
    bool busy() const { return !admission_.empty() || !walks_.empty(); }
    /// Evaluates one batch. What goes wrong goes to the requests.
    void step(LogScope& log);
    /// Fails everything, waiting or being evaluated.
    void failAll(const std::exception_ptr& error);
    /// From any thread: makes a step under way end soon. What it was for has to be failed then.
    void interrupt() { interrupted_ = true; }

    bool usesGraph() const { return decoder_.usesGraph(); }
    /// What the logits take on the host.
    size_t hostBytes() const { return decoder_.hostBytes(); }
    int32_t cacheSize() const { return cacheSize_; }

private:
    void withdrawCancelled();
    void admit();
    bool makeRoom(size_t cells, size_t sequences);
    void evaluateBatch(LogScope& log);
    Batch nextBatch();
    void finish();

    EvaluatorOptions options_;
    bool keepsBranches_;
    int32_t cacheSize_;
    int32_t cells_;
    Decoder decoder_;
    KvCache kv_;
    BranchCache cache_;
    Admission admission_;
    /// Oldest first.
    std::list<TreeWalk> walks_;
    std::atomic<bool> interrupted_{false};
};

} // namespace iprm
