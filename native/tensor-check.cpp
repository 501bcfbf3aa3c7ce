#include "tensor-check.h"

#include "model-check.h"

#include <algorithm>
#include <array>
#include <map>

namespace iprm {

namespace {

/// What llama.cpp's CPU backend asks of memory that it computes on, and it computes on the mapped file.
constexpr uint64_t dataAlignment = 32;

bool contains(const std::string& text, const char* part) { return text.find(part) != std::string::npos; }

bool endsWith(const std::string& text, const std::string& end) {
    return text.size() >= end.size() && text.compare(text.size() - end.size(), end.size(), end) == 0;
}

/// Types that a matrix can be multiplied with.
bool isMatrixType(ggml_type type) {
    switch (type) {
    case GGML_TYPE_I8:
    case GGML_TYPE_I16:
    case GGML_TYPE_I32:
    case GGML_TYPE_I64:
    case GGML_TYPE_F64:
    case GGML_TYPE_Q8_1:
    case GGML_TYPE_Q8_K:
        return false;
    default:
        return type >= 0 && type < GGML_TYPE_COUNT;
    }
}

/// Tables of numbers of tokens or experts.
bool isIndexTable(const std::string& name) {
    return contains(name, "_tid2eid") || contains(name, "masked_embd_ordering");
}

/// Norms, biases and the like, which are multiplied with or added to activations element by element: only F32
/// is implemented, and llama.cpp's converters write nothing else.
bool isElementwise(const GgufTensor& tensor) {
    const std::string& name = tensor.name;
    if (contains(name, "_norm") && tensor.shape[1] == 1) return true;
    return endsWith(name, ".bias") || contains(name, "rope_freqs") || contains(name, "rope_factors") ||
           contains(name, "attn_sinks") || contains(name, "layer_output_scale");
}

std::string describe(const GgufTensor& tensor) {
    return "the tensor " + tensor.name + " is of type " + std::to_string(tensor.type);
}

void checkPosition(const GgufFile& file, const GgufTensor& tensor) {
    if (tensor.position % dataAlignment == 0) return;
    refuseModel(file,
                "the data of tensor " + tensor.name + " begins at byte " + std::to_string(tensor.position) +
                    " (general.alignment is " + file.shown("general.alignment") + ")",
                "a multiple of " + std::to_string(dataAlignment));
}

void checkType(const GgufFile& file, const GgufTensor& tensor) {
    if (isIndexTable(tensor.name)) {
        if (tensor.type != GGML_TYPE_I32)
            refuseModel(file, describe(tensor), "26 (I32) for a table of numbers");
    } else if (isElementwise(tensor)) {
        if (tensor.type != GGML_TYPE_F32) refuseModel(file, describe(tensor), "0 (F32) for a norm or a bias");
    } else if (!isMatrixType(tensor.type)) {
        refuseModel(file, describe(tensor), "a floating-point or quantised type for a weight");
    }
}

struct Factors {
    const GgufTensor *a = nullptr, *b = nullptr;
};

/// A product of the two factors has to be possible, for each expert where there are several.
void checkFactors(const GgufFile& file, const Factors& factors) {
    if (!factors.a || !factors.b) return; // llama.cpp says so itself
    for (const GgufTensor* factor : {factors.a, factors.b}) {
        const int64_t* shape = factor->shape;
        const bool isEmpty = std::any_of(shape, shape + GGML_MAX_DIMS, [](int64_t size) { return size < 1; });
        const bool isStack = shape[2] != 1 && !contains(factor->name, "_exps");
        if (isEmpty || isStack || shape[3] != 1 || factors.a->shape[2] != factors.b->shape[2]) {
            refuseModel(file,
                        "the tensor " + factor->name + " has the shape " + std::to_string(shape[0]) + " × " +
                            std::to_string(shape[1]) + " × " + std::to_string(shape[2]) + " × " +
                            std::to_string(shape[3]),
                        "a matrix, or one for each expert");
        }
    }
}

} // namespace

void checkModelTensors(const GgufFile& file) {
    for (const auto& tensor : file.tensors()) {
        checkPosition(file, tensor);
        checkType(file, tensor);
    }
}

void checkAdapterTensors(const GgufFile& file) {
    const auto tensors = file.tensors();
    std::map<std::string, Factors> pairs;
    for (const auto& tensor : tensors) {
        if (!isMatrixType(tensor.type))
            refuseModel(file, describe(tensor), "a floating-point or quantised type for a weight");
        const std::string name = tensor.name.substr(0, tensor.name.rfind(".lora_"));
        if (endsWith(tensor.name, ".lora_a")) pairs[name].a = &tensor;
        if (endsWith(tensor.name, ".lora_b")) pairs[name].b = &tensor;
    }
    for (const auto& pair : pairs) checkFactors(file, pair.second);
}

} // namespace iprm
