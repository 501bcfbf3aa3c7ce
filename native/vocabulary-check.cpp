#include "vocabulary-check.h"

#include "model-check.h"

#include <algorithm>
#include <bitset>
#include <cstdio>
#include <string_view>
#include <unordered_map>

namespace iprm {

namespace {

constexpr const char *tokensKey = "tokenizer.ggml.tokens", *typesKey = "tokenizer.ggml.token_type";
/// LLAMA_TOKEN_TYPE_BYTE as the file has it.
constexpr int64_t byteToken = 6;

/// llama.cpp keeps one number for each text, and has no use for a text with two.
void checkTokens(const GgufFile& file) {
    std::unordered_map<std::string_view, size_t> seen;
    seen.reserve(file.arrayLength(tokensKey).value_or(0));
    std::vector<size_t> empty;
    const auto refuse = [&](size_t index, const std::string& text, size_t first) {
        refuseModel(file,
                    tokensKey + std::string("[") + std::to_string(index) + "] is \"" + text + "\", as is [" +
                        std::to_string(first) + "]",
                    "a text of its own for each token");
    };
    file.eachString(tokensKey, [&](size_t index, const char* text) {
        if (*text == '\0') return empty.push_back(index);
        const auto [first, isNew] = seen.emplace(text, index);
        if (!isNew) refuse(index, text, first->second);
    });
    // The name that llama.cpp gives those of no text.
    for (const size_t index : empty) {
        const std::string name = "[EMPTY_" + std::to_string(index) + "]";
        const auto taken = seen.find(name);
        if (taken != seen.end()) refuse(index, name, taken->second);
    }
}

void checkTokenArrays(const GgufFile& file) {
    const auto tokens = file.arrayLength(tokensKey);
    if (!tokens) return;
    for (const char* key : {"tokenizer.ggml.scores", typesKey}) {
        const auto length = file.arrayLength(key);
        if (length && *length != *tokens)
            refuseModel(file, key + std::string(" is ") + file.shown(key),
                        "an array of " + std::to_string(*tokens) + ", one for each token");
    }
}

/// Only some kinds of tokenizers know tokens that stand for a byte.
void checkTokenTypes(const GgufFile& file) {
    const auto types = file.wholeNumbers(typesKey);
    const auto found = std::find(types.begin(), types.end(), byteToken);
    if (found == types.end()) return;
    refuseModel(file, typesKey + std::string("[") + std::to_string(found - types.begin()) + "] is 6, a byte",
                "no bytes among the tokens of a \"bert\" tokenizer");
}

/// The first byte of a token that is written with escapes (\\n, \\x0a), and whether it is all of it.
struct FirstByte {
    int byte = -1;
    bool isAll = false;
};

FirstByte firstByte(std::string_view text) {
    if (text.empty()) return {};
    if (text[0] != '\\' || text.size() < 2) return {static_cast<unsigned char>(text[0]), text.size() == 1};
    switch (text[1]) {
    case 't':
        return {'\t', text.size() == 2};
    case 'n':
        return {'\n', text.size() == 2};
    case 'r':
        return {'\r', text.size() == 2};
    case 'x': {
        unsigned byte = 0;
        if (text.size() < 4 || std::sscanf(std::string(text.substr(2, 2)).c_str(), "%2x", &byte) != 1)
            return {};
        return {static_cast<int>(byte), text.size() == 4};
    }
    default:
        return {static_cast<unsigned char>(text[1]), text.size() == 2};
    }
}

/// This tokenizer looks for the longest token, and stays where it is for ever if it finds but the start of
/// one.
void checkFirstBytes(const GgufFile& file) {
    std::bitset<256> starts, wholes;
    file.eachString(tokensKey, [&](size_t, const char* text) {
        const FirstByte first = firstByte(text);
        if (first.byte < 0) return;
        starts.set(static_cast<size_t>(first.byte));
        if (first.isAll) wholes.set(static_cast<size_t>(first.byte));
    });
    for (size_t byte = 0; byte < starts.size(); ++byte) {
        if (!starts[byte] || wholes[byte]) continue;
        refuseModel(file,
                    tokensKey + std::string(" has tokens that begin with byte ") + std::to_string(byte) +
                        ", but none that is it",
                    "a token for each byte of a \"rwkv\" tokenizer");
    }
}

} // namespace

void checkVocabulary(const GgufFile& file) {
    const std::string model = file.text("tokenizer.ggml.model").value_or("");
    checkTokenArrays(file);
    if (model == "bert") checkTokenTypes(file);
    if (model == "rwkv") checkFirstBytes(file);
    checkTokens(file);
}

} // namespace iprm
