#include "pair-evaluation.h"

#include "evaluator.h"
#include "prefix-tree.h"

#include <algorithm>
#include <utility>

namespace iprm {

namespace {

ModelLogprobs emptyResults(const std::vector<Sequence>& sequences, bool withLikeliest) {
    ModelLogprobs results;
    for (const auto& [tokens, from] : sequences) {
        const size_t count = tokens.size() - static_cast<size_t>(from);
        results.logprobs.emplace_back(count);
        if (withLikeliest) results.likeliest.emplace_back(count + 1);
    }
    return results;
}

template <typename T>
std::vector<T*> pointersTo(std::vector<std::vector<T>>& rows) {
    std::vector<T*> pointers;
    for (auto& row : rows) pointers.push_back(row.data());
    return pointers;
}

} // namespace

PairEvaluation::PairEvaluation(std::vector<Sequence> sequences, const EvaluationWishes& wishes,
                               PairListener listener)
    : sequences_(std::make_shared<const std::vector<Sequence>>(std::move(sequences))),
      listener_(std::move(listener)) {
    if (wishes.policy) logprobs_.policy = emptyResults(*sequences_, wishes.likeliest);
    if (wishes.reference) logprobs_.reference = emptyResults(*sequences_, wishes.likeliest);
    logprobs_.evaluated.resize(sequences_->size());
}

PairEvaluation::Requests PairEvaluation::requests() {
    Requests requests{requestsFor(logprobs_.policy), requestsFor(logprobs_.reference)};
    const auto& either = requests.policy.empty() ? requests.reference : requests.policy;
    for (const auto& request : either) totalTokens_ += countTokens(buildPrefixTree({request.get()}));
    if (logprobs_.policy && logprobs_.reference) totalTokens_ *= 2;
    pending_ = requests.policy.size() + requests.reference.size();
    if (pending_ == 0) listener_.onResult(std::move(logprobs_));
    return requests;
}

/// Requests are bounded, so a call for very many sequences becomes several.
std::vector<std::shared_ptr<Request>> PairEvaluation::requestsFor(std::optional<ModelLogprobs>& results) {
    if (!results) return {};
    std::vector<std::shared_ptr<Request>> requests;
    for (size_t begin = 0; begin < sequences_->size(); begin += Evaluator::maxSequencesPerRequest) {
        const size_t end = std::min(begin + Evaluator::maxSequencesPerRequest, sequences_->size());
        auto request = makeRequest(begin, end);
        request->results = pointersTo(results->logprobs);
        request->likeliest = pointersTo(results->likeliest);
        requests.push_back(std::move(request));
    }
    return requests;
}

std::shared_ptr<Request> PairEvaluation::makeRequest(size_t begin, size_t end) {
    auto request = std::make_shared<Request>();
    request->sequences = sequences_;
    request->begin = begin;
    request->end = end;
    request->onTokens = [self = shared_from_this()](size_t tokens) {
        const std::lock_guard<std::mutex> lock(self->mutex_);
        self->listener_.onProgress(self->tokens_ += tokens, self->totalTokens_);
    };
    request->onEvaluated = [self = shared_from_this()](size_t sequence, size_t tokens) {
        const std::lock_guard<std::mutex> lock(self->mutex_);
        self->logprobs_.evaluated[sequence] += static_cast<uint32_t>(tokens);
    };
    // What one model can't do need not be done by the other.
    request->cancelled = [self = shared_from_this()] {
        const std::lock_guard<std::mutex> lock(self->mutex_);
        return self->error_ || self->listener_.cancelled();
    };
    request->onDone = [self = shared_from_this()](const std::exception_ptr& error) { self->finish(error); };
    return request;
}

void PairEvaluation::finish(const std::exception_ptr& error) {
    std::unique_lock<std::mutex> lock(mutex_);
    // Later ones only follow from the first.
    if (!error_) error_ = error;
    if (--pending_ > 0) return;
    // Unlocked, since the listener may drop the last that holds on to this object.
    lock.unlock();
    if (error_) return listener_.onError(error_);
    listener_.onResult(std::move(logprobs_));
}

} // namespace iprm
