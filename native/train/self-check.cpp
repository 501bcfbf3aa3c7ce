#include "self-check.h"

#include "../error.h"
#include "../log-softmax.h"
#include "portable-random.h"

#include <cstdio>
#include <memory>

namespace iprm {

namespace {

constexpr int32_t scoredTokens = 12;

using Context = std::unique_ptr<llama_context, decltype(&::llama_free)>;

Context openContext(const LlamaApi& llama, const Model& model, size_t length, LogScope& log) {
    llama_context_params params = llama.llama_context_default_params();
    params.n_ctx = params.n_batch = params.n_ubatch = static_cast<uint32_t>(length);
    params.n_outputs_max = scoredTokens;
    params.type_k = params.type_v = GGML_TYPE_F32;
    params.flash_attn_type = LLAMA_FLASH_ATTN_TYPE_DISABLED;
    params.swa_full = true;
    params.n_threads = params.n_threads_batch = 1;
    Context context(llama.llama_init_from_model(model.get(), params), llama.llama_free);
    if (!context)
        throw Error("OUT_OF_MEMORY", "No context for the self-check could be had: " + log.takeErrors());
    return context;
}

std::vector<float> decode(const LlamaApi& llama, const Model& model, const Sequence& sequence,
                          LogScope& log) {
    const Context context = openContext(llama, model, sequence.tokens.size(), log);
    const auto vocabulary = static_cast<size_t>(model.vocabulary().size());
    const auto length = static_cast<int32_t>(sequence.tokens.size());
    auto tokens = sequence.tokens;
    std::vector<llama_pos> positions;
    std::vector<int8_t> isOutput;
    for (int32_t i = 0; i + 1 < length; ++i) {
        positions.push_back(i);
        isOutput.push_back(i + 1 >= sequence.from);
    }
    llama_seq_id first = 0;
    std::vector<llama_seq_id*> ids(positions.size(), &first);
    std::vector<int32_t> idCounts(positions.size(), 1);
    const llama_batch batch = {length - 1,      tokens.data(), /*embd=*/nullptr, positions.data(),
                               idCounts.data(), ids.data(),    isOutput.data()};
    if (llama.llama_decode(context.get(), batch) != 0)
        throw Error("EVALUATION_FAILED", "The self-check could not be computed: " + log.takeErrors());
    std::vector<float> logprobs;
    for (int32_t i = sequence.from; i < length; ++i) {
        const float* logits = llama.llama_get_logits_ith(context.get(), i - 1);
        const auto token = static_cast<size_t>(sequence.tokens[static_cast<size_t>(i)]);
        logprobs.push_back(static_cast<float>(logits[token] - logSumExp(logits, vocabulary)));
    }
    return logprobs;
}

std::string inNats(double value) {
    char text[32];
    std::snprintf(text, sizeof text, "%.2g", value);
    return text;
}

} // namespace

std::vector<Sequence> selfCheckSequences(int32_t vocabularySize, int32_t window) {
    PortableRandom random(1);
    const auto extend = [&](std::vector<llama_token> tokens, size_t length) {
        while (tokens.size() < length)
            tokens.push_back(static_cast<llama_token>(random.next() % static_cast<uint64_t>(vocabularySize)));
        return tokens;
    };
    const auto shared = extend({}, 20);
    std::vector<Sequence> sequences = {{extend(shared, 32), 20}, {extend(shared, 31), 20}};
    if (window > 0) {
        const auto length = window + scoredTokens;
        sequences.push_back({extend({}, static_cast<size_t>(length)), window});
    }
    return sequences;
}

SelfCheck compareWithLlama(const LlamaApi& llama, const Model& model, bool isQuantised,
                           const std::vector<Sequence>& sequences,
                           const std::vector<std::vector<float>>& logprobs, LogScope& log) {
    std::vector<float> expected, found;
    for (size_t i = 0; i < sequences.size(); ++i) {
        const auto theirs = decode(llama, model, sequences[i], log);
        expected.insert(expected.end(), theirs.begin(), theirs.end());
        found.insert(found.end(), logprobs[i].begin(), logprobs[i].end());
    }
    const SelfCheck check = distanceBetween(expected, found);
    if (explainedByRounding(check, expected, isQuantised)) return check;
    throw Error("TRAINING_UNSUPPORTED",
                "This model cannot be trained: its copied graph gives log-probabilities up to " +
                    inNats(check.worst) + " nats from llama.cpp's, " + inNats(check.mean) + " on average");
}

} // namespace iprm
