#include "trainer.h"

#include "../error.h"
#include "trainer-state.h"

#include <algorithm>
#include <numeric>

#ifdef __GLIBC__
#include <malloc.h>
#endif

namespace iprm {

namespace {

/// What a row costs to compare with another, against what a number of a weight costs: the comparison is made
/// twice, and its softmax isn't free.
constexpr double comparisonCost = 6;
constexpr int64_t granularity = 16;

int64_t roundUp(int64_t value) { return (value + granularity - 1) / granularity * granularity; }

/// Null for the CPU.
ggml_backend_dev_t firstDevice(const Runtime& runtime, const TrainerOptions& options, const LogSink& sink) {
    const auto devices = runtime.devices(options.gpu, options.runtime, sink);
    return devices.empty() ? nullptr : devices.front();
}

std::string inMegabytes(size_t bytes) { return std::to_string((bytes + 999999) / 1000000) + " MB"; }

} // namespace

/// One forward computation, and what its way back needs.
struct Trainer::Evaluation {
    explicit Evaluation(ContextPointer context) : context(std::move(context)) {}

    TokenBlocks blocks;
    ContextPointer context;
    LayerTensors tensors;
    const LoraWeights* adapter = nullptr;
    /// Of the trained layers, where they are kept.
    std::vector<std::unique_ptr<LayerGraph>> graphs;
    /// ∂ log π / ∂ last state of each scored token.
    std::vector<float> unitGradients;
};

Trainer::Trainer(const TrainerOptions& options, const LogSink& sink, const LoadProgress& progress)
    : runtime_(Runtime::open(options.runtime, sink)), llama_(runtime_.api()), api_(runtime_.libraries()),
      sink_(meter_.sink(sink)),
      compute_(api_, firstDevice(runtime_, options, sink), options.threads, runtime_.cpuTurns()),
      constants_(nullptr, api_.ggml_free), constantBuffer_(nullptr, api_.ggml_backend_buffer_free),
      checkpoint_(options.checkpoint),
      operations_(options.portable ? Operations::Portable : compute_.operations()),
      memoryLimit_(options.memoryLimit), rank_(options.rank), alpha_(options.alpha),
      stateBuffer_(nullptr, api_.ggml_backend_buffer_free), shared_(compute_.allocator()) {
    LogScope log(llama_, sink_);
    try {
        load(options, log, progress);
        chooseLayers(options);
        planMemory(options);
        allocate();
        if (options.initialAdapter)
            adapter_->load(*options.initialAdapter, architecture());
        else
            adapter_->initialise(options.seed);
        checkSelf(log, progress);
    } catch (const Error& error) {
        const std::string architecture = this->architecture();
        release();
        if (error.code != "TRAINING_UNSUPPORTED" || architecture.empty()) throw;
        throw Error(error.code, std::string(error.what()) + "; its architecture is " + architecture);
    } catch (...) {
        release();
        throw;
    }
}

Trainer::~Trainer() {
    const LogScope log(llama_, sink_);
    release();
}

/// What llama.cpp has to say of it goes to our log.
void Trainer::release() {
    kept_.reset();
    graph_.reset();
    model_.reset();
#ifdef __GLIBC__
    malloc_trim(0);
#endif
}

void Trainer::load(const TrainerOptions& options, LogScope& log, const LoadProgress& progress) {
    ModelOptions modelOptions;
    modelOptions.path = options.base;
    // Repacked for speed, weights could no longer be transposed.
    modelOptions.repacksWeights = false;
    model_ = std::make_unique<Model>(llama_, modelOptions, log, progress);
    if (model_->isRecurrent())
        throw Error("TRAINING_UNSUPPORTED", "This model cannot be trained: it is recurrent or hybrid");
    contextLength_ = model_->contextLength();
    graph_ = std::make_unique<ModelGraph>(llama_, api_, model_->get());
}

void Trainer::chooseLayers(const TrainerOptions& options) {
    const int32_t layers = graph_->layers();
    if (options.lastLayers && *options.lastLayers > layers) {
        throw Error("INVALID_INPUT", "The model has " + std::to_string(layers) + " layers, so its last " +
                                         std::to_string(*options.lastLayers) + " cannot be trained");
    }
    firstTrained_ = layers - options.lastLayers.value_or(layers);
    int64_t mostRows = 1, weights = 0;
    for (int32_t layer = 0; layer < layers; ++layer) {
        for (ggml_tensor* weight : graph_->targets(layer)) {
            mostRows = std::max(mostRows, weight->ne[1]);
            weights += weight->ne[0] * weight->ne[1];
            if (isTrained(layer)) targets_.push_back(weight);
        }
    }
    attentionCost_ = comparisonCost * static_cast<double>(graph_->attentionWidth() * layers) /
                     static_cast<double>(2 * weights);
    mostRows = std::max(mostRows, GraphGradient::rowsAtOnce);
    constants_ = compute_.context(1);
    rowNumbers_ = api_.ggml_new_tensor(constants_.get(), GGML_TYPE_I32, 1, &mostRows);
    constantBuffer_ = compute_.allocate(constants_.get(), "the numbers of rows");
    std::vector<int32_t> numbers(static_cast<size_t>(mostRows));
    std::iota(numbers.begin(), numbers.end(), 0);
    compute_.write(rowNumbers_, numbers);
    weights_ = std::make_unique<DeviceWeights>(api_, compute_, graph_->weights());
    head_ = std::make_unique<OutputHead>(compute_, api_, *graph_, *weights_, rowNumbers_, operations_);
}

/// Everything but the adapter, which is little, is planned before there is any of it.
void Trainer::planMemory(const TrainerOptions& options) {
    plannedLength_ = roundUp(std::min(options.maxTree, options.maxTokens));
    plannedBlocks_ = (roundUp(options.maxTokens) + plannedLength_ - 1) / plannedLength_;
    memory_.weights = meter_.use().weights + weights_->bytes();
    contextBytes_ = meter_.use().total() - meter_.use().weights;
    memory_.graph = contextBytes_;
    memory_.adapter = LoraWeights::bytes(targets_, rank_);
    memory_.optimizer = memory_.adapter;
    memory_.activations = planStates(plannedLength_, plannedBlocks_);
    requireMemory(memory_);
    adapter_ = std::make_unique<LoraWeights>(api_, compute_, targets_, rank_, static_cast<float>(alpha_));
    memory_.graph = contextBytes_ + planGraph(plannedLength_, plannedBlocks_);
    requireMemory(memory_);
}

void Trainer::requireMemory(const TrainingMemory& memory) const {
    if (!memoryLimit_ || memory.total() <= *memoryLimit_) return;
    throw Error("OUT_OF_MEMORY", "memoryLimit is " + inMegabytes(*memoryLimit_) + ", but training needs " +
                                     inMegabytes(memory.total()) + ": " + inMegabytes(memory.weights) +
                                     " for weights, " + inMegabytes(memory.adapter + memory.optimizer) +
                                     " for adapter and optimizer, " + inMegabytes(memory.activations) +
                                     " for activations and " + inMegabytes(memory.graph) +
                                     " for computing; fewer tokens at a time, a lower rank" +
                                     (checkpoint_ ? "" : ", checkpoints") + " or fewer layers need less");
}

LayerTensors Trainer::makeTensors(ggml_context* context, int64_t length, int64_t blocks) const {
    LayerTensors tensors;
    const int64_t rows = length * blocks;
    const auto make = [&](ggml_type type, const Shape& shape) {
        return api_.ggml_new_tensor(context, type, 4, shape.data());
    };
    const auto makeState = [&] { return make(GGML_TYPE_F32, {graph_->embeddingLength(), rows, 1, 1}); };
    ReplayInputs& in = tensors.inputs;
    in.length = length;
    in.blocks = blocks;
    in.tokens = make(GGML_TYPE_I32, {rows, 1, 1, 1});
    in.positions = make(GGML_TYPE_I32, {rows, 1, 1, 1});
    in.mask = make(GGML_TYPE_F32, {length, length, 1, blocks});
    in.windowMask = graph_->window() > 0 ? make(GGML_TYPE_F32, {length, length, 1, blocks}) : in.mask;
    tensors.weights = weights_.get();
    tensors.rowNumbers = rowNumbers_;
    tensors.operations = operations_;
    tensors.gradient = makeState();
    // What a layer with no gradient was given is of no use once it is done; layer 0 is given tokens.
    ggml_tensor* passing[2] = {nullptr, nullptr};
    tensors.states.push_back(nullptr);
    for (int32_t layer = 1; layer <= graph_->layers(); ++layer) {
        ggml_tensor*& slot = passing[layer % 2];
        if (isTrained(layer))
            tensors.states.push_back(makeState());
        else
            tensors.states.push_back(slot ? slot : slot = makeState());
    }
    return tensors;
}

namespace {

std::vector<ggml_tensor*> distinct(const LayerTensors& tensors) {
    std::vector<ggml_tensor*> all = tensors.states;
    const ReplayInputs& in = tensors.inputs;
    all.insert(all.end(), {in.tokens, in.positions, in.mask, in.windowMask, tensors.gradient});
    std::sort(all.begin(), all.end());
    all.erase(std::unique(all.begin(), all.end()), all.end());
    all.erase(std::remove(all.begin(), all.end(), nullptr), all.end());
    return all;
}

} // namespace

size_t Trainer::bytesOf(const LayerTensors& tensors) const {
    size_t bytes = 0;
    for (const ggml_tensor* tensor : distinct(tensors)) bytes += compute_.bytes(tensor);
    return bytes;
}

/// On the host there are the gradients of the last states too, once as they come and once weighted.
size_t Trainer::planStates(int64_t length, int64_t blocks) const {
    const ContextPointer context = compute_.context(tensorCount());
    const size_t host = 2 * static_cast<size_t>(length * blocks * graph_->embeddingLength()) * sizeof(float);
    return bytesOf(makeTensors(context.get(), length, blocks)) + host;
}

/// Plans with tensors that only look as if they had memory.
size_t Trainer::planGraph(int64_t length, int64_t blocks) const {
    const ContextPointer context = compute_.context(tensorCount());
    const LayerTensors tensors = makeTensors(context.get(), length, blocks);
    for (ggml_tensor* tensor : distinct(tensors)) Compute::pretendPlaced(tensor);
    size_t shared = head_->plan(tensors.states.back(), true), own = 0;
    for (int32_t layer = 0; layer < graph_->layers(); ++layer) {
        const LayerGraph::Parts parts{true, isTrained(layer), layer > firstTrained_};
        const LayerGraph graph(api_, *graph_, adapter_.get(), tensors, layer, parts);
        const size_t bytes = compute_.plan(graph.whole());
        if (isTrained(layer) && !checkpoint_)
            own += bytes;
        else
            shared = std::max(shared, bytes);
    }
    return shared + own;
}

void Trainer::allocate() {
    weights_->load();
    std::vector<size_t> sizes;
    for (const ggml_tensor* parameter : adapter_->parameters())
        sizes.push_back(static_cast<size_t>(api_.ggml_nelements(parameter)));
    optimizer_ = std::make_unique<AdamW>(sizes);
    own_.clear();
    for (int32_t layer = 0; layer < graph_->layers(); ++layer) own_.push_back(compute_.allocator());
}

size_t Trainer::tensorCount() const { return static_cast<size_t>(graph_->layers()) + 8; }

/// Makes the tensors of an evaluation and gives them places in one buffer, which grows when it has to.
void Trainer::placeTensors(Evaluation& evaluation) {
    const TokenBlocks& blocks = evaluation.blocks;
    const bool isPlanned = blocks.rows() <= plannedLength_ * plannedBlocks_ &&
                           blocks.rows() * blocks.length <= plannedLength_ * plannedLength_ * plannedBlocks_;
    if (memoryLimit_ && !isPlanned) {
        TrainingMemory memory = memory_;
        memory.activations = planStates(blocks.length, blocks.blocks);
        memory.graph = contextBytes_ + planGraph(blocks.length, blocks.blocks);
        requireMemory(memory);
    }
    evaluation.tensors = makeTensors(evaluation.context.get(), blocks.length, blocks.blocks);
    const size_t bytes = bytesOf(evaluation.tensors);
    if (!stateBuffer_ || api_.ggml_backend_buffer_get_size(stateBuffer_.get()) < bytes) {
        stateBuffer_.reset();
        stateBuffer_ = compute_.allocate(bytes);
    }
    ggml_tallocr allocator = api_.ggml_tallocr_new(stateBuffer_.get());
    for (ggml_tensor* tensor : distinct(evaluation.tensors)) api_.ggml_tallocr_alloc(&allocator, tensor);
}

void Trainer::writeInputs(const Evaluation& evaluation) const {
    const TokenBlocks& blocks = evaluation.blocks;
    const ReplayInputs& in = evaluation.tensors.inputs;
    compute_.write(in.tokens, blocks.tokens);
    compute_.write(in.positions, blocks.positions);
    compute_.write(in.mask, blocks.mask(0));
    if (in.windowMask != in.mask) compute_.write(in.windowMask, blocks.mask(graph_->window()));
}

void Trainer::checkSequences(const std::vector<Sequence>& sequences) const {
    if (sequences.empty()) throw Error("INVALID_INPUT", "There is no sequence to compute");
    const Vocabulary words = model_->vocabulary();
    for (const Sequence& sequence : sequences) {
        const auto length = static_cast<int64_t>(sequence.tokens.size());
        if (sequence.from < 1 || sequence.from >= length) {
            throw Error("INVALID_INPUT", "A sequence of " + std::to_string(length) +
                                             " tokens has no log-probabilities from position " +
                                             std::to_string(sequence.from) + " on");
        }
        if (length > contextLength_) {
            throw Error("CONTEXT_OVERFLOW", "A sequence has " + std::to_string(length) +
                                                " tokens, but the model was trained on " +
                                                std::to_string(contextLength_));
        }
        for (const llama_token token : sequence.tokens) words.requireToken(token);
    }
}

std::vector<std::vector<float>> Trainer::compute(const std::vector<Sequence>& sequences,
                                                 Operations operations, bool usesAdapter, bool keep,
                                                 const Watch& watch) {
    checkSequences(sequences);
    kept_.reset();
    const LogScope log(llama_, sink_);
    auto evaluation = std::make_unique<Evaluation>(compute_.context(tensorCount()));
    evaluation->blocks = toBlocks(sequences, attentionCost_);
    evaluation->adapter = usesAdapter ? adapter_.get() : nullptr;
    placeTensors(*evaluation);
    evaluation->tensors.operations = operations;
    writeInputs(*evaluation);
    runLayers(*evaluation, keep && usesAdapter, watch);
    auto result = head_->evaluate(evaluation->tensors.states.back(), evaluation->blocks.scored, operations,
                                  keep, shared_.get(), watch.cancelled);
    std::vector<std::vector<float>> logprobs;
    for (const auto& places : evaluation->blocks.places) {
        logprobs.emplace_back();
        for (const uint32_t place : places) logprobs.back().push_back(result.logprobs[place]);
    }
    if (keep && usesAdapter) {
        evaluation->unitGradients = std::move(result.gradients);
        kept_ = std::move(evaluation);
    }
    return logprobs;
}

void Trainer::runLayers(Evaluation& evaluation, bool keep, const Watch& watch) {
    const auto layers = static_cast<size_t>(graph_->layers());
    evaluation.graphs.resize(layers);
    for (int32_t layer = 0; layer < graph_->layers(); ++layer) {
        const auto index = static_cast<size_t>(layer);
        const LoraWeights* adapter = isTrained(layer) ? evaluation.adapter : nullptr;
        const bool keepsGraph = keep && !checkpoint_ && isTrained(layer);
        const LayerGraph::Parts parts{true, keepsGraph, keepsGraph && layer > firstTrained_};
        auto graph = std::make_unique<LayerGraph>(api_, *graph_, adapter, evaluation.tensors, layer, parts);
        compute_.place(keepsGraph ? own_[index].get() : shared_.get(), graph->whole());
        compute_.run(keepsGraph ? graph->forward() : graph->whole(), watch.cancelled);
        if (keepsGraph) evaluation.graphs[index] = std::move(graph);
        if (watch.onProgress) watch.onProgress(index + 1, layers);
    }
}

void Trainer::backward(const std::vector<std::vector<float>>& weights, const Watch& watch) {
    if (!kept_) throw Error("INVALID_INPUT", "backward() needs a forward() before it that kept its way");
    const LogScope log(llama_, sink_);
    const auto evaluation = std::move(kept_);
    try {
        writeGradient(*evaluation, weights);
        const auto layers = static_cast<size_t>(graph_->layers() - firstTrained_);
        for (int32_t layer = graph_->layers() - 1; layer >= firstTrained_; --layer) {
            runBackward(*evaluation, layer, watch);
            if (watch.onProgress) watch.onProgress(static_cast<size_t>(graph_->layers() - layer), layers);
        }
    } catch (...) {
        // Some layers have been added and others not.
        adapter_->clearGradients();
        throw;
    }
}

/// ∂L/∂ last state: of each scored token its own, times ∂L/∂ log π.
void Trainer::writeGradient(const Evaluation& evaluation, const std::vector<std::vector<float>>& weights) {
    const TokenBlocks& blocks = evaluation.blocks;
    std::vector<float> byScored(blocks.scored.size());
    if (weights.size() != blocks.places.size())
        throw Error("INVALID_INPUT", "backward() needs weights for each sequence of the last forward()");
    for (size_t i = 0; i < weights.size(); ++i) {
        if (weights[i].size() != blocks.places[i].size())
            throw Error("INVALID_INPUT",
                        "Sequence " + std::to_string(i) + " has " + std::to_string(blocks.places[i].size()) +
                            " log-probabilities, but " + std::to_string(weights[i].size()) + " weights");
        for (size_t k = 0; k < weights[i].size(); ++k) byScored[blocks.places[i][k]] += weights[i][k];
    }
    const auto width = static_cast<size_t>(graph_->embeddingLength());
    std::vector<float> gradient(static_cast<size_t>(blocks.rows()) * width);
    for (size_t i = 0; i < blocks.scored.size(); ++i) {
        float* row = gradient.data() + static_cast<size_t>(blocks.scored[i].row) * width;
        const float* unit = evaluation.unitGradients.data() + i * width;
        for (size_t k = 0; k < width; ++k) row[k] += byScored[i] * unit[k];
    }
    hostBytes_ = std::max(hostBytes_, (gradient.size() + evaluation.unitGradients.size()) * sizeof(float));
    compute_.write(evaluation.tensors.gradient, gradient);
}

void Trainer::runBackward(Evaluation& evaluation, int32_t layer, const Watch& watch) {
    auto& keptGraph = evaluation.graphs[static_cast<size_t>(layer)];
    if (keptGraph) {
        compute_.run(keptGraph->backward(), watch.cancelled);
        keptGraph.reset();
        return;
    }
    const LayerGraph::Parts parts{false, true, layer > firstTrained_};
    const LayerGraph graph(api_, *graph_, adapter_.get(), evaluation.tensors, layer, parts);
    compute_.place(shared_.get(), graph.whole());
    compute_.run(graph.whole(), watch.cancelled);
}

double Trainer::step(const AdamWOptions& options) {
    kept_.reset();
    auto named = parameters();
    std::vector<std::vector<float>> values, slopes;
    for (auto& parameter : named) values.push_back(std::move(parameter.values));
    for (auto& gradient : gradients()) slopes.push_back(std::move(gradient.values));
    const double norm = optimizer_->step(values, slopes, options);
    for (size_t i = 0; i < named.size(); ++i) named[i].values = std::move(values[i]);
    adapter_->write(named);
    adapter_->clearGradients();
    return norm;
}

void Trainer::saveAdapter(const std::string& path, const std::map<std::string, std::string>& texts,
                          const std::map<std::string, double>& numbers) const {
    const LogScope log(llama_, sink_);
    adapter_->save(path, architecture(), texts, numbers);
}

void Trainer::saveState(const std::string& path) const {
    const LogScope log(llama_, sink_);
    writeState(api_, path, {optimizer_->steps(), parameters(), optimizer_->means(), optimizer_->squares()});
}

void Trainer::restoreState(const std::string& path) {
    const LogScope log(llama_, sink_);
    TrainingState state = readState(api_, path, adapter_->parameters());
    kept_.reset();
    adapter_->write(state.parameters);
    adapter_->clearGradients();
    optimizer_->restore(state.steps, std::move(state.means), std::move(state.squares));
}

std::string Trainer::architecture() const {
    return model_ ? model_->metadata("general.architecture").value_or("") : "";
}

TrainerDescription Trainer::describe() const {
    TrainerDescription description;
    description.architecture = architecture();
    description.device = compute_.deviceName();
    description.parameters = adapter_->size();
    for (const ggml_tensor* weight : targets_) description.targets.emplace_back(weight->name);
    description.layers = graph_->layers();
    description.layersTrained = graph_->layers() - firstTrained_;
    description.contextLength = contextLength_;
    description.memory = memory_;
    description.selfCheck = selfCheck_;
    return description;
}

TrainingMemory Trainer::memoryInUse() const {
    TrainingMemory memory;
    memory.weights = meter_.use().weights + weights_->allocated();
    memory.adapter = adapter_->allocated();
    memory.optimizer = optimizer_->bytes();
    memory.activations = hostBytes_;
    if (stateBuffer_) memory.activations += api_.ggml_backend_buffer_get_size(stateBuffer_.get());
    memory.graph = contextBytes_ + compute_.allocated(shared_.get());
    for (const auto& allocator : own_) memory.graph += compute_.allocated(allocator.get());
    return memory;
}

/// Sequences of random tokens: two that share a beginning, and if attention has a window one that is longer.
/// Weights are multiplied as llama.cpp does it, which rounds otherwise than our own products.
void Trainer::checkSelf(LogScope& log, const LoadProgress& progress) {
    const int64_t most = plannedLength_ * plannedBlocks_;
    const bool exceedsWindow = graph_->window() > 0 && graph_->window() < most;
    const auto sequences =
        selfCheckSequences(model_->vocabulary().size(), exceedsWindow ? graph_->window() : 0);
    const Watch watch{nullptr, [&] { return progress && !progress(1); }};
    const auto operations = operations_ == Operations::CpuWithBf16 ? Operations::Cpu : operations_;
    const auto ours = compute(sequences, operations, /*usesAdapter=*/false, /*keep=*/true, watch);
    const auto& weights = graph_->weights();
    const bool isQuantised = std::any_of(weights.begin(), weights.end(), [&](const ggml_tensor* weight) {
        return api_.ggml_get_type_traits(weight->type)->is_quantized;
    });
    selfCheck_ = compareWithLlama(llama_, *model_, isQuantised, sequences, ours, log);
}

} // namespace iprm
