#pragma once

#include <condition_variable>
#include <cstdint>
#include <mutex>

namespace iprm {

/// A lock that is had in the order in which it was asked for.
///
/// Computations on the CPU take turns by it, whichever pair they are of: each uses all threads, and two at a
/// time would leave threads of the one spinning at its barriers while those of the other have the cores.
class Turns {
public:
    void lock() {
        std::unique_lock<std::mutex> guard(mutex_);
        const uint64_t ticket = nextTicket_++;
        changed_.wait(guard, [&] { return ticket == serving_; });
    }

    void unlock() {
        {
            const std::lock_guard<std::mutex> guard(mutex_);
            ++serving_;
        }
        changed_.notify_all();
    }

private:
    std::mutex mutex_;
    std::condition_variable changed_;
    uint64_t nextTicket_ = 0, serving_ = 0;
};

} // namespace iprm
