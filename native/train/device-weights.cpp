#include "device-weights.h"

namespace iprm {

DeviceWeights::DeviceWeights(const TrainApi& api, const Compute& compute,
                             const std::vector<ggml_tensor*>& originals)
    : api_(api), compute_(compute), context_(nullptr, api.ggml_free),
      buffer_(nullptr, api.ggml_backend_buffer_free) {
    if (!compute.isDevice()) return;
    context_ = compute.context(originals.size());
    for (const ggml_tensor* original : originals) {
        ggml_tensor* copy = api.ggml_new_tensor(context_.get(), original->type, 4, original->ne);
        api.ggml_set_name(copy, original->name);
        Compute::pretendPlaced(copy);
        copies_[original] = copy;
    }
}

size_t DeviceWeights::bytes() const {
    size_t bytes = 0;
    for (const auto& [original, copy] : copies_) bytes += compute_.bytes(copy);
    return bytes;
}

size_t DeviceWeights::allocated() const {
    return buffer_ ? api_.ggml_backend_buffer_get_size(buffer_.get()) : 0;
}

void DeviceWeights::load() {
    if (copies_.empty()) return;
    for (const auto& [original, copy] : copies_) copy->data = nullptr;
    buffer_ = compute_.allocate(context_.get(), "the weights");
    for (const auto& [original, copy] : copies_) compute_.copy(original, copy);
}

ggml_tensor* DeviceWeights::of(ggml_tensor* original) const {
    const auto found = copies_.find(original);
    return found == copies_.end() ? original : found->second;
}

} // namespace iprm
