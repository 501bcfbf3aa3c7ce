#include "compute.h"

#include "../error.h"

#include <string>

namespace iprm {

namespace {

bool askCancelled(void* cancelled) { return (*static_cast<const std::function<bool()>*>(cancelled))(); }

[[noreturn]] void outOfMemory(size_t bytes) {
    throw Error("OUT_OF_MEMORY", "There is no memory for " + std::to_string(bytes) +
                                     " bytes of training: lower maxTokens or use checkpoints");
}

} // namespace

Compute::Compute(const TrainApi& api, int32_t threads, Turns& turns)
    : api_(api), turns_(turns), backend_(nullptr, api.ggml_backend_free) {
    ggml_backend_dev_t device = api.ggml_backend_dev_by_type(GGML_BACKEND_DEVICE_TYPE_CPU);
    if (device) backend_.reset(api.ggml_backend_dev_init(device, nullptr));
    if (!backend_) throw Error("TRAINING_UNSUPPORTED", "llama.cpp has no CPU backend here");
    ggml_backend_reg_t registry = api.ggml_backend_dev_backend_reg(device);
    const auto setThreads = reinterpret_cast<ggml_backend_set_n_threads_t>(
        api.ggml_backend_reg_get_proc_address(registry, "ggml_backend_set_n_threads"));
    if (setThreads) setThreads(backend_.get(), threads);
    setAbort_ = reinterpret_cast<ggml_backend_set_abort_callback_t>(
        api.ggml_backend_reg_get_proc_address(registry, "ggml_backend_set_abort_callback"));
}

void Compute::run(ggml_cgraph* graph, const std::function<bool()>& cancelled) const {
    const std::lock_guard<Turns> turn(turns_);
    if (cancelled && cancelled()) throw Cancelled();
    if (setAbort_) {
        setAbort_(backend_.get(), cancelled ? askCancelled : nullptr,
                  const_cast<std::function<bool()>*>(&cancelled));
    }
    const ggml_status status = api_.ggml_backend_graph_compute(backend_.get(), graph);
    if (setAbort_) setAbort_(backend_.get(), nullptr, nullptr);
    if (status == GGML_STATUS_ABORTED) throw Cancelled();
    if (status != GGML_STATUS_SUCCESS) {
        throw Error("EVALUATION_FAILED",
                    "The computation of a layer failed with ggml's status " + std::to_string(status));
    }
}

ggml_backend_buffer_type_t Compute::bufferType() const {
    return api_.ggml_backend_get_default_buffer_type(backend_.get());
}

ContextPointer Compute::context(size_t tensors) const {
    ContextPointer context(
        api_.ggml_init({api_.ggml_tensor_overhead() * (tensors + 1), nullptr, /*no_alloc=*/true}),
        api_.ggml_free);
    if (!context) outOfMemory(api_.ggml_tensor_overhead() * tensors);
    return context;
}

BufferPointer Compute::allocate(ggml_context* context) const {
    BufferPointer buffer(api_.ggml_backend_alloc_ctx_tensors(context, backend_.get()),
                         api_.ggml_backend_buffer_free);
    if (!buffer) throw Error("OUT_OF_MEMORY", "There is no memory for the adapter");
    return buffer;
}

BufferPointer Compute::allocate(size_t bytes) const {
    BufferPointer buffer(api_.ggml_backend_buft_alloc_buffer(bufferType(), bytes),
                         api_.ggml_backend_buffer_free);
    if (!buffer) outOfMemory(bytes);
    return buffer;
}

size_t Compute::bytes(const ggml_tensor* tensor) const {
    const size_t alignment = api_.ggml_backend_buft_get_alignment(bufferType());
    const size_t size = api_.ggml_backend_buft_get_alloc_size(bufferType(), tensor);
    return (size + alignment - 1) / alignment * alignment;
}

AllocatorPointer Compute::allocator() const {
    return {api_.ggml_gallocr_new(bufferType()), api_.ggml_gallocr_free};
}

size_t Compute::plan(ggml_cgraph* graph) const {
    size_t bytes = 0;
    api_.ggml_gallocr_reserve_n_size(allocator().get(), graph, nullptr, nullptr, &bytes);
    return bytes;
}

size_t Compute::allocated(ggml_gallocr* allocator) const {
    return api_.ggml_gallocr_get_buffer_size(allocator, 0);
}

void Compute::place(ggml_gallocr* allocator, ggml_cgraph* graph) const {
    if (!api_.ggml_gallocr_alloc_graph(allocator, graph)) outOfMemory(plan(graph));
}

void Compute::write(ggml_tensor* tensor, const void* data, size_t bytes) const {
    // An input that nothing uses has no memory, and ggml ends the process over writing to it.
    if (tensor->data) api_.ggml_backend_tensor_set(tensor, data, 0, bytes);
}

void Compute::read(const ggml_tensor* tensor, void* data, size_t bytes) const {
    api_.ggml_backend_tensor_get(tensor, data, 0, bytes);
}

} // namespace iprm
