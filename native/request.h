#pragma once

#include "prediction.h"

#include <cstddef>
#include <cstdint>
#include <exception>
#include <functional>
#include <memory>
#include <vector>

namespace iprm {

/// Tokens of which the log-probabilities from position `from` on are wanted: log p(tokens[i] | tokens[0 …
/// i−1]) for i = from … size − 1, and where asked for the likeliest tokens at i = from … size. `from` is at
/// least 1, since nothing predicts the first token.
struct Sequence {
    std::vector<Token> tokens;
    int32_t from;
};

/// What one call wants of one model. Its functions are called on the evaluating thread.
struct Request {
    std::shared_ptr<const std::vector<Sequence>> sequences;
    /// The request is for sequences[begin] … sequences[end − 1].
    size_t begin, end;
    /// For each of all `sequences` room for its tokens.size() − from log-probabilities.
    std::vector<float*> results;
    /// For each of all `sequences` room for its tokens.size() − from + 1 likeliest tokens; empty where they
    /// are not asked for.
    std::vector<Likeliest*> likeliest;
    /// Called with the number of tokens that have been dealt with since the last call.
    std::function<void(size_t tokens)> onTokens;
    /// Called with how many tokens had to be evaluated for a sequence that brought them first.
    std::function<void(size_t sequence, size_t tokens)> onEvaluated;
    std::function<bool()> cancelled;
    /// Called once, after which nothing of the request is touched any more: with what went wrong, or with
    /// null once all results are there.
    std::function<void(const std::exception_ptr& error)> onDone;

    /// The evaluator's own count of results still missing.
    size_t targetsLeft = 0;
    /// The evaluator's own count of others let in before it since there was no room for it.
    size_t passedOver = 0;

    bool wantsLikeliest() const { return !likeliest.empty(); }
    /// How many tokens of a sequence have to be evaluated: the last one is otherwise only predicted.
    size_t evaluatedLength(const Sequence& sequence) const {
        return sequence.tokens.size() - (wantsLikeliest() ? 0 : 1);
    }
};

} // namespace iprm
