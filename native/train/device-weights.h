#pragma once

#include "compute.h"

#include <unordered_map>
#include <vector>

namespace iprm {

/// The weights of a model where graphs are computed. On the CPU these are the model's own; a device has
/// copies, in the model's own types, so that nothing depends on what llama.cpp would have put there.
class DeviceWeights {
public:
    /// Plans the copies. They have no memory yet, but look to a plan as if they had.
    DeviceWeights(const TrainApi& api, const Compute& compute, const std::vector<ggml_tensor*>& originals);

    /// Bytes that the copies are to take.
    size_t bytes() const;
    /// Bytes that have been taken for them.
    size_t allocated() const;
    /// Copies the weights. Throws Error OUT_OF_MEMORY.
    void load();

    /// The weight itself where it needs no copy.
    ggml_tensor* of(ggml_tensor* original) const;

private:
    const TrainApi& api_;
    const Compute& compute_;
    ContextPointer context_;
    BufferPointer buffer_;
    std::unordered_map<const ggml_tensor*, ggml_tensor*> copies_;
};

} // namespace iprm
