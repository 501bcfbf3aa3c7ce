#pragma once

#include "../memory-meter.h"
#include "../model.h"
#include "../runtime.h"
#include "adamw.h"
#include "layer-graph.h"
#include "output-head.h"
#include "self-check.h"
#include "token-blocks.h"

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace iprm {

struct TrainerOptions {
    RuntimeFiles runtime;
    std::string base;
    std::optional<std::string> initialAdapter;
    int32_t rank = 16;
    double alpha = 32;
    uint64_t seed = 0;
    int32_t threads = 1;
    /// Whose device computes: "cuda", "metal" or "vulkan", the first that it has; "false" for the CPU.
    std::string gpu = "false";
    /// The last layers have an adapter; all of them if absent.
    std::optional<int32_t> lastLayers;
    /// Rows, without padding, of the largest computation that memory is planned for, and of its largest tree.
    int64_t maxTokens = 2048, maxTree = 2048;
    /// Keep only what layers give, and compute the rest anew on the way back.
    bool checkpoint = true;
    /// Compute by operations that every backend has, though the CPU has faster ones.
    bool portable = false;
    std::optional<size_t> memoryLimit;
};

/// Bytes that a training takes.
struct TrainingMemory {
    size_t weights = 0;
    /// The adapter and its gradients.
    size_t adapter = 0;
    size_t optimizer = 0;
    /// What layers give, and what is kept for the way back.
    size_t activations = 0;
    /// What is computed on the way, and the context whose graph is copied.
    size_t graph = 0;

    size_t total() const { return weights + adapter + optimizer + activations + graph; }
};

struct TrainerDescription {
    std::string architecture;
    /// Where it is computed, empty for the CPU.
    std::string device;
    /// Of the adapter.
    size_t parameters;
    std::vector<std::string> targets;
    int32_t layers, layersTrained, contextLength;
    TrainingMemory memory;
    SelfCheck selfCheck;
};

/// What a computation tells and asks while it goes on.
struct Watch {
    std::function<void(size_t done, size_t total)> onProgress;
    std::function<bool()> cancelled;
};

/// A model and the LoRA adapter that is being trained on it. Not thread-safe.
class Trainer {
public:
    /// Throws Error MODEL_INVALID, TRAINING_UNSUPPORTED naming what it can't train, OUT_OF_MEMORY with what
    /// it would need, Cancelled.
    Trainer(const TrainerOptions& options, const LogSink& sink, const LoadProgress& progress);
    ~Trainer();

    TrainerDescription describe() const;
    /// Bytes that are taken by now, as the buffers themselves say it; of the host's share the most so far.
    TrainingMemory memoryInUse() const;

    /// log π, in nats, of each sequence's tokens from its `from` on.
    std::vector<std::vector<float>> forward(const std::vector<Sequence>& sequences, bool usesAdapter,
                                            bool keep, const Watch& watch) {
        return compute(sequences, operations_, usesAdapter, keep, watch);
    }

    /// Adds to the gradients, for the last forward that kept what this needs. `weights`: by sequence, ∂L/∂
    /// log π of each of its tokens. If it is cancelled, the gradients are zero.
    void backward(const std::vector<std::vector<float>>& weights, const Watch& watch);

    /// Moves the adapter, clears the gradients, and returns their norm before clipping.
    double step(const AdamWOptions& options);

    std::vector<NamedValues> parameters() const { return adapter_->read(adapter_->parameters()); }
    std::vector<NamedValues> gradients() const { return adapter_->read(adapter_->gradients()); }
    void setParameters(const std::vector<NamedValues>& values) { adapter_->write(values); }

    /// The adapter, the optimizer and its count of steps.
    void saveState(const std::string& path) const;
    /// Throws Error INVALID_INPUT if the file is of another training.
    void restoreState(const std::string& path);
    void saveAdapter(const std::string& path, const std::map<std::string, std::string>& texts,
                     const std::map<std::string, double>& numbers) const;

private:
    struct Evaluation;

    std::vector<std::vector<float>> compute(const std::vector<Sequence>& sequences, Operations operations,
                                            bool usesAdapter, bool keep, const Watch& watch);

    void release();
    std::string architecture() const;
    void load(const TrainerOptions& options, LogScope& log, const LoadProgress& progress);
    void chooseLayers(const TrainerOptions& options);
    void planMemory(const TrainerOptions& options);
    size_t planStates(int64_t length, int64_t blocks) const;
    size_t planGraph(int64_t length, int64_t blocks) const;
    void requireMemory(const TrainingMemory& memory) const;
    void allocate();
    void checkSelf(LogScope& log, const LoadProgress& progress);
    void checkSequences(const std::vector<Sequence>& sequences) const;
    bool isTrained(int32_t layer) const { return layer >= firstTrained_; }
    size_t tensorCount() const;
    LayerTensors makeTensors(ggml_context* context, int64_t length, int64_t blocks) const;
    size_t bytesOf(const LayerTensors& tensors) const;
    void placeTensors(Evaluation& evaluation);
    void writeInputs(const Evaluation& evaluation) const;
    void runLayers(Evaluation& evaluation, bool keep, const Watch& watch);
    void writeGradient(const Evaluation& evaluation, const std::vector<std::vector<float>>& weights);
    void runBackward(Evaluation& evaluation, int32_t layer, const Watch& watch);

    const Runtime& runtime_;
    const LlamaApi& llama_;
    TrainApi api_;
    MemoryMeter meter_;
    LogSink sink_;
    Compute compute_;
    std::unique_ptr<Model> model_;
    std::unique_ptr<ModelGraph> graph_;
    std::unique_ptr<DeviceWeights> weights_;
    std::vector<ggml_tensor*> targets_;
    std::unique_ptr<LoraWeights> adapter_;
    std::unique_ptr<OutputHead> head_;
    std::unique_ptr<AdamW> optimizer_;
    ContextPointer constants_;
    BufferPointer constantBuffer_;
    ggml_tensor* rowNumbers_ = nullptr;
    int32_t firstTrained_ = 0;
    bool checkpoint_;
    Operations operations_;
    std::optional<size_t> memoryLimit_;
    int64_t plannedLength_ = 0, plannedBlocks_ = 0;
    int32_t rank_;
    double alpha_;
    double attentionCost_ = 0;
    int32_t contextLength_ = 0;
    TrainingMemory memory_;
    /// What llama.cpp's own context takes, of which the graph is copied.
    size_t contextBytes_ = 0;
    /// The most that gradients of the last states have taken on the host.
    size_t hostBytes_ = 0;
    SelfCheck selfCheck_;
    BufferPointer stateBuffer_;
    /// For one graph after the other.
    AllocatorPointer shared_;
    /// For graphs that are kept, a layer each.
    std::vector<AllocatorPointer> own_;
    std::unique_ptr<Evaluation> kept_;
};

} // namespace iprm
