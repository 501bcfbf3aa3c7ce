#include "merge-adapter.h"

#include "../error.h"
#include "compute.h"
#include "train-api.h"

#include <algorithm>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <vector>

namespace iprm {

namespace {

constexpr int64_t rowsAtOnce = 256;

[[noreturn]] void refuse(const std::string& why) { throw Error("MODEL_INVALID", why); }

/// A GGUF file: its metadata, and its tensors with or without their data.
class GgufFile {
public:
    GgufFile(const TrainApi& api, const std::string& path, bool withData)
        : api_(api), path_(path), file_(nullptr, api.gguf_free), tensors_(nullptr, api.ggml_free) {
        ggml_context* tensors = nullptr;
        file_.reset(api.gguf_init_from_file(path.c_str(), {/*no_alloc=*/!withData, &tensors}));
        tensors_.reset(tensors);
        if (!file_) refuse("Could not read " + path + ": it is missing or no GGUF file");
    }

    gguf_context* get() const { return file_.get(); }
    const std::string& path() const { return path_; }
    int64_t size() const { return api_.gguf_get_n_tensors(file_.get()); }
    std::string name(int64_t index) const { return api_.gguf_get_tensor_name(file_.get(), index); }
    const ggml_tensor* tensor(const std::string& name) const {
        return api_.ggml_get_tensor(tensors_.get(), name.c_str());
    }
    size_t dataOffset(int64_t index) const {
        return api_.gguf_get_data_offset(file_.get()) + api_.gguf_get_tensor_offset(file_.get(), index);
    }
    std::string text(const char* key) const {
        const int64_t at = api_.gguf_find_key(file_.get(), key);
        const bool isText = at >= 0 && api_.gguf_get_kv_type(file_.get(), at) == GGUF_TYPE_STRING;
        return isText ? api_.gguf_get_val_str(file_.get(), at) : std::string();
    }
    float number(const char* key) const {
        const int64_t at = api_.gguf_find_key(file_.get(), key);
        if (at < 0 || api_.gguf_get_kv_type(file_.get(), at) != GGUF_TYPE_FLOAT32)
            refuse("The adapter " + path_ + " has no number " + key);
        return api_.gguf_get_val_f32(file_.get(), at);
    }

private:
    const TrainApi& api_;
    std::string path_;
    std::unique_ptr<gguf_context, decltype(&::gguf_free)> file_;
    ContextPointer tensors_;
};

/// What an adapter changes of one weight.
struct Change {
    /// [r, in] and [out, r], row by row.
    std::vector<float> a, b;
    size_t rank = 0;
    float scale = 0;
};

class Merger {
public:
    Merger(const TrainApi& api, const MergeOptions& options)
        : api_(api), options_(options), base_(api, options.base, false), adapter_(api, options.adapter, true),
          output_(api.gguf_init_empty(), api.gguf_free) {
        check();
        describe();
    }

    MergeResult write(const std::function<void(double, double)>& onProgress,
                      const std::function<bool()>& cancelled);

private:
    void check() const;
    void checkTensor(const std::string& name) const;
    void describe();
    void keepOwnMetadata();
    void writeTensor(int64_t index, std::istream& in, std::ostream& out);
    Change changeOf(const std::string& weight) const;
    std::vector<float> floats(const ggml_tensor* tensor) const;
    void apply(const Change& change, int64_t firstRow, int64_t rows, int64_t width,
               std::vector<float>& values) const;

    const TrainApi& api_;
    const MergeOptions& options_;
    GgufFile base_, adapter_;
    std::unique_ptr<gguf_context, decltype(&::gguf_free)> output_;
};

bool endsWith(const std::string& text, const std::string& end) {
    return text.size() > end.size() && text.compare(text.size() - end.size(), end.size(), end) == 0;
}

/// All that can be wrong, before anything is written.
void Merger::check() const {
    if (adapter_.text("adapter.type") != "lora") refuse(adapter_.path() + " is no LoRA adapter");
    const std::string architecture = base_.text("general.architecture");
    if (adapter_.text("general.architecture") != architecture) {
        refuse("The adapter " + adapter_.path() + " is for the architecture " +
               adapter_.text("general.architecture") + ", but " + base_.path() + " is of " + architecture);
    }
    if (api_.gguf_find_key(base_.get(), "split.count") >= 0) {
        refuse(base_.path() + " is one of several files of a model: join them first, as by llama.cpp's "
                              "llama-gguf-split --merge");
    }
    for (int64_t i = 0; i < adapter_.size(); ++i) checkTensor(adapter_.name(i));
}

void Merger::checkTensor(const std::string& name) const {
    if (endsWith(name, ".lora_b")) return;
    if (!endsWith(name, ".lora_a")) refuse("The adapter has a tensor that is no part of a LoRA: " + name);
    const std::string weightName = name.substr(0, name.size() - std::strlen(".lora_a"));
    const ggml_tensor* weight = base_.tensor(weightName);
    const ggml_tensor *a = adapter_.tensor(name), *b = adapter_.tensor(weightName + ".lora_b");
    if (!weight) refuse("The adapter changes " + weightName + ", which " + base_.path() + " does not have");
    if (!b || a->ne[0] != weight->ne[0] || b->ne[1] != weight->ne[1] || a->ne[1] != b->ne[0] ||
        weight->ne[2] != 1)
        refuse("The adapter's change of " + weightName + " has another shape than that");
    const auto* traits = api_.ggml_get_type_traits(weight->type);
    const bool isReadable = weight->type == GGML_TYPE_F32 || traits->to_float;
    if (!isReadable || api_.ggml_quantize_requires_imatrix(weight->type)) {
        refuse(weightName + " is of type " + api_.ggml_type_name(weight->type) +
               ", which weights cannot be turned back into: merge with a base of another type");
    }
}

void Merger::describe() {
    api_.gguf_set_kv(output_.get(), base_.get());
    // ggml aligns what it writes as it is used to, whatever is copied.
    api_.gguf_remove_key(output_.get(), "general.alignment");
    keepOwnMetadata();
    for (const auto& [key, text] : options_.texts)
        api_.gguf_set_val_str(output_.get(), key.c_str(), text.c_str());
    for (const auto& [key, number] : options_.numbers)
        api_.gguf_set_val_f32(output_.get(), key.c_str(), static_cast<float>(number));
    for (int64_t i = 0; i < base_.size(); ++i)
        api_.gguf_add_tensor(output_.get(), base_.tensor(base_.name(i)));
}

/// What a training wrote of itself, β above all, is true of the merged policy as well.
void Merger::keepOwnMetadata() {
    gguf_context* source = adapter_.get();
    for (int64_t i = 0; i < api_.gguf_get_n_kv(source); ++i) {
        const std::string key = api_.gguf_get_key(source, i);
        if (key.rfind("implicit_prm.", 0) != 0) continue;
        if (api_.gguf_get_kv_type(source, i) == GGUF_TYPE_FLOAT32)
            api_.gguf_set_val_f32(output_.get(), key.c_str(), api_.gguf_get_val_f32(source, i));
        if (api_.gguf_get_kv_type(source, i) == GGUF_TYPE_STRING)
            api_.gguf_set_val_str(output_.get(), key.c_str(), api_.gguf_get_val_str(source, i));
    }
}

MergeResult Merger::write(const std::function<void(double, double)>& onProgress,
                          const std::function<bool()>& cancelled) {
    const auto failed = [&] { throw Error("WRITE_FAILED", options_.output + " could not be written"); };
    if (!api_.gguf_write_to_file(output_.get(), options_.output.c_str(), /*only_meta=*/true)) failed();
    std::ifstream in(std::filesystem::u8path(options_.base), std::ios::binary);
    std::fstream out(std::filesystem::u8path(options_.output),
                     std::ios::binary | std::ios::in | std::ios::out);
    const size_t begin = api_.gguf_get_meta_size(output_.get());
    for (int64_t i = 0; i < base_.size(); ++i) {
        if (cancelled && cancelled()) throw Cancelled();
        in.seekg(static_cast<std::streamoff>(base_.dataOffset(i)));
        out.seekp(static_cast<std::streamoff>(begin + api_.gguf_get_tensor_offset(output_.get(), i)));
        writeTensor(i, in, out);
        if (!in) refuse(base_.path() + " ends too early");
        if (!out) failed();
        if (onProgress) onProgress(static_cast<double>(i + 1), static_cast<double>(base_.size()));
    }
    // llama.cpp reads a file whose last tensor is filled up as all others are.
    const auto end = static_cast<size_t>(out.tellp());
    const size_t alignment = api_.gguf_get_alignment(output_.get());
    out.write(std::string((alignment - end % alignment) % alignment, '\0').c_str(),
              static_cast<std::streamsize>((alignment - end % alignment) % alignment));
    out.close();
    if (!out) failed();
    return {static_cast<size_t>(adapter_.size() / 2), static_cast<size_t>(base_.size())};
}

void Merger::writeTensor(int64_t index, std::istream& in, std::ostream& out) {
    const ggml_tensor* tensor = base_.tensor(base_.name(index));
    const bool isAdapted = adapter_.tensor(base_.name(index) + ".lora_a") != nullptr;
    const Change change = isAdapted ? changeOf(base_.name(index)) : Change{};
    const int64_t width = tensor->ne[0], rows = api_.ggml_nrows(tensor);
    const size_t rowBytes = api_.ggml_row_size(tensor->type, width);
    std::vector<char> bytes;
    std::vector<float> values;
    for (int64_t row = 0; row < rows; row += rowsAtOnce) {
        const int64_t count = std::min(rowsAtOnce, rows - row);
        bytes.resize(static_cast<size_t>(count) * rowBytes);
        in.read(bytes.data(), static_cast<std::streamsize>(bytes.size()));
        if (isAdapted) {
            values.resize(static_cast<size_t>(count * width));
            if (tensor->type == GGML_TYPE_F32)
                std::memcpy(values.data(), bytes.data(), bytes.size());
            else
                api_.ggml_get_type_traits(tensor->type)->to_float(bytes.data(), values.data(), count * width);
            apply(change, row, count, width, values);
            api_.ggml_quantize_chunk(tensor->type, values.data(), bytes.data(), 0, count, width, nullptr);
        }
        out.write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
    }
}

Change Merger::changeOf(const std::string& weight) const {
    const ggml_tensor *a = adapter_.tensor(weight + ".lora_a"), *b = adapter_.tensor(weight + ".lora_b");
    const auto rank = static_cast<size_t>(a->ne[1]);
    return {floats(a), floats(b), rank, adapter_.number("adapter.lora.alpha") / static_cast<float>(rank)};
}

std::vector<float> Merger::floats(const ggml_tensor* tensor) const {
    std::vector<float> values(static_cast<size_t>(api_.ggml_nelements(tensor)));
    const auto convert = api_.ggml_get_type_traits(tensor->type)->to_float;
    if (tensor->type == GGML_TYPE_F32)
        std::memcpy(values.data(), tensor->data, values.size() * sizeof(float));
    else if (convert)
        convert(tensor->data, values.data(), static_cast<int64_t>(values.size()));
    else
        refuse(std::string(tensor->name) + " has no floating-point type");
    return values;
}

void Merger::apply(const Change& change, int64_t firstRow, int64_t rows, int64_t width,
                   std::vector<float>& values) const {
    for (int64_t row = 0; row < rows; ++row) {
        float* target = values.data() + row * width;
        const float* b = change.b.data() + static_cast<size_t>(firstRow + row) * change.rank;
        for (size_t k = 0; k < change.rank; ++k) {
            const float factor = change.scale * b[k];
            const float* a = change.a.data() + k * static_cast<size_t>(width);
            for (int64_t i = 0; i < width; ++i) target[i] += factor * a[i];
        }
    }
}

} // namespace

MergeResult mergeAdapter(const MergeOptions& options, const std::function<void(double, double)>& onProgress,
                         const std::function<bool()>& cancelled) {
    const Runtime& runtime = Runtime::open(options.runtime, nullptr);
    const TrainApi api(runtime.libraries());
    const LogScope log(runtime.api(), nullptr);
    return Merger(api, options).write(onProgress, cancelled);
}

} // namespace iprm
