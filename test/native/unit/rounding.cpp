#include "train/rounding.h"
#include "testing.h"

#include <limits>

using iprm::distanceBetween;
using iprm::explainedByRounding;

namespace {

/// Log-probabilities with a deviation of 2.5 nats, as those of random tokens have at a language model.
const std::vector<float> expected = {-9, -14, -11, -16, -12, -10, -17, -13};

std::vector<float> movedBy(const std::vector<float>& distances) {
    auto moved = expected;
    for (size_t i = 0; i < moved.size(); ++i) moved[i] += distances[i % distances.size()];
    return moved;
}

bool isExplained(const std::vector<float>& found, bool isQuantised) {
    return explainedByRounding(distanceBetween(expected, found), expected, isQuantised);
}

} // namespace

int main() {
    return runTests({
        {"a distance is the greatest and the mean of all",
         [] {
             const auto distance = distanceBetween({-1, -2, -3, -4}, {-1, -2.5, -3.25, -3.75});
             requireEqual(distance.worst, 0.5, "worst");
             requireEqual(distance.mean, 0.25, "mean");
         }},
        {"what 8-bit activations do is rounding where weights are quantised, and nowhere else",
         [] {
             const auto found = movedBy({0.32f, -0.05f, 0.02f, 0.08f});
             require(isExplained(found, true), "it was refused where weights are quantised");
             require(!isExplained(found, false), "it was accepted where none is");
         }},
        {"little is rounding for any weights",
         [] { require(isExplained(movedBy({0.01f, -0.02f}), false), "it was refused"); }},
        {"what is small at every token but there at every token is none",
         [] { require(!isExplained(movedBy({0.06f}), false), "it was accepted"); }},
        {"log-probabilities of other tokens are no rounding",
         [] {
             auto found = expected;
             std::swap(found[0], found[1]);
             require(!isExplained(found, true), "two that changed places were accepted");
             require(!isExplained(movedBy({0.4f}), true), "a shift of all was accepted");
         }},
        {"what is no number is no rounding",
         [] {
             const float none = std::numeric_limits<float>::quiet_NaN();
             require(!isExplained(movedBy({none, 0}), true), "it was accepted");
         }},
    });
}
