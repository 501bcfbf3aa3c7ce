#pragma once

#include "request.h"

#include <cstddef>
#include <cstdint>
#include <exception>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <vector>

namespace iprm {

/// What a call wants: of which models, and whether the likeliest tokens too.
struct EvaluationWishes {
    bool policy, reference, likeliest;
};

/// What one model gives of a call's sequences.
struct ModelLogprobs {
    std::vector<std::vector<float>> logprobs;
    /// Empty unless asked for.
    std::vector<std::vector<Likeliest>> likeliest;
};

struct PairLogprobs {
    /// Absent where not asked for.
    std::optional<ModelLogprobs> policy, reference;
    /// For each sequence how many tokens had to be evaluated for it, all models counted; the others were
    /// shared with an earlier sequence or known from an earlier call.
    std::vector<uint32_t> evaluated;
};

/// What a call listens to and reports to. All are called on evaluating threads, one at a time.
struct PairListener {
    /// Tokens dealt with and in all, all models counted.
    std::function<void(size_t done, size_t total)> onProgress;
    /// May be called on several threads at once.
    std::function<bool()> cancelled;
    /// Called once, as the last.
    std::function<void(PairLogprobs logprobs)> onResult;
    std::function<void(const std::exception_ptr& error)> onError;
};

/// One call for both models or one of them: makes the requests and puts together what comes of them.
class PairEvaluation : public std::enable_shared_from_this<PairEvaluation> {
public:
    PairEvaluation(std::vector<Sequence> sequences, const EvaluationWishes& wishes, PairListener listener);

    struct Requests {
        std::vector<std::shared_ptr<Request>> policy, reference;
    };

    /// To be called once. With none at all the listener has had its result.
    Requests requests();

private:
    std::vector<std::shared_ptr<Request>> requestsFor(std::optional<ModelLogprobs>& results);
    std::shared_ptr<Request> makeRequest(size_t begin, size_t end);
    void finish(const std::exception_ptr& error);

    std::shared_ptr<const std::vector<Sequence>> sequences_;
    PairListener listener_;
    std::mutex mutex_;
    PairLogprobs logprobs_;
    size_t pending_ = 0;
    size_t tokens_ = 0, totalTokens_ = 0;
    std::exception_ptr error_;
};

} // namespace iprm
