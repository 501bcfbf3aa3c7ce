#pragma once

#include "../runtime.h"

#include <cstddef>
#include <functional>
#include <map>
#include <string>

namespace iprm {

struct MergeOptions {
    RuntimeFiles runtime;
    std::string base, adapter, output;
    /// Metadata to write, beside all of the base's and the adapter's own `implicit_prm.…`.
    std::map<std::string, std::string> texts;
    std::map<std::string, double> numbers;
};

struct MergeResult {
    /// Of how many weights of how many tensors the adapter changed some.
    size_t merged, tensors;
};

/// Writes a model that is base and adapter in one: each adapted weight W becomes W + (alpha / r) B A, in its
/// own type. Memory is needed for a part of one tensor at a time. Throws Error MODEL_INVALID, WRITE_FAILED,
/// Cancelled.
MergeResult mergeAdapter(const MergeOptions& options, const std::function<void(double, double)>& onProgress,
                         const std::function<bool()>& cancelled);

} // namespace iprm
