#include "adamw.h"

#include <cmath>
#include <utility>

namespace iprm {

namespace {

double normOf(const std::vector<std::vector<float>>& values) {
    double sum = 0;
    for (const auto& some : values) {
        for (const float value : some) sum += static_cast<double>(value) * value;
    }
    return std::sqrt(sum);
}

} // namespace

AdamW::AdamW(std::vector<size_t> sizes) {
    for (const size_t size : sizes) {
        means_.emplace_back(size);
        squares_.emplace_back(size);
    }
}

size_t AdamW::bytes() const {
    size_t numbers = 0;
    for (const auto* all : {&means_, &squares_}) {
        for (const auto& some : *all) numbers += some.size();
    }
    return numbers * sizeof(float);
}

double AdamW::step(std::vector<std::vector<float>>& parameters,
                   const std::vector<std::vector<float>>& gradients, const AdamWOptions& options) {
    const double norm = normOf(gradients);
    const double factor = options.clip > 0 && norm > options.clip ? options.clip / norm : 1;
    const auto n = static_cast<double>(++steps_);
    const double meanBias = 1 - std::pow(options.beta1, n), squareBias = 1 - std::pow(options.beta2, n);
    const double decay = 1 - options.learningRate * options.weightDecay;
    const double rate = options.learningRate / meanBias, root = 1 / std::sqrt(squareBias);
    for (size_t i = 0; i < parameters.size(); ++i) {
        for (size_t k = 0; k < parameters[i].size(); ++k) {
            const double gradient = gradients[i][k] * factor;
            const double mean = options.beta1 * means_[i][k] + (1 - options.beta1) * gradient;
            const double square = options.beta2 * squares_[i][k] + (1 - options.beta2) * gradient * gradient;
            means_[i][k] = static_cast<float>(mean);
            squares_[i][k] = static_cast<float>(square);
            const double change = rate * mean / (std::sqrt(square) * root + options.epsilon);
            parameters[i][k] = static_cast<float>(parameters[i][k] * decay - change);
        }
    }
    return norm;
}

void AdamW::restore(uint64_t steps, std::vector<std::vector<float>> means,
                    std::vector<std::vector<float>> squares) {
    steps_ = steps;
    means_ = std::move(means);
    squares_ = std::move(squares);
}

} // namespace iprm
