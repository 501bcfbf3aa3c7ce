#pragma once

#include "evaluator.h"
#include "model.h"
#include "runtime.h"

#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace iprm {

struct PairOptions {
    RuntimeFiles runtime;
    std::string policy;
    /// Without a reference only the policy's log-probabilities are computed.
    std::optional<std::string> reference;
    /// A LoRA adapter for the policy.
    std::optional<std::string> lora;
    /// "auto", "cuda", "vulkan", "metal" or "false".
    std::string gpu;
    int32_t gpuLayers;
    int32_t threads;
    /// Tokens; absent for what both models were trained on, but no more than 4,096.
    std::optional<int32_t> contextSize;
    int32_t batchSize;
    /// Tokens of earlier branches to keep beside the latest one.
    int32_t cacheSize;
    ggml_type kvCacheType;
    /// Absent for where it costs no accuracy: on a GPU, and with a quantised cache, which needs it.
    std::optional<bool> flashAttention;
};

struct PairLogprobs {
    std::vector<std::vector<float>> policy;
    /// Absent without a reference.
    std::optional<std::vector<std::vector<float>>> reference;
    /// For each sequence how many tokens had to be evaluated for it, both models counted; the others were
    /// shared with an earlier sequence or known from an earlier call.
    std::vector<uint32_t> evaluated;
};

/// What evaluating tells: tokens dealt with and in all, both models counted.
using TokenProgress = std::function<void(size_t done, size_t total)>;

/// A policy and its reference, ready to evaluate. Used from one thread at a time, but for `vocabulary`.
class Pair {
public:
    /// Throws Error INVALID_MODEL, UNSUPPORTED_MODEL, PAIR_MISMATCH, INVALID_INPUT, OUT_OF_MEMORY and those
    /// of Runtime, or Cancelled.
    Pair(const PairOptions& options, const LogSink& sink, const LoadProgress& progress);
    ~Pair();
    Pair(const Pair&) = delete;
    Pair& operator=(const Pair&) = delete;

    /// Log-probabilities of every sequence from its `from` on, in nats. Throws Error EVALUATION_FAILED,
    /// CONTEXT_OVERFLOW, Cancelled.
    PairLogprobs evaluate(const std::vector<Sequence>& sequences, const TokenProgress& progress,
                          const std::function<bool()>& cancelled);

    /// The vocabulary that both models share.
    Vocabulary vocabulary() const { return policy_->vocabulary(); }

    const Model& policy() const { return *policy_; }
    const Model* reference() const { return reference_.get(); }
    int32_t contextSize() const { return contextSize_; }
    int32_t batchSize() const { return batchSize_; }
    const std::vector<std::string>& devices() const { return deviceNames_; }
    /// From the adapter's metadata, else from the policy's.
    std::optional<double> beta() const { return beta_; }

private:
    void load(const PairOptions& options, LogScope& log, const LoadProgress& progress);
    void checkVocabularies() const;
    int32_t chooseContextSize(const PairOptions& options) const;
    void checkSequences(const std::vector<Sequence>& sequences) const;

    const Runtime& runtime_;
    LogSink sink_;
    std::vector<ggml_backend_dev_t> devices_;
    std::vector<std::string> deviceNames_;
    std::shared_ptr<Model> policy_, reference_;
    llama_adapter_lora* adapter_ = nullptr;
    std::optional<double> beta_;
    int32_t contextSize_ = 0, batchSize_ = 0;
    std::unique_ptr<Evaluator> policyEvaluator_, referenceEvaluator_;
};

/// "token 200 is "a" in the left vocabulary and "b" in the right one", for error messages.
std::string describeDifference(const VocabularyDifference& difference, const std::string& left,
                               const std::string& right);

} // namespace iprm
