#pragma once

#include "../turns.h"
#include "train-api.h"

#include <functional>
#include <memory>
#include <vector>

namespace iprm {

using ContextPointer = std::unique_ptr<ggml_context, decltype(&::ggml_free)>;
using BufferPointer = std::unique_ptr<ggml_backend_buffer, decltype(&::ggml_backend_buffer_free)>;
using AllocatorPointer = std::unique_ptr<ggml_gallocr, decltype(&::ggml_gallocr_free)>;

/// The backend that graphs are computed on.
class Compute {
public:
    /// `turns`: whose turn it is to compute on the CPU.
    Compute(const TrainApi& api, int32_t threads, Turns& turns);

    /// Throws Cancelled if `cancelled` says so, Error EVALUATION_FAILED.
    void run(ggml_cgraph* graph, const std::function<bool()>& cancelled) const;

    ContextPointer context(size_t tensors) const;
    /// Memory for all tensors of a context. Throws Error OUT_OF_MEMORY.
    BufferPointer allocate(ggml_context* context) const;
    BufferPointer allocate(size_t bytes) const;
    /// Bytes that a tensor takes in a buffer, with what aligns the next.
    size_t bytes(const ggml_tensor* tensor) const;

    AllocatorPointer allocator() const;
    /// Bytes that the intermediate results of a graph would take.
    size_t plan(ggml_cgraph* graph) const;
    /// Bytes that an allocator has taken for such results.
    size_t allocated(ggml_gallocr* allocator) const;
    /// Gives the graph's results memory. Throws Error OUT_OF_MEMORY.
    void place(ggml_gallocr* allocator, ggml_cgraph* graph) const;

    void write(ggml_tensor* tensor, const void* data, size_t bytes) const;
    void read(const ggml_tensor* tensor, void* data, size_t bytes) const;

    template <typename T>
    void write(ggml_tensor* tensor, const std::vector<T>& values) const {
        write(tensor, values.data(), values.size() * sizeof(T));
    }

private:
    ggml_backend_buffer_type_t bufferType() const;

    const TrainApi& api_;
    Turns& turns_;
    std::unique_ptr<ggml_backend, decltype(&::ggml_backend_free)> backend_;
    ggml_backend_set_abort_callback_t setAbort_ = nullptr;
};

} // namespace iprm
