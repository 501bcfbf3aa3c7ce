#include "gguf-file.h"

#include "error.h"

#include <cstring>
#include <limits>

namespace iprm {

namespace {

gguf_context* read(const LlamaApi& api, const std::string& path, const std::string& whole, LogScope& log) {
    gguf_context* file = api.gguf_init_from_file(path.c_str(), {/*no_alloc=*/true, /*ctx=*/nullptr});
    if (file) return file;
    const std::string reason = log.takeErrors();
    throw Error("MODEL_INVALID",
                "Could not load " + whole + ": " + (reason.empty() ? "llama.cpp gives no reason" : reason));
}

template <typename T>
T at(const void* data, size_t index) {
    T value;
    std::memcpy(&value, static_cast<const char*>(data) + index * sizeof(T), sizeof(T));
    return value;
}

std::optional<int64_t> wholeNumberAt(gguf_type type, const void* data, size_t index) {
    switch (type) {
    case GGUF_TYPE_BOOL:
    case GGUF_TYPE_UINT8:
        return at<uint8_t>(data, index);
    case GGUF_TYPE_INT8:
        return at<int8_t>(data, index);
    case GGUF_TYPE_UINT16:
        return at<uint16_t>(data, index);
    case GGUF_TYPE_INT16:
        return at<int16_t>(data, index);
    case GGUF_TYPE_UINT32:
        return at<uint32_t>(data, index);
    case GGUF_TYPE_INT32:
        return at<int32_t>(data, index);
    case GGUF_TYPE_INT64:
        return at<int64_t>(data, index);
    case GGUF_TYPE_UINT64: {
        constexpr uint64_t greatest = std::numeric_limits<int64_t>::max();
        const auto value = at<uint64_t>(data, index);
        return static_cast<int64_t>(value < greatest ? value : greatest);
    }
    default:
        return std::nullopt;
    }
}

} // namespace

GgufFile::GgufFile(const LlamaApi& api, const std::string& path, const std::string& whole, LogScope& log)
    : api_(api), path_(path), file_(read(api, path, whole, log), api.gguf_free) {}

std::vector<std::string> GgufFile::keys() const {
    std::vector<std::string> keys;
    for (int64_t index = 0; index < api_.gguf_get_n_kv(file_.get()); ++index)
        keys.emplace_back(api_.gguf_get_key(file_.get(), index));
    return keys;
}

std::optional<std::string> GgufFile::text(const std::string& key) const {
    if (!isString(key)) return std::nullopt;
    return api_.gguf_get_val_str(file_.get(), find(key));
}

std::optional<double> GgufFile::real(const std::string& key) const {
    const int64_t index = find(key);
    if (index >= 0 && api_.gguf_get_kv_type(file_.get(), index) == GGUF_TYPE_FLOAT64)
        return api_.gguf_get_val_f64(file_.get(), index);
    return float32(key);
}

std::optional<float> GgufFile::float32(const std::string& key) const {
    const int64_t index = find(key);
    if (index < 0 || api_.gguf_get_kv_type(file_.get(), index) != GGUF_TYPE_FLOAT32) return std::nullopt;
    return api_.gguf_get_val_f32(file_.get(), index);
}

std::vector<int64_t> GgufFile::wholeNumbers(const std::string& key) const {
    const int64_t array = findArray(key, false), index = find(key);
    if (index < 0 || isString(key) || findArray(key, true) >= 0) return {};
    const auto type =
        array >= 0 ? api_.gguf_get_arr_type(file_.get(), array) : api_.gguf_get_kv_type(file_.get(), index);
    const size_t length = array >= 0 ? api_.gguf_get_arr_n(file_.get(), array) : 1;
    const void* data =
        array >= 0 ? api_.gguf_get_arr_data(file_.get(), array) : api_.gguf_get_val_data(file_.get(), index);
    std::vector<int64_t> numbers;
    for (size_t i = 0; i < length; ++i) {
        const auto number = wholeNumberAt(type, data, i);
        if (!number) return {};
        numbers.push_back(*number);
    }
    return numbers;
}

std::optional<int64_t> GgufFile::wholeNumber(const std::string& key) const {
    if (arrayLength(key)) return std::nullopt;
    const auto numbers = wholeNumbers(key);
    if (numbers.empty()) return std::nullopt;
    return numbers.front();
}

std::optional<size_t> GgufFile::arrayLength(const std::string& key) const {
    const int64_t index = find(key);
    if (index < 0 || api_.gguf_get_kv_type(file_.get(), index) != GGUF_TYPE_ARRAY) return std::nullopt;
    return api_.gguf_get_arr_n(file_.get(), index);
}

void GgufFile::eachString(const std::string& key,
                          const std::function<void(size_t, const char*)>& visit) const {
    const int64_t index = findArray(key, true);
    if (index < 0) return;
    const size_t length = api_.gguf_get_arr_n(file_.get(), index);
    for (size_t i = 0; i < length; ++i) visit(i, api_.gguf_get_arr_str(file_.get(), index, i));
}

std::string GgufFile::shown(const std::string& key) const {
    if (const auto string = text(key)) return "\"" + *string + "\"";
    if (const auto number = real(key)) return std::to_string(*number);
    if (const auto number = wholeNumber(key)) return std::to_string(*number);
    if (const auto length = arrayLength(key)) return "an array of " + std::to_string(*length);
    return has(key) ? "of another type" : "missing";
}

std::vector<GgufTensor> GgufFile::tensors() const {
    const gguf_context* file = file_.get();
    std::vector<GgufTensor> tensors;
    for (int64_t index = 0; index < api_.gguf_get_n_tensors(file); ++index) {
        tensors.push_back({api_.gguf_get_tensor_name(file, index), api_.gguf_get_tensor_type(file, index),
                           api_.gguf_get_tensor_ne(file, index),
                           api_.gguf_get_data_offset(file) + api_.gguf_get_tensor_offset(file, index)});
    }
    return tensors;
}

int64_t GgufFile::find(const std::string& key) const { return api_.gguf_find_key(file_.get(), key.c_str()); }

int64_t GgufFile::findArray(const std::string& key, bool ofStrings) const {
    if (!arrayLength(key)) return -1;
    const int64_t index = find(key);
    return (api_.gguf_get_arr_type(file_.get(), index) == GGUF_TYPE_STRING) == ofStrings ? index : -1;
}

bool GgufFile::isString(const std::string& key) const {
    return has(key) && api_.gguf_get_kv_type(file_.get(), find(key)) == GGUF_TYPE_STRING;
}

} // namespace iprm
