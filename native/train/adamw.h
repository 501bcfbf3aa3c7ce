#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

namespace iprm {

struct AdamWOptions {
    double learningRate = 0, weightDecay = 0, beta1 = 0.9, beta2 = 0.98, epsilon = 1e-8;
    /// Gradients are scaled down to this norm, all together, if theirs is greater. 0: never.
    double clip = 0;
};

/// AdamW: Adam with decoupled weight decay (arXiv 1711.05101).
class AdamW {
public:
    explicit AdamW(std::vector<size_t> sizes);

    /// Moves the parameters, and returns the norm of all gradients together before clipping.
    double step(std::vector<std::vector<float>>& parameters, const std::vector<std::vector<float>>& gradients,
                const AdamWOptions& options);

    /// Bytes that the running means take.
    size_t bytes() const;
    uint64_t steps() const { return steps_; }
    /// The running means of gradients and of their squares, by parameter.
    const std::vector<std::vector<float>>& means() const { return means_; }
    const std::vector<std::vector<float>>& squares() const { return squares_; }
    void restore(uint64_t steps, std::vector<std::vector<float>> means,
                 std::vector<std::vector<float>> squares);

private:
    uint64_t steps_ = 0;
    std::vector<std::vector<float>> means_, squares_;
};

} // namespace iprm
