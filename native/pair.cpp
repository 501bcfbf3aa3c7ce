#include "pair.h"

#include "error.h"

#include <algorithm>
#include <filesystem>

#ifdef __GLIBC__
#include <malloc.h>
#endif

namespace iprm {

namespace {

constexpr int32_t defaultContextSize = 4096;

bool isSameFile(const std::string& left, const std::string& right) {
    std::error_code error;
    return std::filesystem::equivalent(std::filesystem::u8path(left), std::filesystem::u8path(right), error);
}

std::string quotedOrMissing(const std::optional<std::string>& text) {
    return text ? "\"" + *text + "\"" : "missing";
}

std::vector<std::vector<float>> emptyResults(const std::vector<Sequence>& sequences) {
    std::vector<std::vector<float>> results;
    for (const auto& sequence : sequences) {
        results.emplace_back(sequence.tokens.size() - static_cast<size_t>(sequence.from));
    }
    return results;
}

std::vector<float*> pointersTo(std::vector<std::vector<float>>& results) {
    std::vector<float*> pointers;
    for (auto& result : results) pointers.push_back(result.data());
    return pointers;
}

/// On the CPU llama.cpp's flash attention sums in half precision: a token of a long text is off by up to 0.1
/// nats, a hundred times as much as without it.
llama_flash_attn_type chooseFlashAttention(const PairOptions& options, bool usesGpu) {
    if (!options.flashAttention && usesGpu) return LLAMA_FLASH_ATTN_TYPE_AUTO;
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
    : runtime_(Runtime::open(options.runtime, sink)), sink_(sink),
      devices_(runtime_.devices(options.gpu, options.runtime, sink)), batchSize_(options.batchSize) {
    const LlamaApi& api = runtime_.api();
    for (const auto device : devices_) deviceNames_.emplace_back(api.ggml_backend_dev_description(device));
    LogScope log(api, sink_);
    load(options, log, progress);
    contextSize_ = chooseContextSize(options);
    const EvaluatorOptions evaluation = {contextSize_,
                                         batchSize_,
                                         options.cacheSize,
                                         options.threads,
                                         options.kvCacheType,
                                         chooseFlashAttention(options, !devices_.empty()),
                                         devices_.empty() ? &runtime_.cpuTurns() : nullptr};
    policyEvaluator_ = std::make_unique<Evaluator>(api, *policy_, adapter_, evaluation, log);
    if (reference_)
        referenceEvaluator_ = std::make_unique<Evaluator>(api, *reference_, nullptr, evaluation, log);
}

Pair::~Pair() {
    // Contexts go before their models, and what llama.cpp has to say of it goes to our log.
    const LogScope log(runtime_.api(), sink_);
    policyEvaluator_.reset();
    referenceEvaluator_.reset();
    reference_.reset();
    policy_.reset();
#ifdef __GLIBC__
    // Each worker thread has a heap of its own, which glibc would keep at its greatest size.
    malloc_trim(0);
#endif
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
    policy_ =
        std::make_shared<Model>(api, ModelOptions{options.policy, options.gpuLayers, devices_}, log, share);
    loaded = 1;
    if (sameFile) {
        reference_ = policy_;
    } else if (options.reference) {
        const ModelOptions reference{*options.reference, options.gpuLayers, devices_};
        reference_ = std::make_shared<Model>(api, reference, log, share);
        checkVocabularies();
    }
    if (options.lora) adapter_ = loadAdapter(api, *policy_, *options.lora, log);
    if (options.lora) beta_ = readBeta(api, *options.lora);
    if (!beta_) beta_ = readBeta(api, options.policy);
}

void Pair::checkVocabularies() const {
    const auto difference = policy_->vocabulary().firstDifference(reference_->vocabulary());
    if (!difference) return;
    throw Error("PAIR_MISMATCH",
                "The vocabularies of policy and reference differ: " +
                    describeDifference(*difference, policy_->path(), reference_->path()) +
                    ". A pair needs one vocabulary: use the model that the policy was trained from");
}

int32_t Pair::chooseContextSize(const PairOptions& options) const {
    int32_t trained = policy_->contextLength();
    if (reference_) trained = std::min(trained, reference_->contextLength());
    if (!options.contextSize) return std::min(trained, defaultContextSize);
    if (*options.contextSize <= trained) return *options.contextSize;
    throw Error("INVALID_INPUT", "contextSize is " + std::to_string(*options.contextSize) +
                                     ", but the models were trained on " + std::to_string(trained) +
                                     " tokens: give at most that");
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
        for (const llama_token token : sequence.tokens) words.requireToken(token);
    }
}

PairLogprobs Pair::evaluate(const std::vector<Sequence>& sequences, const TokenProgress& progress,
                            const std::function<bool()>& cancelled) {
    checkSequences(sequences);
    LogScope log(runtime_.api(), sink_);
    PairLogprobs logprobs{emptyResults(sequences), std::nullopt, std::vector<uint32_t>(sequences.size())};
    if (reference_) logprobs.reference = emptyResults(sequences);
    auto policyTree = buildPrefixTree(sequences, pointersTo(logprobs.policy));
    const size_t total = countTokens(policyTree) * (reference_ ? 2 : 1);
    size_t done = 0;
    EvaluationControl control;
    control.onTokens = [&](size_t tokens) { progress(done += tokens, total); };
    control.cancelled = cancelled;
    control.onEvaluated = [&](const PrefixNode& node, size_t tokens) {
        logprobs.evaluated[node.owner] += static_cast<uint32_t>(tokens);
    };
    policyEvaluator_->evaluate(std::move(policyTree), log, control);
    if (reference_) {
        auto referenceTree = buildPrefixTree(sequences, pointersTo(*logprobs.reference));
        referenceEvaluator_->evaluate(std::move(referenceTree), log, control);
    }
    return logprobs;
}

} // namespace iprm
