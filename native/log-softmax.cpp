#include "log-softmax.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <limits>
#include <optional>
#include <system_error>
#include <thread>

// One source, compiled for several instruction sets and picked when the addon is loaded. Sanitizers are not
// ready when that choice is made, so their builds take the default.
#if defined(__x86_64__) && defined(__GNUC__) && defined(__ELF__) && !defined(IPRM_SANITIZE)
#define IPRM_VECTORISED __attribute__((target_clones("avx512f", "avx2", "default")))
#else
#define IPRM_VECTORISED
#endif

namespace iprm {

namespace {

// Independent lanes: a compiler may not reorder a sum of floats, but it may keep this many sums side by side.
constexpr size_t lanes = 32;

/// exp(x) for x ≤ 0 to within 2 ulp, 0 below −87, in operations that vectorise.
inline float expOfNonPositive(float x) {
    constexpr float log2e = 1.44269504f, ln2High = 0.693359375f, ln2Low = -2.12194440e-4f;
    // Adding and subtracting 1.5 · 2^23 rounds to the nearest integer and leaves it in the low bits.
    constexpr float rounder = 12582912.0f;
    const float clamped = x < -87.0f ? -87.0f : x;
    const float shifted = clamped * log2e + rounder;
    const float exponent = shifted - rounder;
    const float r = (clamped - exponent * ln2High) - exponent * ln2Low;
    float p = 1.9875691500e-4f;
    p = p * r + 1.3981999507e-3f;
    p = p * r + 8.3334519073e-3f;
    p = p * r + 4.1665795894e-2f;
    p = p * r + 1.6666665459e-1f;
    p = p * r + 5.0000001201e-1f;
    p = p * r * r + r + 1.0f;
    uint32_t bits;
    std::memcpy(&bits, &shifted, sizeof bits);
    // The rounder's own low bits are zero, so what is left above the mantissa is the exponent, ready to be
    // added.
    bits <<= 23;
    uint32_t result;
    std::memcpy(&result, &p, sizeof result);
    result += bits;
    float value;
    std::memcpy(&value, &result, sizeof value);
    return x < -87.0f ? 0.0f : value;
}

IPRM_VECTORISED float maximum(const float* values, size_t count) {
    float best[lanes];
    std::fill(best, best + lanes, values[0]);
    size_t i = 0;
    for (; i + lanes <= count; i += lanes) {
        for (size_t lane = 0; lane < lanes; ++lane) best[lane] = std::max(best[lane], values[i + lane]);
    }
    for (; i < count; ++i) best[0] = std::max(best[0], values[i]);
    return *std::max_element(best, best + lanes);
}

IPRM_VECTORISED double sumOfExp(const float* values, size_t count, float shift) {
    // Blocks keep the float sums short; the blocks are added in double.
    constexpr size_t block = 64 * lanes;
    double total = 0;
    size_t i = 0;
    while (i + lanes <= count) {
        float sums[lanes] = {};
        const size_t end = std::min(count, i + block);
        for (; i + lanes <= end; i += lanes) {
            for (size_t lane = 0; lane < lanes; ++lane)
                sums[lane] += expOfNonPositive(values[i + lane] - shift);
        }
        for (const float sum : sums) total += sum;
    }
    for (; i < count; ++i) total += expOfNonPositive(values[i] - shift);
    return total;
}

IPRM_VECTORISED bool contains(const float* values, size_t count, float value) {
    int found = 0;
    for (size_t i = 0; i < count; ++i) found |= values[i] == value;
    return found != 0;
}

/// The log-probability of a token is the same number whether it was asked for or is the likeliest.
float logProbability(const float* logits, Token token, double normaliser) {
    return static_cast<float>(logits[token] - normaliser);
}

Likeliest likeliestOf(const float* logits, size_t vocabularySize, double normaliser) {
    const size_t token = indexOf(logits, vocabularySize, maximum(logits, vocabularySize));
    if (token == vocabularySize) return {-1, std::numeric_limits<float>::quiet_NaN()};
    return {static_cast<Token>(token), logProbability(logits, static_cast<Token>(token), normaliser)};
}

void computeRange(const LogSoftmaxTarget* begin, const LogSoftmaxTarget* end, size_t vocabularySize) {
    const float* logits = nullptr;
    double normaliser = 0;
    std::optional<Likeliest> best;
    for (const LogSoftmaxTarget* target = begin; target != end; ++target) {
        if (target->logits != logits) {
            logits = target->logits;
            normaliser = logSumExp(logits, vocabularySize);
            best.reset();
        }
        const auto& [token, logprob, likeliest] = target->wanted;
        if (logprob) *logprob = logProbability(logits, token, normaliser);
        if (!likeliest) continue;
        if (!best) best = likeliestOf(logits, vocabularySize, normaliser);
        *likeliest = *best;
    }
}

} // namespace

double logSumExp(const float* logits, size_t count) {
    const float shift = maximum(logits, count);
    return shift + std::log(sumOfExp(logits, count, shift));
}

size_t indexOf(const float* values, size_t count, float value) {
    constexpr size_t block = 32 * lanes;
    size_t i = 0;
    while (i + block <= count && !contains(values + i, block, value)) i += block;
    while (i < count && values[i] != value) ++i;
    return i;
}

void logSoftmaxAt(const std::vector<LogSoftmaxTarget>& targets, size_t vocabularySize, int threads) {
    // Below about a million logits a thread costs more than it saves.
    constexpr size_t logitsPerThread = 1 << 20;
    const size_t useful = std::max<size_t>(1, targets.size() * vocabularySize / logitsPerThread);
    const size_t count =
        std::min({useful, static_cast<size_t>(std::max(threads, 1)), std::max<size_t>(targets.size(), 1)});
    const auto bound = [&](size_t part) { return targets.data() + targets.size() * part / count; };
    std::vector<std::thread> helpers;
    helpers.reserve(count);
    for (size_t part = 1; part < count; ++part) {
        try {
            helpers.emplace_back(computeRange, bound(part), bound(part + 1), vocabularySize);
        } catch (const std::system_error&) {
            // No thread is to be had.
            computeRange(bound(part), bound(part + 1), vocabularySize);
        }
    }
    computeRange(bound(0), bound(1), vocabularySize);
    for (auto& helper : helpers) helper.join();
}

} // namespace iprm
