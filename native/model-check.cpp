#include "model-check.h"

#include "error.h"
#include "tensor-check.h"
#include "vocabulary-check.h"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <limits>
#include <set>
#include <string_view>

namespace iprm {

namespace {

constexpr int64_t greatestBlockCount = 512, greatestExpertCount = 1024;
constexpr int64_t greatestContext = std::numeric_limits<int32_t>::max();

std::string is(const GgufFile& file, const std::string& key) { return key + " is " + file.shown(key); }

std::string from(int64_t least, int64_t greatest) {
    return "a whole number from " + std::to_string(least) + " to " + std::to_string(greatest);
}

/// Every number under the key, if there is one; a wrong type is told by llama.cpp.
void requireBetween(const GgufFile& file, const std::string& key, int64_t least, int64_t greatest) {
    for (const int64_t number : file.wholeNumbers(key)) {
        if (number >= least && number <= greatest) continue;
        const std::string found =
            file.arrayLength(key) ? key + " holds " + std::to_string(number) : is(file, key);
        refuseModel(file, found, from(least, greatest));
    }
}

/// Where a size differs from block to block there has to be one for each.
void checkArraysOfBlocks(const GgufFile& file, const std::string& arch) {
    const auto blocks = file.wholeNumber(arch + ".block_count");
    if (!blocks) return;
    for (const char* name :
         {"feed_forward_length", "attention.head_count", "attention.head_count_kv", "expert_used_count"}) {
        const std::string key = arch + "." + name;
        const auto length = file.arrayLength(key);
        if (!length || *length == static_cast<size_t>(*blocks)) continue;
        refuseModel(file, is(file, key), "one number for each of the " + std::to_string(*blocks) + " blocks");
    }
}

void checkExperts(const GgufFile& file, const std::string& arch) {
    const auto key = [&](const char* name) { return arch + "." + name; };
    const int64_t experts = file.wholeNumber(key("expert_count")).value_or(0);
    // llama.cpp takes a single expert of these for none.
    if (experts <= 1 && (arch == "hunyuan_vl" || arch == "hunyuan-dense")) return;
    requireBetween(file, key("expert_count"), 0, greatestExpertCount);
    const auto used = file.wholeNumbers(key("expert_used_count"));
    const int64_t mostUsed = used.empty() ? 0 : *std::max_element(used.begin(), used.end());
    if (mostUsed > experts || (experts > 0 && mostUsed < 1)) {
        const std::string found = used.empty() ? key("expert_used_count") + " is missing"
                                               : key("expert_used_count") + " is " + std::to_string(mostUsed);
        refuseModel(file, found,
                    experts > 0 ? from(1, experts) + " (expert_count)" : "0 in a model without experts");
    }
    const int64_t groups = file.wholeNumber(key("expert_group_count")).value_or(0);
    if (groups != 0 && (groups < 0 || groups >= experts || experts % groups != 0)) {
        refuseModel(file, is(file, key("expert_group_count")),
                    "a smaller divisor of the " + std::to_string(experts) + " experts (expert_count), or 0");
    }
    if (groups > 1) {
        const int64_t groupsUsed = file.wholeNumber(key("expert_group_used_count")).value_or(0);
        if (groupsUsed < 1 || groupsUsed >= groups)
            refuseModel(file, is(file, key("expert_group_used_count")), from(1, groups - 1));
    }
}

/// Norms divide by the root of a mean square plus epsilon.
void checkEpsilons(const GgufFile& file, const std::string& arch) {
    for (const auto& key : file.keys()) {
        const std::string_view name = key;
        if (name.substr(0, arch.size() + 1) != arch + "." || name.find("epsilon") == name.npos) continue;
        const auto epsilon = file.real(key);
        if (epsilon && !(std::isfinite(*epsilon) && *epsilon >= 0))
            refuseModel(file, is(file, key), "a finite number of at least 0");
    }
}

void checkRopeScaling(const GgufFile& file, const std::string& arch) {
    static const std::set<std::string> known = {"none", "linear", "yarn", "longrope"};
    const std::string key = arch + ".rope.scaling.type";
    const auto scaling = file.text(key);
    if (scaling && !known.count(*scaling)) refuseModel(file, is(file, key), "none, linear, yarn or longrope");
}

/// Architectures whose graph takes keys and values of one width, and of those the ones that rotate all of it.
bool hasEqualHeads(const std::string& arch) {
    static const std::set<std::string> known = {
        "bert",   "bloom",      "chatglm",   "cohere2", "command-r", "glm4",     "gpt2", "gptneox",
        "laguna", "minimax-m3", "mpt",       "olmo2",   "openelm",   "phi2",     "phi3", "qwen",
        "qwen35", "qwen35moe",  "qwen3next", "refact",  "stablelm",  "starcoder"};
    return known.count(arch) > 0;
}

bool rotatesWholeHeads(const std::string& arch) {
    static const std::set<std::string> known = {
        "apertus",  "arcee",        "baichuan",    "codeshell",  "dbrx",     "deci",      "deepseek",
        "dots1",    "dream",        "ernie4_5",    "exaone",     "falcon",   "granite",   "granitemoe",
        "grok",     "grovemoe",     "hunyuan-moe", "internlm2",  "llada",    "llada-moe", "llama",
        "llama4",   "mistral3",     "nemotron",    "olmo",       "olmoe",    "orion",     "plamo",
        "qwen2",    "qwen2moe",     "qwen2vl",     "qwen3",      "qwen3moe", "qwen3vl",   "qwen3vlmoe",
        "seed_oss", "smallthinker", "smollm3",     "starcoder2", "xverse"};
    return known.count(arch) > 0;
}

/// llama.cpp makes two caches for a model with sliding windows, and counts on something in both.
void checkSlidingWindow(const GgufFile& file, const std::string& arch) {
    const std::string key = arch + ".attention.sliding_window_pattern";
    const auto pattern = file.wholeNumbers(key);
    if (file.wholeNumber(arch + ".attention.sliding_window").value_or(0) == 0 || pattern.empty()) return;
    const bool isPeriod = !file.arrayLength(key);
    const bool hasNone =
        isPeriod ? pattern.front() == 1
                 : std::all_of(pattern.begin(), pattern.end(), [](int64_t one) { return one == 0; });
    if (hasNone) {
        refuseModel(file, is(file, key) + (isPeriod ? "" : " zeros"),
                    "at least one block with a window (attention.sliding_window)");
    }
}

/// Rotary embeddings turn pairs of the numbers of a head.
void checkRotation(const GgufFile& file, const std::string& key, int64_t headWidth) {
    const auto rotated = file.wholeNumber(key);
    if (rotated && (*rotated % 2 != 0 || *rotated > headWidth)) {
        refuseModel(file, is(file, key),
                    "an even number of at most " + std::to_string(headWidth) + ", the width of a head");
    }
}

void checkHeads(const GgufFile& file, const std::string& arch) {
    const auto key = [&](const char* name) { return arch + "." + name; };
    const auto heads = file.wholeNumbers(key("attention.head_count"));
    const auto width = file.wholeNumber(key("embedding_length"));
    if (heads.empty() || heads.front() < 1 || !width) return;
    const int64_t usual = *width / heads.front();
    const int64_t keys = file.wholeNumber(key("attention.key_length")).value_or(usual);
    const int64_t values = file.wholeNumber(key("attention.value_length")).value_or(usual);
    const std::string rotated = key("rope.dimension_count");
    checkRotation(file, rotated, keys);
    checkRotation(file, rotated + "_swa", file.wholeNumber(key("attention.key_length_swa")).value_or(keys));
    const bool rotates = rotatesWholeHeads(arch);
    if (keys != values && (rotates || hasEqualHeads(arch))) {
        refuseModel(file,
                    "keys of " + arch + " are " + std::to_string(keys) + " wide and values " +
                        std::to_string(values) + " (attention.key_length, attention.value_length)",
                    "one width for both");
    }
    if (rotates && file.wholeNumber(rotated).value_or(keys) != keys)
        refuseModel(file, is(file, rotated), std::to_string(keys) + ", the width of a head");
    if (rotates && keys % 2 != 0) {
        refuseModel(file,
                    "a head of " + arch + " is " + std::to_string(keys) + " wide (" +
                        key("embedding_length") + ", " + key("attention.head_count") + ")",
                    "an even number");
    }
}

void checkMetadata(const GgufFile& file) {
    const std::string arch = file.text("general.architecture").value_or("");
    requireBetween(file, arch + ".block_count", 1, greatestBlockCount);
    requireBetween(file, arch + ".nextn_predict_layers", 0,
                   file.wholeNumber(arch + ".block_count").value_or(greatestBlockCount));
    requireBetween(file, arch + ".context_length", 2, greatestContext);
    checkArraysOfBlocks(file, arch);
    checkExperts(file, arch);
    checkEpsilons(file, arch);
    checkRopeScaling(file, arch);
    checkHeads(file, arch);
    checkSlidingWindow(file, arch);
    checkVocabulary(file);
}

/// The other files of a split model, as llama.cpp names them. Whether they are there and belong together is
/// checked by llama.cpp.
std::vector<std::string> siblings(const GgufFile& file) {
    const int64_t count = file.wholeNumber("split.count").value_or(0);
    char end[32];
    std::snprintf(end, sizeof end, "-00001-of-%05d.gguf", static_cast<int>(count & 0xffff));
    const std::string& path = file.path();
    const std::string suffix = end;
    if (count < 2 || path.size() <= suffix.size() ||
        path.compare(path.size() - suffix.size(), suffix.size(), suffix) != 0) {
        return {};
    }
    const std::string prefix = path.substr(0, path.size() - suffix.size());
    std::vector<std::string> paths;
    for (int64_t number = 2; number <= count; ++number) {
        char name[32];
        std::snprintf(name, sizeof name, "-%05d-of-%05d.gguf", static_cast<int>(number),
                      static_cast<int>(count));
        paths.push_back(prefix + name);
    }
    return paths;
}

void requireType(const GgufFile& file, const std::string& key, bool isRight, const std::string& expected) {
    if (file.has(key) && !isRight) refuseModel(file, is(file, key), expected);
}

} // namespace

void checkModelFile(const LlamaApi& api, const std::string& path, LogScope& log) {
    const std::string whole = "the model " + path;
    const GgufFile file(api, path, whole, log);
    checkMetadata(file);
    checkModelTensors(file);
    for (const auto& sibling : siblings(file)) checkModelTensors(GgufFile(api, sibling, whole, log));
}

void checkAdapterFile(const LlamaApi& api, const std::string& path, LogScope& log) {
    const GgufFile file(api, path, "the LoRA adapter " + path, log);
    for (const char* key : {"general.type", "general.architecture", "adapter.type"})
        requireType(file, key, file.text(key).has_value(), "a string");
    // llama.cpp reads it as F32 whatever it is; a model, which has none of these, is told so by llama.cpp.
    const std::string alpha = "adapter.lora.alpha";
    const auto value = file.float32(alpha);
    requireType(file, alpha, value && std::isfinite(*value), "a finite number (F32)");
    if (file.text("general.type") == "adapter") checkAdapterTensors(file);
}

void refuseModel(const GgufFile& file, const std::string& what, const std::string& expected) {
    throw Error("MODEL_INVALID",
                "The model file " + file.path() + " is not usable: " + what + ", expected " + expected);
}

} // namespace iprm
