#include "log-softmax.h"

#include "testing.h"

#include <cmath>
#include <cstdint>
#include <limits>
#include <sstream>
#include <string>
#include <vector>

using namespace iprm;

namespace {

/// In double precision and in the plainest way that is right.
double expectedLogSumExp(const std::vector<float>& logits) {
    double most = logits[0];
    for (const float logit : logits) most = std::max(most, static_cast<double>(logit));
    double sum = 0;
    for (const float logit : logits) sum += std::exp(logit - most);
    return most + std::log(sum);
}

/// Logits from `middle` − `spread` to `middle` + `spread`.
std::vector<float> logitsAround(float middle, float spread, size_t count) {
    std::vector<float> logits(count);
    uint32_t state = 1;
    for (float& logit : logits) {
        state = state * 1664525u + 1013904223u;
        logit = middle + spread * (static_cast<float>(state >> 8) / 8388608.0f - 1.0f);
    }
    return logits;
}

void requireClose(double actual, double expected, double tolerance) {
    std::ostringstream message;
    message << actual << " is not within " << tolerance << " of " << expected;
    require(std::abs(actual - expected) <= tolerance, message.str());
}

/// 32 lanes are summed at a time, in blocks of 2,048: sizes below, at and above these.
const std::vector<size_t> sizes = {1, 31, 32, 33, 257, 2048, 2049, 32003};

void sumsAreRight(float middle, float spread) {
    for (const size_t size : sizes) {
        const auto logits = logitsAround(middle, spread, size);
        // A float of such a size has no more digits.
        const double tolerance = 2e-6 * std::max(1.0f, std::abs(middle) + spread);
        requireClose(logSumExp(logits.data(), size), expectedLogSumExp(logits), tolerance);
    }
}

void targetsAreRight() {
    const size_t size = 300;
    const auto logits = logitsAround(200, 150, size);
    std::vector<float> results(size);
    std::vector<LogSoftmaxTarget> targets;
    for (size_t i = 0; i < size; ++i)
        targets.push_back({logits.data(), {static_cast<Token>(i), &results[i], nullptr}});
    logSoftmaxAt(targets, size, 2);
    const double normaliser = expectedLogSumExp(logits);
    for (size_t i = 0; i < size; ++i) requireClose(results[i], logits[i] - normaliser, 1e-3);
}

/// Wherever in the vocabulary it is, and twice: the first counts.
void likeliestIsTheFirstOfTheGreatest() {
    for (const size_t size : sizes) {
        for (const size_t place : {size_t{0}, size / 2, size - 1}) {
            auto logits = logitsAround(0, 10, size);
            logits[place] = logits[size - 1] = 12;
            const auto token = static_cast<Token>(place);
            float logprob = 0;
            Likeliest likeliest, other;
            logSoftmaxAt(
                {{logits.data(), {token, &logprob, &likeliest}}, {logits.data(), {0, nullptr, &other}}}, size,
                2);
            require(likeliest.token == token, "token " + std::to_string(likeliest.token));
            require(likeliest.logprob == logprob, "its log-probability is another");
            require(other.token == token && other.logprob == logprob, "another target is told another");
        }
    }
}

void amongNoNumbersNothingIsLikeliest() {
    const std::vector<float> logits(100, std::numeric_limits<float>::quiet_NaN());
    Likeliest likeliest;
    logSoftmaxAt({{logits.data(), {0, nullptr, &likeliest}}}, logits.size(), 1);
    require(likeliest.token == -1 && std::isnan(likeliest.logprob), "something is the likeliest");
}

void oneGreatLogitIsAll() {
    std::vector<float> logits(1000, -1000.0f);
    logits[999] = 1000.0f;
    requireClose(logSumExp(logits.data(), logits.size()), 1000, 1e-4);
}

} // namespace

int main() {
    return runTests({
        {"logits of the usual size", [] { sumsAreRight(0, 10); }},
        // exp(88.8) is beyond a float.
        {"logits above 88", [] { sumsAreRight(100, 5); }},
        {"logits far above 88", [] { sumsAreRight(5000, 300); }},
        {"logits far below -88", [] { sumsAreRight(-5000, 300); }},
        {"logits that reach from one to the other", [] { sumsAreRight(0, 1000); }},
        {"a single logit far above all others", oneGreatLogitIsAll},
        {"log-probabilities of every token of a softmax with logits above 88", targetsAreRight},
        {"the likeliest token, the first of equals", likeliestIsTheFirstOfTheGreatest},
        {"no likeliest token among logits that are no numbers", amongNoNumbersNothingIsLikeliest},
    });
}
