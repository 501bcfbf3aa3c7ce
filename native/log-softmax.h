#pragma once

#include "prediction.h"

#include <cstddef>
#include <cstdint>
#include <vector>

namespace iprm {

/// The natural logarithm of Σ exp(logits[i]), accurate to about 1e-6 for any finite logits.
double logSumExp(const float* logits, size_t count);

/// What is wanted of the softmax of some logits.
struct LogSoftmaxTarget {
    const float* logits;
    Prediction wanted;
};

/// Where a value is first found; `count` if it isn't there.
size_t indexOf(const float* values, size_t count, float value);

/// Computes the targets, in nats. Targets of the same logits must follow one another: their normaliser is
/// computed once. A likeliest token among logits that are no numbers is none, -1. Uses up to `threads`
/// threads where there is enough to do.
void logSoftmaxAt(const std::vector<LogSoftmaxTarget>& targets, size_t vocabularySize, int threads);

} // namespace iprm
