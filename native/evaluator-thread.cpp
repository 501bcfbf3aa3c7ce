#include "evaluator-thread.h"

#include "error.h"
#include "thread.h"

#include <utility>

namespace iprm {

EvaluatorThread::EvaluatorThread(const LlamaApi& api, LogSink sink, Turns* turns,
                                 std::unique_ptr<Evaluator> evaluator)
    : api_(api), sink_(std::move(sink)), turns_(turns), evaluator_(std::move(evaluator)),
      thread_(startThread([this] { run(); })) {}

void EvaluatorThread::submit(std::shared_ptr<Request> request) {
    {
        const std::lock_guard<std::mutex> lock(mutex_);
        if (!stopping_) {
            arrived_.push_back(std::move(request));
            changed_.notify_one();
            return;
        }
    }
    request->onDone(std::make_exception_ptr(Cancelled()));
}

void EvaluatorThread::stop() {
    {
        const std::lock_guard<std::mutex> lock(mutex_);
        stopping_ = true;
        evaluator_->interrupt();
    }
    changed_.notify_one();
    if (thread_.joinable()) thread_.join();
}

void EvaluatorThread::run() {
    while (takeArrived()) step();
    evaluator_->failAll(std::make_exception_ptr(Cancelled()));
}

/// Waits until there is something to evaluate. False once the thread is to stop.
bool EvaluatorThread::takeArrived() {
    std::unique_lock<std::mutex> lock(mutex_);
    changed_.wait(lock, [this] { return stopping_ || !arrived_.empty() || evaluator_->busy(); });
    for (auto& request : std::exchange(arrived_, {})) evaluator_->add(std::move(request));
    return !stopping_;
}

void EvaluatorThread::step() {
    std::unique_lock<Turns> turn;
    if (turns_) turn = std::unique_lock<Turns>(*turns_);
    LogScope log(api_, sink_);
    evaluator_->step(log);
}

} // namespace iprm
