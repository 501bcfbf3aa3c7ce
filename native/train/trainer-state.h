#pragma once

#include "lora-weights.h"

#include <string>
#include <vector>

namespace iprm {

/// Named numbers and a count of steps, to be gone on from.
struct TrainingState {
    uint64_t steps = 0;
    std::vector<NamedValues> parameters;
    /// Of the optimizer, in the order of the parameters.
    std::vector<std::vector<float>> means, squares;
};

/// Writes a GGUF file of all of it, exact. Throws Error WRITE_FAILED.
void writeState(const TrainApi& api, const std::string& path, const TrainingState& state);

/// Reads what writeState wrote, for parameters of these names and sizes. Throws Error INVALID_INPUT if the
/// file is of another training.
TrainingState readState(const TrainApi& api, const std::string& path,
                        const std::vector<ggml_tensor*>& parameters);

} // namespace iprm
