#pragma once

#include "../turns.h"
#include "operations.h"
#include "train-api.h"

#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace iprm {

using ContextPointer = std::unique_ptr<ggml_context, decltype(&::ggml_free)>;
using BufferPointer = std::unique_ptr<ggml_backend_buffer, decltype(&::ggml_backend_buffer_free)>;
using AllocatorPointer = std::unique_ptr<ggml_gallocr, decltype(&::ggml_gallocr_free)>;

/// The backend that graphs are computed on: the CPU, or a device.
class Compute {
public:
    /// `device`: null for the CPU, with so many threads. `turns`: whose turn it is to compute on the CPU.
    Compute(const TrainApi& api, ggml_backend_dev_t device, int32_t threads, Turns& turns);

    bool isDevice() const { return device_ != nullptr; }
    /// What the device calls itself, empty for the CPU.
    std::string deviceName() const;
    /// The fastest that this backend has.
    Operations operations() const;

    /// Throws Cancelled if `cancelled` says so, on a device between two operations; Error EVALUATION_FAILED.
    void run(ggml_cgraph* graph, const std::function<bool()>& cancelled) const;

    ContextPointer context(size_t tensors) const;
    /// Memory for all tensors of a context. Throws Error OUT_OF_MEMORY naming what it was for.
    BufferPointer allocate(ggml_context* context, const char* what) const;
    BufferPointer allocate(size_t bytes) const;
    /// Lets a tensor without memory look to `plan` as if it had some.
    static void pretendPlaced(ggml_tensor* tensor) { tensor->data = reinterpret_cast<void*>(64); }
    /// Bytes that a tensor takes in a buffer, with what aligns the next.
    size_t bytes(const ggml_tensor* tensor) const;

    AllocatorPointer allocator() const;
    /// Bytes that the intermediate results of a graph would take. Throws Error TRAINING_UNSUPPORTED naming an
    /// operation that a device doesn't have.
    size_t plan(ggml_cgraph* graph) const;
    /// Bytes that an allocator has taken for such results.
    size_t allocated(ggml_gallocr* allocator) const;
    /// Gives the graph's results memory. Throws Error OUT_OF_MEMORY, and as `plan` does.
    void place(ggml_gallocr* allocator, ggml_cgraph* graph) const;

    void write(ggml_tensor* tensor, const void* data, size_t bytes) const;
    void read(const ggml_tensor* tensor, void* data, size_t bytes) const;
    /// Of a tensor in the host's memory.
    void copy(const ggml_tensor* from, ggml_tensor* to) const;

    template <typename T>
    void write(ggml_tensor* tensor, const std::vector<T>& values) const {
        write(tensor, values.data(), values.size() * sizeof(T));
    }

private:
    ggml_backend_buffer_type_t bufferType() const;
    ContextPointer contextOf(size_t bytes) const;
    void requireSupported(ggml_cgraph* graph) const;
    ggml_status runStepwise(ggml_cgraph* graph, const std::function<bool()>& cancelled) const;

    const TrainApi& api_;
    ggml_backend_dev_t device_;
    Turns& turns_;
    std::unique_ptr<ggml_backend, decltype(&::ggml_backend_free)> backend_;
    ggml_backend_set_abort_callback_t setAbort_ = nullptr;
};

} // namespace iprm
