#include "compute.h"

#include "../error.h"

#include <cstring>
#include <mutex>
#include <string>

namespace iprm {

namespace {

bool askCancelled(void* cancelled) { return (*static_cast<const std::function<bool()>*>(cancelled))(); }

[[noreturn]] void outOfMemory(size_t bytes) {
    throw Error("OUT_OF_MEMORY", "There is no memory for " + std::to_string(bytes) +
                                     " bytes of training: lower maxTokens or use checkpoints");
}

} // namespace

Compute::Compute(const TrainApi& api, ggml_backend_dev_t device, int32_t threads, Turns& turns)
    : api_(api), device_(device), turns_(turns), backend_(nullptr, api.ggml_backend_free) {
    if (device_) {
        backend_.reset(api.ggml_backend_dev_init(device_, nullptr));
        if (!backend_) throw Error("GPU_UNAVAILABLE", "The device " + deviceName() + " cannot be used");
        return;
    }
    device = api.ggml_backend_dev_by_type(GGML_BACKEND_DEVICE_TYPE_CPU);
    if (device) backend_.reset(api.ggml_backend_dev_init(device, nullptr));
    if (!backend_) throw Error("TRAINING_UNSUPPORTED", "llama.cpp has no CPU backend here");
    ggml_backend_reg_t registry = api.ggml_backend_dev_backend_reg(device);
    const auto setThreads = reinterpret_cast<ggml_backend_set_n_threads_t>(
        api.ggml_backend_reg_get_proc_address(registry, "ggml_backend_set_n_threads"));
    if (setThreads) setThreads(backend_.get(), threads);
    setAbort_ = reinterpret_cast<ggml_backend_set_abort_callback_t>(
        api.ggml_backend_reg_get_proc_address(registry, "ggml_backend_set_abort_callback"));
}

std::string Compute::deviceName() const { return device_ ? api_.ggml_backend_dev_description(device_) : ""; }

Operations Compute::operations() const {
    if (device_) return Operations::Portable;
    ggml_backend_dev_t cpu = api_.ggml_backend_dev_by_type(GGML_BACKEND_DEVICE_TYPE_CPU);
    const auto features =
        reinterpret_cast<ggml_backend_get_features_t>(api_.ggml_backend_reg_get_proc_address(
            api_.ggml_backend_dev_backend_reg(cpu), "ggml_backend_get_features"));
    if (!features) return Operations::Cpu;
    for (const auto* feature = features(api_.ggml_backend_dev_backend_reg(cpu)); feature->name; ++feature) {
        if (std::strcmp(feature->name, "AVX512_BF16") == 0) return Operations::CpuWithBf16;
    }
    return Operations::Cpu;
}

void Compute::run(ggml_cgraph* graph, const std::function<bool()>& cancelled) const {
    std::unique_lock<Turns> turn(turns_, std::defer_lock);
    if (!device_) turn.lock();
    if (cancelled && cancelled()) throw Cancelled();
    if (setAbort_) {
        setAbort_(backend_.get(), cancelled ? askCancelled : nullptr,
                  const_cast<std::function<bool()>*>(&cancelled));
    }
    const ggml_status status =
        device_ ? runStepwise(graph, cancelled) : api_.ggml_backend_graph_compute(backend_.get(), graph);
    if (setAbort_) setAbort_(backend_.get(), nullptr, nullptr);
    if (status == GGML_STATUS_ABORTED) throw Cancelled();
    if (status != GGML_STATUS_SUCCESS) {
        throw Error("EVALUATION_FAILED",
                    "The computation of a layer failed with ggml's status " + std::to_string(status));
    }
}

/// One operation after the other, so that it can be stopped between any two: a device has no callback for
/// that. Given many at once, llama.cpp's Vulkan backend moreover crashed now and then in Mesa 22.3's driver,
/// and never so.
ggml_status Compute::runStepwise(ggml_cgraph* graph, const std::function<bool()>& cancelled) const {
    const ContextPointer context = contextOf(api_.ggml_graph_overhead_custom(1, false));
    ggml_cgraph* step = api_.ggml_new_graph_custom(context.get(), 1, false);
    for (int i = 0; i < api_.ggml_graph_n_nodes(graph); ++i) {
        if (cancelled && cancelled()) return GGML_STATUS_ABORTED;
        api_.ggml_graph_clear(step);
        api_.ggml_graph_add_node(step, api_.ggml_graph_node(graph, i));
        const ggml_status status = api_.ggml_backend_graph_compute(backend_.get(), step);
        if (status != GGML_STATUS_SUCCESS) return status;
    }
    return GGML_STATUS_SUCCESS;
}

ggml_backend_buffer_type_t Compute::bufferType() const {
    return api_.ggml_backend_get_default_buffer_type(backend_.get());
}

ContextPointer Compute::context(size_t tensors) const {
    return contextOf(api_.ggml_tensor_overhead() * (tensors + 1));
}

ContextPointer Compute::contextOf(size_t bytes) const {
    ContextPointer context(api_.ggml_init({bytes, nullptr, /*no_alloc=*/true}), api_.ggml_free);
    if (!context) outOfMemory(bytes);
    return context;
}

BufferPointer Compute::allocate(ggml_context* context, const char* what) const {
    BufferPointer buffer(api_.ggml_backend_alloc_ctx_tensors(context, backend_.get()),
                         api_.ggml_backend_buffer_free);
    if (!buffer) {
        throw Error("OUT_OF_MEMORY",
                    std::string("There is no memory for ") + what + (device_ ? " on " + deviceName() : ""));
    }
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

void Compute::requireSupported(ggml_cgraph* graph) const {
    for (int i = 0; i < api_.ggml_graph_n_nodes(graph); ++i) {
        const ggml_tensor* node = api_.ggml_graph_node(graph, i);
        if (api_.ggml_backend_supports_op(backend_.get(), node)) continue;
        const ggml_tensor* source = node->src[0];
        throw Error("TRAINING_UNSUPPORTED",
                    "This model cannot be trained on " + deviceName() + ", which has no operation " +
                        api_.ggml_op_name(node->op) +
                        (source ? std::string(" for ") + api_.ggml_type_name(source->type) : "") +
                        "; it may be on the CPU");
    }
}

size_t Compute::plan(ggml_cgraph* graph) const {
    if (device_) requireSupported(graph);
    size_t bytes = 0;
    api_.ggml_gallocr_reserve_n_size(allocator().get(), graph, nullptr, nullptr, &bytes);
    return bytes;
}

size_t Compute::allocated(ggml_gallocr* allocator) const {
    return api_.ggml_gallocr_get_buffer_size(allocator, 0);
}

void Compute::place(ggml_gallocr* allocator, ggml_cgraph* graph) const {
    if (device_) requireSupported(graph);
    if (!api_.ggml_gallocr_alloc_graph(allocator, graph)) outOfMemory(plan(graph));
}

void Compute::write(ggml_tensor* tensor, const void* data, size_t bytes) const {
    // An input that nothing uses has no memory, and ggml ends the process over writing to it.
    if (tensor->data) api_.ggml_backend_tensor_set(tensor, data, 0, bytes);
}

void Compute::read(const ggml_tensor* tensor, void* data, size_t bytes) const {
    api_.ggml_backend_tensor_get(tensor, data, 0, bytes);
}

void Compute::copy(const ggml_tensor* from, ggml_tensor* to) const {
    api_.ggml_backend_tensor_set(to, from->data, 0, api_.ggml_nbytes(from));
}

} // namespace iprm
