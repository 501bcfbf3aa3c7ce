#include "pair.h"

#include "error.h"

#include <algorithm>
#include <filesystem>

#ifdef __GLIBC__
#include <malloc.h>
#endif

namespace iprm {

namespace {

constexpr int64_t defaultContextSize = 4096;
/// Cells are counted in 32 bits, and no memory holds so many.
constexpr int64_t maxContextSize = int64_t{1} << 30;

bool isSameFile(const std::string& left, const std::string& right) {
    std::error_code error;
    return std::filesystem::equivalent(std::filesystem::u8path(left), std::filesystem::u8path(right), error);
}

std::string quotedOrMissing(const std::optional<std::string>& text) {
    return text ? "\"" + *text + "\"" : "missing";
}

/// How many tokens the metadata says the model was trained on, as far as that can be.
int64_t trainedLength(const Model& model) {
    const int64_t length = model.contextLength();
    if (length >= 2) return std::min(length, maxContextSize);
    throw Error("MODEL_INVALID", "The metadata of " + model.path() + " says that its context_length is " +
                                     std::to_string(length) +
                                     " tokens, but it takes two to predict one from the other");
}

/// On the CPU llama.cpp's flash attention sums in half precision: a token of a long text is off by up to 0.1
/// nats, a hundred times as much as without it.
llama_flash_attn_type chooseFlashAttention(const PairOptions& options, bool isAllOnGpu) {
    if (!options.flashAttention && isAllOnGpu) return LLAMA_FLASH_ATTN_TYPE_AUTO;
    const bool needed = options.kvCacheType == GGML_TYPE_Q8_0;
    return options.flashAttention.value_or(needed) ? LLAMA_FLASH_ATTN_TYPE_ENABLED
                                                   : LLAMA_FLASH_ATTN_TYPE_DISABLED;
}

} // namespace

std::string describeDifference(const VocabularyDifference& difference, const std::string& left,
                               const std::string& right) {
    return "token " + std::to_string(difference.token) + " is " + quotedOrMissing(difference.left) + " in " +
           left + " and " + quotedOrMissing(difference.right) + " in " + right;
}

Pair::Pair(const PairOptions& options, const LogSink& sink, const LoadProgress& progress)
    : runtime_(Runtime::open(options.runtime, sink)), sink_(sink) {
    chooseDevices(options);
    MemoryMeter meter;
    LogScope log(runtime_.api(), meter.sink(sink_));
    try {
        load(options, log, progress);
        contextSize_ = chooseContextSize(options);
        start(options, meter.use());
    } catch (...) {
        release();
        throw;
    }
}

Pair::~Pair() {
    stop();
    release();
}

/// Contexts go before their models, and what llama.cpp has to say of it goes to our log.
void Pair::release() {
    const LogScope log(runtime_.api(), sink_);
    for (Member* member : {&policy_, &reference_}) member->thread.reset();
    for (Member* member : {&policy_, &reference_}) member->model.reset();
#ifdef __GLIBC__
    // Each thread has a heap of its own, which glibc would keep at its greatest size.
    malloc_trim(0);
#endif
}

void Pair::stop() {
    for (Member* member : {&policy_, &reference_}) {
        if (member->thread) member->thread->stop();
    }
}

void Pair::chooseDevices(const PairOptions& options) {
    const auto all = runtime_.devices(options.gpu, options.runtime, sink_);
    policy_.devices = options.policyDevices ? runtime_.named(all, *options.policyDevices) : all;
    reference_.devices = options.referenceDevices ? runtime_.named(all, *options.referenceDevices) : all;
    for (const auto device : all) {
        const auto uses = [device](const Member& member) {
            return std::find(member.devices.begin(), member.devices.end(), device) != member.devices.end();
        };
        if (uses(policy_) || (options.reference && uses(reference_)))
            deviceNames_.emplace_back(runtime_.api().ggml_backend_dev_description(device));
    }
}

void Pair::load(const PairOptions& options, LogScope& log, const LoadProgress& progress) {
    const LlamaApi& api = runtime_.api();
    const bool sameFile = options.reference && isSameFile(options.policy, *options.reference);
    if (sameFile && !options.lora) {
        throw Error("PAIR_MISMATCH",
                    "Policy and reference are the same file, " + options.policy +
                        ": every reward would be 0. Give the trained model as the policy, or a LoRA "
                        "adapter for it");
    }
    const float models = options.reference && !sameFile ? 2.0f : 1.0f;
    float loaded = 0;
    const LoadProgress share = [&](float fraction) {
        return !progress || progress((loaded + fraction) / models);
    };
    const ModelOptions policy{options.policy, options.gpuLayers, policy_.devices};
    policy_.model = std::make_shared<Model>(api, policy, log, share);
    loaded = 1;
    if (sameFile) {
        // One set of weights lies on one set of devices.
        reference_.model = policy_.model;
        reference_.devices = policy_.devices;
    } else if (options.reference) {
        const ModelOptions reference{*options.reference, options.gpuLayers, reference_.devices};
        reference_.model = std::make_shared<Model>(api, reference, log, share);
        checkVocabularies();
    }
    if (options.lora) policy_.adapter = loadAdapter(api, *policy_.model, *options.lora, log);
    if (options.lora) beta_ = readBeta(api, *options.lora);
    if (!beta_) beta_ = readBeta(api, options.policy);
}

std::map<std::string, std::string> Pair::adapterMetadata() const {
    if (!policy_.adapter) return {};
    return iprm::adapterMetadata(runtime_.api(), policy_.adapter);
}

void Pair::checkVocabularies() const {
    const auto difference = policy_.model->vocabulary().firstDifference(reference_.model->vocabulary());
    if (!difference) return;
    throw Error("PAIR_MISMATCH",
                "The vocabularies of policy and reference differ: " +
                    describeDifference(*difference, policy().path(), reference()->path()) +
                    ". A pair needs one vocabulary: use the model that the policy was trained from");
}

int32_t Pair::chooseContextSize(const PairOptions& options) const {
    int64_t trained = trainedLength(policy());
    if (reference()) trained = std::min(trained, trainedLength(*reference()));
    if (!options.contextSize) return static_cast<int32_t>(std::min(trained, defaultContextSize));
    if (*options.contextSize <= trained) return *options.contextSize;
    throw Error("INVALID_INPUT", "contextSize is " + std::to_string(*options.contextSize) +
                                     ", but the models were trained on " + std::to_string(trained) +
                                     " tokens: give at most that");
}

/// A GPU wants much to do at a time. On the CPU every token of a batch attends over the cells of all others,
/// so a batch is no larger than it takes for the threads to meet seldom: measured with models of 2 to 500
/// million parameters, see docs/benchmark.md.
int32_t Pair::chooseBatchSize(const PairOptions& options) const {
    constexpr int32_t small = 128, large = 512;
    constexpr double operationsPerThread = 4e9;
    if (options.batchSize) return *options.batchSize;
    if (!policy_.devices.empty() || (reference() && !reference_.devices.empty())) return large;
    const double perToken = 2.0 * static_cast<double>(policy().parameters());
    int32_t batchSize = small;
    while (batchSize < large && batchSize * perToken < operationsPerThread * (options.threads - 1))
        batchSize *= 2;
    return batchSize;
}

void Pair::start(const PairOptions& options, const MemoryUse& weights) {
    if (options.memoryLimit) return startWithin(*options.memoryLimit, options, weights);
    memory_ = weights;
    memory_ += startWith(chooseBatchSize(options), options);
}

/// Takes the largest batch that the limit has room for. What a batch costs is known from two small ones, so
/// that the limit isn't exceeded by trying.
void Pair::startWithin(size_t limit, const PairOptions& options, const MemoryUse& weights) {
    constexpr int32_t smallest = 32;
    const int32_t greatest = chooseBatchSize(options);
    const auto totalWith = [&](int32_t batchSize) {
        memory_ = weights;
        memory_ += startWith(std::min(batchSize, greatest), options);
        return memory_.total();
    };
    const size_t least = totalWith(smallest);
    const size_t next = totalWith(2 * smallest);
    const size_t perToken = next > least ? (next - least) / smallest : 0;
    const size_t room = limit > least ? limit - least : 0;
    int32_t batchSize = greatest;
    while (batchSize > smallest && static_cast<size_t>(batchSize - smallest) * perToken > room)
        batchSize /= 2;
    while (totalWith(batchSize) > limit) {
        if (batchSize <= smallest) {
            throw Error("OUT_OF_MEMORY",
                        "memoryLimit is " + std::to_string(limit) + " bytes, but the pair needs at least " +
                            std::to_string(memory_.total()) + ", " + std::to_string(memory_.weights) +
                            " of them for weights and " + std::to_string(memory_.kvCache) +
                            " for a context of " + std::to_string(contextSize_) +
                            " tokens: raise the limit, or lower contextSize");
        }
        batchSize /= 2;
    }
}

MemoryUse Pair::startWith(int32_t batchSize, const PairOptions& options) {
    batchSize_ = batchSize;
    for (Member* member : {&policy_, &reference_}) member->thread.reset();
    MemoryUse use = startMember(policy_, batchSize, options);
    if (reference()) use += startMember(reference_, batchSize, options);
    return use;
}

MemoryUse Pair::startMember(Member& member, int32_t batchSize, const PairOptions& options) {
    const LlamaApi& api = runtime_.api();
    const bool usesGpu = !member.devices.empty();
    const bool isAllOnGpu = usesGpu && (options.gpuLayers < 0 ||
                                        options.gpuLayers > api.llama_model_n_layer(member.model->get()));
    // llama.cpp puts layers on a GPU from the last on, and the output layer is the last.
    const bool outputsOnGpu = usesGpu && options.gpuLayers != 0;
    const EvaluatorOptions evaluation = {contextSize_,        batchSize,
                                         options.cacheSize,   options.threads,
                                         options.kvCacheType, chooseFlashAttention(options, isAllOnGpu),
                                         options.logSoftmax,  outputsOnGpu};
    MemoryMeter meter;
    LogScope log(api, meter.sink(sink_));
    auto evaluator = std::make_unique<Evaluator>(api, *member.model, member.adapter, evaluation, log);
    MemoryUse use = meter.use();
    use.host = evaluator->hostBytes();
    Turns* turns = isAllOnGpu ? nullptr : &runtime_.cpuTurns();
    member.thread = std::make_unique<EvaluatorThread>(api, sink_, turns, std::move(evaluator));
    return use;
}

void Pair::checkSequences(const std::vector<Sequence>& sequences) const {
    const Vocabulary words = vocabulary();
    for (const auto& sequence : sequences) {
        const auto length = static_cast<int64_t>(sequence.tokens.size());
        if (sequence.from < 1 || sequence.from > length) {
            throw Error("INVALID_INPUT", "A sequence of " + std::to_string(length) +
                                             " tokens cannot be scored from position " +
                                             std::to_string(sequence.from));
        }
        if (length > contextSize_) {
            throw Error("CONTEXT_OVERFLOW", "A sequence has " + std::to_string(length) +
                                                " tokens, but the context " + std::to_string(contextSize_));
        }
        for (const llama_token token : sequence.tokens) {
            words.requireToken(token);
            // One of them may have more tokens that no text has.
            if (reference()) reference()->vocabulary().requireToken(token);
        }
    }
}

void Pair::evaluate(std::vector<Sequence> sequences, EvaluationWishes wishes, PairListener listener) {
    checkSequences(sequences);
    if (!reference()) wishes.reference = false;
    const auto evaluation =
        std::make_shared<PairEvaluation>(std::move(sequences), wishes, std::move(listener));
    auto requests = evaluation->requests();
    // Calls come in the same order to both models, or the first would wait for the second in one of them.
    const std::lock_guard<std::mutex> lock(submitting_);
    for (auto& request : requests.policy) policy_.thread->submit(std::move(request));
    for (auto& request : requests.reference) reference_.thread->submit(std::move(request));
}

} // namespace iprm
