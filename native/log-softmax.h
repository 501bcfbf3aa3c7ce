#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

namespace iprm {

/// The natural logarithm of Σ exp(logits[i]), accurate to about 1e-6 for any finite logits.
double logSumExp(const float* logits, size_t count);

/// One log-probability to compute: of `token` under the softmax of `logits`, written to `*result`.
struct LogSoftmaxTarget {
    const float* logits;
    int32_t token;
    float* result;
};

/// Computes the targets, in nats. Targets of the same logits must follow one another: their normaliser is
/// computed once. Uses up to `threads` threads where there is enough to do.
void logSoftmaxAt(const std::vector<LogSoftmaxTarget>& targets, size_t vocabularySize, int threads);

} // namespace iprm
