#pragma once

#include "evaluator.h"
#include "turns.h"

#include <condition_variable>
#include <memory>
#include <mutex>
#include <thread>
#include <vector>

namespace iprm {

/// A thread that evaluates the requests for one model.
class EvaluatorThread {
public:
    /// `turns`: whose turn it is to compute; null where nothing has to wait for another.
    EvaluatorThread(const LlamaApi& api, LogSink sink, Turns* turns, std::unique_ptr<Evaluator> evaluator);
    ~EvaluatorThread() { stop(); }
    EvaluatorThread(const EvaluatorThread&) = delete;
    EvaluatorThread& operator=(const EvaluatorThread&) = delete;

    /// From any thread. Once stopped it fails with Cancelled at once.
    void submit(std::shared_ptr<Request> request);

    /// Stops within one batch; what is pending fails with Cancelled.
    void stop();

    const Evaluator& evaluator() const { return *evaluator_; }

private:
    void run();
    bool takeArrived();
    void step();

    const LlamaApi& api_;
    LogSink sink_;
    Turns* turns_;
    std::unique_ptr<Evaluator> evaluator_;
    std::mutex mutex_;
    std::condition_variable changed_;
    std::vector<std::shared_ptr<Request>> arrived_;
    bool stopping_ = false;
    std::thread thread_;
};

} // namespace iprm
