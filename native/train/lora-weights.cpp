#include "lora-weights.h"

#include "../error.h"
#include "graph-builder.h"
#include "portable-random.h"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <cstring>

namespace iprm {

namespace {

using GgufPointer = std::unique_ptr<gguf_context, decltype(&::gguf_free)>;

[[noreturn]] void unfitting(const std::string& path, const std::string& why) {
    throw Error("MODEL_INVALID", "The adapter " + path + " cannot be gone on from: " + why);
}

std::string shapeText(const ggml_tensor* tensor) {
    return std::to_string(tensor->ne[0]) + " × " + std::to_string(tensor->ne[1]);
}

std::string shortest(float number) {
    char text[32];
    std::snprintf(text, sizeof text, "%g", static_cast<double>(number));
    return text;
}

} // namespace

LoraWeights::LoraWeights(const TrainApi& api, const Compute& compute,
                         const std::vector<ggml_tensor*>& targets, int32_t rank, float alpha)
    : api_(api), compute_(compute), rank_(rank), alpha_(alpha), context_(compute.context(4 * targets.size())),
      buffer_(nullptr, api.ggml_backend_buffer_free) {
    auto sorted = targets;
    std::sort(sorted.begin(), sorted.end(), [](const ggml_tensor* left, const ggml_tensor* right) {
        return std::strcmp(left->name, right->name) < 0;
    });
    for (const ggml_tensor* weight : sorted) {
        const std::string name = weight->name;
        const int64_t in = weight->ne[0], out = weight->ne[1];
        Pair pair;
        pair.a = make(in, rank, name + ".lora_a", parameters_);
        pair.b = make(rank, out, name + ".lora_b", parameters_);
        pair.gradientA = make(in, rank, name + ".lora_a", gradients_);
        pair.gradientB = make(rank, out, name + ".lora_b", gradients_);
        pairs_[weight] = pair;
    }
    for (const ggml_tensor* tensor : parameters_) size_ += static_cast<size_t>(api_.ggml_nelements(tensor));
    buffer_ = compute.allocate(context_.get(), "the adapter");
    api_.ggml_backend_buffer_clear(buffer_.get(), 0);
}

ggml_tensor* LoraWeights::make(int64_t width, int64_t height, const std::string& name,
                               std::vector<ggml_tensor*>& list) {
    const int64_t shape[] = {width, height};
    if (name.size() >= GGML_MAX_NAME) throw Error("TRAINING_UNSUPPORTED", "A name is too long: " + name);
    ggml_tensor* tensor = api_.ggml_new_tensor(context_.get(), GGML_TYPE_F32, 2, shape);
    api_.ggml_set_name(tensor, name.c_str());
    list.push_back(tensor);
    return tensor;
}

void LoraWeights::initialise(uint64_t seed) {
    PortableRandom random(seed);
    for (size_t i = 0; i < parameters_.size(); i += 2) {
        ggml_tensor *a = parameters_[i], *b = parameters_[i + 1];
        std::vector<float> values(static_cast<size_t>(api_.ggml_nelements(a)));
        const float bound = 1 / std::sqrt(static_cast<float>(a->ne[0]));
        for (float& value : values) value = random.symmetric() * bound;
        compute_.write(a, values);
        values.assign(static_cast<size_t>(api_.ggml_nelements(b)), 0.0f);
        compute_.write(b, values);
    }
}

void LoraWeights::load(const std::string& path, const std::string& architecture) {
    ggml_context* data = nullptr;
    const GgufPointer file(api_.gguf_init_from_file(path.c_str(), {/*no_alloc=*/false, &data}),
                           api_.gguf_free);
    const ContextPointer tensors(data, api_.ggml_free);
    if (!file) unfitting(path, "it is no GGUF file");
    const int64_t key = api_.gguf_find_key(file.get(), "general.architecture");
    if (key < 0 || api_.gguf_get_kv_type(file.get(), key) != GGUF_TYPE_STRING ||
        architecture != api_.gguf_get_val_str(file.get(), key))
        unfitting(path, "it is not for the architecture " + architecture);
    if (api_.gguf_get_n_tensors(file.get()) != static_cast<int64_t>(parameters_.size()))
        unfitting(path, "it adapts other weights than are to be trained");
    for (ggml_tensor* parameter : parameters_) {
        const ggml_tensor* source = api_.ggml_get_tensor(data, parameter->name);
        if (!source) unfitting(path, std::string("it has no ") + parameter->name);
        if (shapeOf(source) != shapeOf(parameter)) {
            unfitting(path, std::string(parameter->name) + " is " + shapeText(source) + ", not " +
                                shapeText(parameter) + ": give the rank that it has");
        }
        compute_.write(parameter, toFloats(source, path));
    }
    const int64_t scale = api_.gguf_find_key(file.get(), "adapter.lora.alpha");
    if (scale < 0 || api_.gguf_get_kv_type(file.get(), scale) != GGUF_TYPE_FLOAT32)
        unfitting(path, "it does not say its alpha");
    // With another its numbers would mean something else.
    const float alpha = api_.gguf_get_val_f32(file.get(), scale);
    if (alpha != alpha_)
        unfitting(path, "its alpha is " + shortest(alpha) + ", not " + shortest(alpha_) + ": give that");
}

std::vector<float> LoraWeights::toFloats(const ggml_tensor* tensor, const std::string& path) const {
    std::vector<float> values(static_cast<size_t>(api_.ggml_nelements(tensor)));
    if (tensor->type == GGML_TYPE_F32) {
        std::memcpy(values.data(), tensor->data, values.size() * sizeof(float));
        return values;
    }
    const auto convert = api_.ggml_get_type_traits(tensor->type)->to_float;
    if (!convert) unfitting(path, std::string(tensor->name) + " has no floating-point type");
    convert(tensor->data, values.data(), static_cast<int64_t>(values.size()));
    return values;
}

void LoraWeights::save(const std::string& path, const std::string& architecture,
                       const std::map<std::string, std::string>& texts,
                       const std::map<std::string, double>& numbers) const {
    const GgufPointer file(api_.gguf_init_empty(), api_.gguf_free);
    for (const auto& [key, text] : texts) api_.gguf_set_val_str(file.get(), key.c_str(), text.c_str());
    for (const auto& [key, number] : numbers)
        api_.gguf_set_val_f32(file.get(), key.c_str(), static_cast<float>(number));
    api_.gguf_set_val_str(file.get(), "general.architecture", architecture.c_str());
    api_.gguf_set_val_str(file.get(), "general.type", "adapter");
    api_.gguf_set_val_str(file.get(), "adapter.type", "lora");
    api_.gguf_set_val_f32(file.get(), "adapter.lora.alpha", alpha_);
    // Weights on the CPU are where ggml can write them from.
    for (const ggml_tensor* parameter : parameters_) api_.gguf_add_tensor(file.get(), parameter);
    if (!api_.gguf_write_to_file(file.get(), path.c_str(), /*only_meta=*/false))
        throw Error("WRITE_FAILED", "The adapter could not be written to " + path);
}

const LoraWeights::Pair* LoraWeights::of(const ggml_tensor* weight) const {
    const auto found = pairs_.find(weight);
    return found == pairs_.end() ? nullptr : &found->second;
}

std::vector<NamedValues> LoraWeights::read(const std::vector<ggml_tensor*>& tensors) const {
    std::vector<NamedValues> result;
    for (const ggml_tensor* tensor : tensors) {
        NamedValues named{tensor->name, std::vector<float>(static_cast<size_t>(api_.ggml_nelements(tensor)))};
        compute_.read(tensor, named.values.data(), named.values.size() * sizeof(float));
        result.push_back(std::move(named));
    }
    return result;
}

void LoraWeights::write(const std::vector<NamedValues>& values) {
    for (const auto& named : values) {
        const auto found =
            std::find_if(parameters_.begin(), parameters_.end(),
                         [&](const ggml_tensor* tensor) { return named.name == tensor->name; });
        if (found == parameters_.end())
            throw Error("INVALID_INPUT", "The adapter has no parameters called " + named.name);
        if (named.values.size() != static_cast<size_t>(api_.ggml_nelements(*found))) {
            throw Error("INVALID_INPUT", named.name + " has " + std::to_string(api_.ggml_nelements(*found)) +
                                             " numbers, not " + std::to_string(named.values.size()));
        }
        compute_.write(*found, named.values);
    }
}

void LoraWeights::clearGradients() {
    for (ggml_tensor* gradient : gradients_) {
        compute_.write(gradient, std::vector<float>(static_cast<size_t>(api_.ggml_nelements(gradient))));
    }
}

size_t LoraWeights::bytes(const std::vector<ggml_tensor*>& targets, int32_t rank) {
    size_t numbers = 0;
    for (const ggml_tensor* weight : targets)
        numbers += static_cast<size_t>((weight->ne[0] + weight->ne[1]) * rank);
    return 2 * numbers * sizeof(float);
}

} // namespace iprm
