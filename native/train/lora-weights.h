#pragma once

#include "compute.h"
#include "train-api.h"

#include <cstdint>
#include <map>
#include <string>
#include <unordered_map>
#include <vector>

namespace iprm {

/// A tensor's numbers under its name.
struct NamedValues {
    std::string name;
    std::vector<float> values;
};

/// A LoRA adapter and its gradients: for each weight W [in, out] of some layers A [in, r] and B [r, out],
/// which make W x into W x + (alpha / r) B A x.
class LoraWeights {
public:
    struct Pair {
        ggml_tensor *a, *b, *gradientA, *gradientB;
    };

    LoraWeights(const TrainApi& api, const Compute& compute, const std::vector<ggml_tensor*>& targets,
                int32_t rank, float alpha);

    /// A uniform in ±1/√in, B zero, so that the adapter changes nothing yet. One seed gives the same numbers
    /// on every platform.
    void initialise(uint64_t seed);
    /// Takes the numbers of an adapter file. Throws Error MODEL_INVALID if it doesn't fit.
    void load(const std::string& path, const std::string& architecture);
    void save(const std::string& path, const std::string& architecture,
              const std::map<std::string, std::string>& texts,
              const std::map<std::string, double>& numbers) const;

    /// The pair of a weight, null if it has none.
    const Pair* of(const ggml_tensor* weight) const;
    float scale() const { return alpha_ / static_cast<float>(rank_); }
    int32_t rank() const { return rank_; }

    /// A and B of each weight in turn.
    const std::vector<ggml_tensor*>& parameters() const { return parameters_; }
    const std::vector<ggml_tensor*>& gradients() const { return gradients_; }
    size_t size() const { return size_; }

    std::vector<NamedValues> read(const std::vector<ggml_tensor*>& tensors) const;
    void write(const std::vector<NamedValues>& values);
    void clearGradients();

    /// Bytes that have been taken for parameters and gradients.
    size_t allocated() const { return api_.ggml_backend_buffer_get_size(buffer_.get()); }
    /// Bytes that parameters and gradients of such an adapter take.
    static size_t bytes(const std::vector<ggml_tensor*>& targets, int32_t rank);

private:
    std::vector<float> toFloats(const ggml_tensor* tensor, const std::string& path) const;
    ggml_tensor* make(int64_t width, int64_t height, const std::string& name,
                      std::vector<ggml_tensor*>& list);

    const TrainApi& api_;
    const Compute& compute_;
    int32_t rank_;
    float alpha_;
    ContextPointer context_;
    BufferPointer buffer_;
    std::unordered_map<const ggml_tensor*, Pair> pairs_;
    std::vector<ggml_tensor*> parameters_, gradients_;
    size_t size_ = 0;
};

} // namespace iprm
