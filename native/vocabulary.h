#pragma once

#include "llama-api.h"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace iprm {

/// Tokens of a text and where in it each begins.
struct Tokenised {
    std::vector<llama_token> tokens;
    /// Byte offset in the text of the first byte of each token; ascending, the same for tokens of no text.
    std::vector<uint32_t> starts;
};

/// A token that two vocabularies do not have in common.
struct VocabularyDifference {
    llama_token token;
    /// Its text in either vocabulary, absent where the vocabulary has ended.
    std::optional<std::string> left, right;
};

/// A special token: one that no text is to produce by itself.
struct SpecialToken {
    llama_token token;
    std::string text;
    /// Whether the tokenizer swallows the white space before or after it.
    bool stripLeft, stripRight;
    /// Whether it ends a generation (end of turn, end of text).
    bool endsGeneration;
};

/// The tokenizer of a model. It belongs to the model and must not outlive it. All methods may be called from
/// any thread.
class Vocabulary {
public:
    Vocabulary(const LlamaApi& api, const llama_vocab* vocab) : api_(api), vocab_(vocab) {}

    /// Tokens of UTF-8 text with no begin- or end-of-text token added. With `parseSpecial` the texts of
    /// special tokens become those tokens, without it they are text like any other.
    Tokenised tokenise(const std::string& text, bool parseSpecial) const;

    /// The text of the tokens, special ones included.
    std::string detokenise(const std::vector<llama_token>& tokens) const;

    /// The bytes of one token, those of a special token included.
    std::string piece(llama_token token) const;

    std::vector<SpecialToken> specialTokens() const;

    /// Throws Error INVALID_INPUT if there is no such token.
    void requireToken(llama_token token) const;

    int32_t size() const { return api_.llama_vocab_n_tokens(vocab_); }
    bool empty() const { return api_.llama_vocab_type(vocab_) == LLAMA_VOCAB_TYPE_NONE; }
    llama_token beginOfText() const { return api_.llama_vocab_bos(vocab_); }
    /// Whether texts that the model is given begin with that token.
    bool addsBeginOfText() const { return api_.llama_vocab_get_add_bos(vocab_); }
    llama_token endOfText() const { return api_.llama_vocab_eos(vocab_); }
    llama_token endOfTurn() const { return api_.llama_vocab_eot(vocab_); }

    /// The first token that differs, if any: by number or text. Tokens that no text has, which fill a
    /// vocabulary up to a round number, may differ.
    std::optional<VocabularyDifference> firstDifference(const Vocabulary& other) const;

    /// Whether it has other tokens than another one, or more or fewer, that no text has.
    bool differsInUnused(const Vocabulary& other) const;

    /// The most bytes that a token stands for, or somewhat more.
    size_t longestToken() const;

private:
    std::string rawText(llama_token token) const;
    bool isUnused(llama_token token) const;

    const LlamaApi& api_;
    const llama_vocab* vocab_;
};

} // namespace iprm
