#include "pair-evaluation.h"

#include "evaluator.h"
#include "prefix-tree.h"

#include <algorithm>
#include <utility>

namespace iprm {

namespace {

std::vector<std::vector<float>> emptyResults(const std::vector<Sequence>& sequences) {
    std::vector<std::vector<float>> results;
    for (const auto& sequence : sequences) {
        results.emplace_back(sequence.tokens.size() - static_cast<size_t>(sequence.from));
    }
    return results;
}

} // namespace

PairEvaluation::PairEvaluation(std::vector<Sequence> sequences, bool withReference, PairListener listener)
    : sequences_(std::make_shared<const std::vector<Sequence>>(std::move(sequences))),
      listener_(std::move(listener)) {
    logprobs_.policy = emptyResults(*sequences_);
    if (withReference) logprobs_.reference = emptyResults(*sequences_);
    logprobs_.evaluated.resize(sequences_->size());
}

PairEvaluation::Requests PairEvaluation::requests() {
    Requests requests{requestsFor(logprobs_.policy), {}};
    for (const auto& request : requests.policy) totalTokens_ += countTokens(buildPrefixTree({request.get()}));
    if (logprobs_.reference) {
        requests.reference = requestsFor(*logprobs_.reference);
        totalTokens_ *= 2;
    }
    pending_ = requests.policy.size() + requests.reference.size();
    if (pending_ == 0) listener_.onResult(std::move(logprobs_));
    return requests;
}

/// Requests are bounded, so a call for very many sequences becomes several.
std::vector<std::shared_ptr<Request>> PairEvaluation::requestsFor(std::vector<std::vector<float>>& results) {
    std::vector<float*> pointers;
    for (auto& result : results) pointers.push_back(result.data());
    std::vector<std::shared_ptr<Request>> requests;
    for (size_t begin = 0; begin < pointers.size(); begin += Evaluator::maxSequencesPerRequest) {
        auto request = std::make_shared<Request>();
        request->sequences = sequences_;
        request->begin = begin;
        request->end = std::min(begin + Evaluator::maxSequencesPerRequest, pointers.size());
        request->results = pointers;
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
        request->onDone = [self = shared_from_this()](const std::exception_ptr& error) {
            self->finish(error);
        };
        requests.push_back(std::move(request));
    }
    return requests;
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
