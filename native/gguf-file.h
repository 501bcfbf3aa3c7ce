#pragma once

#include "llama-api.h"
#include "log.h"

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace iprm {

/// What a GGUF file says of one tensor.
struct GgufTensor {
    std::string name;
    ggml_type type;
    /// GGML_MAX_DIMS sizes, innermost first; 1 beyond the tensor's own dimensions.
    const int64_t* shape;
    /// Where in the file its data begins, in bytes.
    uint64_t position;
};

/// The metadata and the list of tensors of a GGUF file, without the data. Every question may be asked
/// whatever type the file gives a key, unlike those of gguf.h, which end the process on a type they do not
/// expect.
class GgufFile {
public:
    /// `whole` is what an error says could not be loaded, such as "the model a.gguf". Throws Error
    /// MODEL_INVALID with the parser's reason.
    GgufFile(const LlamaApi& api, const std::string& path, const std::string& whole, LogScope& log);

    const std::string& path() const { return path_; }

    bool has(const std::string& key) const { return find(key) >= 0; }

    /// All keys, in the order of the file.
    std::vector<std::string> keys() const;

    /// A string, absent if the key is or holds something else; so are the following.
    std::optional<std::string> text(const std::string& key) const;

    /// A single floating-point number, and one of 32 bits.
    std::optional<double> real(const std::string& key) const;
    std::optional<float> float32(const std::string& key) const;

    /// Whole numbers of any width, or 0 and 1 for booleans: one for a scalar, all of an array. Above 2^63 - 1
    /// they are that.
    std::vector<int64_t> wholeNumbers(const std::string& key) const;
    std::optional<int64_t> wholeNumber(const std::string& key) const;

    std::optional<size_t> arrayLength(const std::string& key) const;

    /// Calls `visit` with each string of an array.
    void eachString(const std::string& key, const std::function<void(size_t, const char*)>& visit) const;

    /// A value as an error message shows it: the scalar, or "an array of 3 numbers".
    std::string shown(const std::string& key) const;

    std::vector<GgufTensor> tensors() const;

private:
    int64_t find(const std::string& key) const;
    /// The index of a key that holds an array (of whatever but strings, or of strings), -1 otherwise.
    int64_t findArray(const std::string& key, bool ofStrings) const;
    bool isString(const std::string& key) const;

    const LlamaApi& api_;
    std::string path_;
    std::unique_ptr<gguf_context, decltype(&::gguf_free)> file_;
};

} // namespace iprm
