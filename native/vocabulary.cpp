#include "vocabulary.h"

#include "error.h"
#include "token-alignment.h"

#include <algorithm>
#include <limits>

namespace iprm {

namespace {

/// llama.cpp's calls that fill a buffer return the size they need, negated, when it was too small.
template <typename Container, typename Fill>
Container filled(size_t firstGuess, Fill fill) {
    Container buffer(firstGuess, {});
    int32_t length = fill(buffer.data(), static_cast<int32_t>(buffer.size()));
    if (length == std::numeric_limits<int32_t>::min()) {
        throw Error("INVALID_INPUT", "The text is too long to be tokenised: it has more than 2^31 tokens");
    }
    if (length < 0) {
        buffer.resize(static_cast<size_t>(-length));
        length = fill(buffer.data(), static_cast<int32_t>(buffer.size()));
    }
    buffer.resize(static_cast<size_t>(std::max(length, 0)));
    return buffer;
}

} // namespace

Tokenised Vocabulary::tokenise(const std::string& text, bool parseSpecial) const {
    if (text.empty()) return {};
    Tokenised result;
    result.tokens =
        filled<std::vector<llama_token>>(text.size() / 2 + 8, [&](llama_token* tokens, int32_t capacity) {
            return api_.llama_tokenize(vocab_, text.data(), static_cast<int32_t>(text.size()), tokens,
                                       capacity, false, parseSpecial);
        });
    std::vector<std::string> pieces;
    pieces.reserve(result.tokens.size());
    for (const llama_token token : result.tokens) pieces.push_back(piece(token));
    result.starts = alignTokens(text, pieces);
    return result;
}

std::string Vocabulary::detokenise(const std::vector<llama_token>& tokens) const {
    if (tokens.empty()) return {};
    for (const llama_token token : tokens) requireToken(token);
    return filled<std::string>(tokens.size() * 6, [&](char* text, int32_t capacity) {
        return api_.llama_detokenize(vocab_, tokens.data(), static_cast<int32_t>(tokens.size()), text,
                                     capacity, false, true);
    });
}

void Vocabulary::requireToken(llama_token token) const {
    if (token >= 0 && token < size()) return;
    throw Error("INVALID_INPUT", "There is no token " + std::to_string(token) + ": the vocabulary has " +
                                     std::to_string(size()));
}

std::string Vocabulary::piece(llama_token token) const {
    return filled<std::string>(24, [&](char* text, int32_t capacity) {
        return api_.llama_token_to_piece(vocab_, token, text, capacity, 0, true);
    });
}

std::vector<SpecialToken> Vocabulary::specialTokens() const {
    std::vector<SpecialToken> special;
    if (empty()) return special;
    for (llama_token token = 0; token < size(); ++token) {
        const auto attributes = api_.llama_vocab_get_attr(vocab_, token);
        // These are the kinds that llama.cpp's tokenizer takes from text only when told to parse special
        // tokens.
        if (!(attributes & (LLAMA_TOKEN_ATTR_CONTROL | LLAMA_TOKEN_ATTR_UNKNOWN))) continue;
        special.push_back({token, rawText(token), (attributes & LLAMA_TOKEN_ATTR_LSTRIP) != 0,
                           (attributes & LLAMA_TOKEN_ATTR_RSTRIP) != 0,
                           api_.llama_vocab_is_eog(vocab_, token)});
    }
    return special;
}

std::optional<VocabularyDifference> Vocabulary::firstDifference(const Vocabulary& other) const {
    const int32_t shared = std::min(size(), other.size());
    for (llama_token token = 0; token < shared; ++token) {
        if (isUnused(token) && other.isUnused(token)) continue;
        const std::string left = rawText(token), right = other.rawText(token);
        if (left != right) return VocabularyDifference{token, left, right};
    }
    for (llama_token token = shared; token < size(); ++token) {
        if (!isUnused(token)) return VocabularyDifference{token, rawText(token), std::nullopt};
    }
    for (llama_token token = shared; token < other.size(); ++token) {
        if (!other.isUnused(token)) return VocabularyDifference{token, std::nullopt, other.rawText(token)};
    }
    return std::nullopt;
}

bool Vocabulary::differsInUnused(const Vocabulary& other) const {
    if (size() != other.size()) return true;
    for (llama_token token = 0; token < size(); ++token) {
        if (isUnused(token) && other.isUnused(token) && rawText(token) != other.rawText(token)) return true;
    }
    return false;
}

size_t Vocabulary::longestToken() const {
    size_t longest = 0;
    for (llama_token token = 0; token < size(); ++token) longest = std::max(longest, rawText(token).size());
    return longest;
}

bool Vocabulary::isUnused(llama_token token) const {
    return !empty() && (api_.llama_vocab_get_attr(vocab_, token) & LLAMA_TOKEN_ATTR_UNUSED) != 0;
}

std::string Vocabulary::rawText(llama_token token) const {
    if (empty()) return {};
    const char* text = api_.llama_vocab_get_text(vocab_, token);
    return text ? text : "";
}

} // namespace iprm
