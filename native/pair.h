#pragma once

#include "evaluator-thread.h"
#include "memory-meter.h"
#include "model.h"
#include "pair-evaluation.h"
#include "runtime.h"

#include <map>
#include <memory>
#include <mutex>
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
    /// Names of the devices for each model, such as "CUDA0"; absent for all, empty for the CPU.
    std::optional<std::vector<std::string>> policyDevices, referenceDevices;
    int32_t gpuLayers;
    int32_t threads;
    /// Tokens; absent for what both models were trained on, but no more than 4,096.
    std::optional<int32_t> contextSize;
    /// Tokens evaluated at once; absent for what is fast on the devices.
    std::optional<int32_t> batchSize;
    /// Tokens of earlier branches to keep beside the latest one; absent for what costs little.
    std::optional<int32_t> cacheSize;
    ggml_type kvCacheType;
    /// Absent for where it costs no accuracy: on a GPU, and with a quantised cache, which needs it.
    std::optional<bool> flashAttention;
    LogSoftmaxPlace logSoftmax;
    /// Bytes that weights, caches and buffers of both models may take; absent for no limit.
    std::optional<size_t> memoryLimit;
};

/// A policy and its reference, ready to evaluate: each on a thread of its own. On the CPU they take turns
/// with all threads; on a GPU one has its host work done while the device computes the other.
class Pair {
public:
    /// Throws Error MODEL_INVALID, UNSUPPORTED_MODEL, PAIR_MISMATCH, INVALID_INPUT, OUT_OF_MEMORY and those
    /// of Runtime, or Cancelled.
    Pair(const PairOptions& options, const LogSink& sink, const LoadProgress& progress);
    /// Fails what is pending with Cancelled.
    ~Pair();
    Pair(const Pair&) = delete;
    Pair& operator=(const Pair&) = delete;

    /// Log-probabilities of every sequence from its `from` on, in nats, for the listener; any number of calls
    /// at a time. What is wished of a reference that there is not is left out. Throws Error INVALID_INPUT,
    /// CONTEXT_OVERFLOW; the listener may get EVALUATION_FAILED and Cancelled.
    void evaluate(std::vector<Sequence> sequences, EvaluationWishes wishes, PairListener listener);

    /// Fails what is pending with Cancelled, and what comes later too. From any thread.
    void stop();

    /// The vocabulary that both models share.
    Vocabulary vocabulary() const { return policy_.model->vocabulary(); }

    const Model& policy() const { return *policy_.model; }
    const Model* reference() const { return reference_.model.get(); }
    int32_t contextSize() const { return contextSize_; }
    int32_t batchSize() const { return batchSize_; }
    int32_t cacheSize() const { return policy_.evaluator().cacheSize(); }
    bool usesGraphLogSoftmax() const { return policy_.evaluator().usesGraph(); }
    /// Descriptions of the GPUs in use.
    const std::vector<std::string>& devices() const { return deviceNames_; }
    const MemoryUse& memory() const { return memory_; }
    /// From the adapter's metadata, else from the policy's.
    std::optional<double> beta() const { return beta_; }
    /// The adapter's metadata; nothing without an adapter.
    std::map<std::string, std::string> adapterMetadata() const;

private:
    /// A model and what evaluates it.
    struct Member {
        std::vector<ggml_backend_dev_t> devices;
        std::shared_ptr<Model> model;
        llama_adapter_lora* adapter = nullptr;
        std::unique_ptr<EvaluatorThread> thread;

        const Evaluator& evaluator() const { return thread->evaluator(); }
    };

    void release();
    void chooseDevices(const PairOptions& options);
    void load(const PairOptions& options, LogScope& log, const LoadProgress& progress);
    void checkVocabularies() const;
    int32_t chooseContextSize(const PairOptions& options) const;
    int32_t chooseBatchSize(const PairOptions& options) const;
    void start(const PairOptions& options, const MemoryUse& weights);
    void startWithin(size_t limit, const PairOptions& options, const MemoryUse& weights);
    MemoryUse startWith(int32_t batchSize, const PairOptions& options);
    MemoryUse startMember(Member& member, int32_t batchSize, const PairOptions& options);
    void checkSequences(const std::vector<Sequence>& sequences) const;

    const Runtime& runtime_;
    LogSink sink_;
    std::vector<std::string> deviceNames_;
    Member policy_, reference_;
    std::optional<double> beta_;
    int32_t contextSize_ = 0, batchSize_ = 0;
    MemoryUse memory_;
    std::mutex submitting_;
};

/// "token 200 is "a" in the left vocabulary and "b" in the right one", for error messages.
std::string describeDifference(const VocabularyDifference& difference, const std::string& left,
                               const std::string& right);

} // namespace iprm
