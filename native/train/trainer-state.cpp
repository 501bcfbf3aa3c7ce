#include "trainer-state.h"

#include "../error.h"

#include <algorithm>

namespace iprm {

namespace {

using GgufPointer = std::unique_ptr<gguf_context, decltype(&::gguf_free)>;

constexpr const char* kindKey = "general.type";
constexpr const char* kind = "implicit_prm.training_state";
constexpr const char* stepsKey = "implicit_prm.steps";

[[noreturn]] void unfitting(const std::string& path, const std::string& why) {
    throw Error("INVALID_INPUT", "The training in " + path + " cannot be gone on with: " + why);
}

void add(const TrainApi& api, gguf_context* file, ggml_context* context, const std::string& name,
         const std::vector<float>& values) {
    const auto size = static_cast<int64_t>(values.size());
    ggml_tensor* tensor = api.ggml_new_tensor(context, GGML_TYPE_F32, 1, &size);
    api.ggml_set_name(tensor, name.c_str());
    // Only read from, as the file is written.
    tensor->data = const_cast<float*>(values.data());
    api.gguf_add_tensor(file, tensor);
}

std::vector<float> read(const TrainApi& api, ggml_context* context, const std::string& name, size_t size,
                        const std::string& path) {
    const ggml_tensor* tensor = api.ggml_get_tensor(context, name.c_str());
    if (!tensor || tensor->type != GGML_TYPE_F32 || static_cast<size_t>(api.ggml_nelements(tensor)) != size)
        unfitting(path, "it has no " + name + " of " + std::to_string(size) + " numbers");
    const auto* values = static_cast<const float*>(tensor->data);
    return {values, values + size};
}

} // namespace

void writeState(const TrainApi& api, const std::string& path, const TrainingState& state) {
    const GgufPointer file(api.gguf_init_empty(), api.gguf_free);
    const size_t tensors = 3 * state.parameters.size() + 1;
    const ContextPointer context(
        api.ggml_init({api.ggml_tensor_overhead() * tensors, nullptr, /*no_alloc=*/true}), api.ggml_free);
    api.gguf_set_val_str(file.get(), kindKey, kind);
    api.gguf_set_val_u64(file.get(), stepsKey, state.steps);
    for (size_t i = 0; i < state.parameters.size(); ++i) {
        const std::string& name = state.parameters[i].name;
        add(api, file.get(), context.get(), name, state.parameters[i].values);
        add(api, file.get(), context.get(), name + ".m", state.means[i]);
        add(api, file.get(), context.get(), name + ".v", state.squares[i]);
    }
    if (!api.gguf_write_to_file(file.get(), path.c_str(), /*only_meta=*/false))
        throw Error("WRITE_FAILED", "The state of the training could not be written to " + path);
}

TrainingState readState(const TrainApi& api, const std::string& path,
                        const std::vector<ggml_tensor*>& parameters) {
    ggml_context* data = nullptr;
    const GgufPointer file(api.gguf_init_from_file(path.c_str(), {/*no_alloc=*/false, &data}), api.gguf_free);
    const ContextPointer context(data, api.ggml_free);
    if (!file) unfitting(path, "it cannot be read");
    const int64_t key = api.gguf_find_key(file.get(), kindKey);
    const int64_t steps = api.gguf_find_key(file.get(), stepsKey);
    const bool isState = key >= 0 && api.gguf_get_kv_type(file.get(), key) == GGUF_TYPE_STRING &&
                         std::string(api.gguf_get_val_str(file.get(), key)) == kind && steps >= 0 &&
                         api.gguf_get_kv_type(file.get(), steps) == GGUF_TYPE_UINT64;
    if (!isState) unfitting(path, "it is not the state of a training");
    if (api.gguf_get_n_tensors(file.get()) != static_cast<int64_t>(3 * parameters.size()))
        unfitting(path, "it trains other weights");
    TrainingState state;
    state.steps = api.gguf_get_val_u64(file.get(), steps);
    for (const ggml_tensor* parameter : parameters) {
        const std::string name = parameter->name;
        const auto size = static_cast<size_t>(api.ggml_nelements(parameter));
        state.parameters.push_back({name, read(api, data, name, size, path)});
        state.means.push_back(read(api, data, name + ".m", size, path));
        state.squares.push_back(read(api, data, name + ".v", size, path));
    }
    return state;
}

} // namespace iprm
