#pragma once

#include <vector>

namespace iprm {

/// How far log-probabilities are from those that they should be, in nats.
struct SelfCheck {
    double worst = 0, mean = 0;
};

/// Compares log-probabilities of the same tokens. What is no number makes the result none.
SelfCheck distanceBetween(const std::vector<float>& expected, const std::vector<float>& found);

/// Whether rounding explains such a distance from the `expected` log-probabilities, rather than another
/// graph.
bool explainedByRounding(const SelfCheck& distance, const std::vector<float>& expected, bool isQuantised);

} // namespace iprm
