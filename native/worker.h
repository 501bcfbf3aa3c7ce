#pragma once

#include <condition_variable>
#include <deque>
#include <functional>
#include <mutex>
#include <thread>

namespace iprm {

/// A thread that runs jobs one after the other, first come first served.
class Worker {
public:
    /// Throws Error OUT_OF_MEMORY if there is no thread to be had.
    Worker();
    /// Waits for the job at work and drops the others.
    ~Worker() { stop(); }
    Worker(const Worker&) = delete;
    Worker& operator=(const Worker&) = delete;

    void post(std::function<void()> job);
    /// Waits for the job at work and drops the others.
    void stop();
    /// Waits for all jobs. None may be posted from now on.
    void finish();

private:
    void join();
    void run();

    std::mutex mutex_;
    std::condition_variable changed_;
    std::deque<std::function<void()>> jobs_;
    bool ending_ = false;
    std::thread thread_;
};

} // namespace iprm
