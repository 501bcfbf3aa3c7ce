#include "worker.h"

#include "thread.h"

namespace iprm {

Worker::Worker() : thread_(startThread([this] { run(); })) {}

void Worker::post(std::function<void()> job) {
    {
        const std::lock_guard<std::mutex> lock(mutex_);
        jobs_.push_back(std::move(job));
    }
    changed_.notify_one();
}

void Worker::stop() {
    {
        const std::lock_guard<std::mutex> lock(mutex_);
        ending_ = true;
        jobs_.clear();
    }
    join();
}

void Worker::finish() {
    {
        const std::lock_guard<std::mutex> lock(mutex_);
        ending_ = true;
    }
    join();
}

void Worker::join() {
    changed_.notify_one();
    if (thread_.joinable()) thread_.join();
}

void Worker::run() {
    while (true) {
        std::function<void()> job;
        {
            std::unique_lock<std::mutex> lock(mutex_);
            changed_.wait(lock, [this] { return ending_ || !jobs_.empty(); });
            if (jobs_.empty()) return;
            job = std::move(jobs_.front());
            jobs_.pop_front();
        }
        job();
    }
}

} // namespace iprm
