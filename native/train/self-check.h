#pragma once

#include "../log.h"
#include "../model.h"
#include "../request.h"
#include "rounding.h"

#include <vector>

namespace iprm {

/// Sequences of random tokens: two that share a beginning, and one longer than `window` if that isn't 0.
std::vector<Sequence> selfCheckSequences(int32_t vocabularySize, int32_t window);

/// Compares log-probabilities of the sequences with llama_decode's. Throws Error TRAINING_UNSUPPORTED if they
/// are further apart than rounding explains, which is more where weights are quantised.
SelfCheck compareWithLlama(const LlamaApi& llama, const Model& model, bool isQuantised,
                           const std::vector<Sequence>& sequences,
                           const std::vector<std::vector<float>>& logprobs, LogScope& log);

} // namespace iprm
