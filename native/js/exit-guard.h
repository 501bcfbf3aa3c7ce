#pragma once

#include <functional>

namespace iprm {

/// Calls `stop` when the process exits without tearing its environments down, as after process.exit(): what
/// still computes then would use llama.cpp's static objects while they are destroyed.
///
/// Handlers run in the reverse order of their arming, so a guard has to be armed once the libraries it is to
/// go before are loaded.
class ExitGuard {
public:
    explicit ExitGuard(std::function<void()> stop);
    ~ExitGuard();
    ExitGuard(const ExitGuard&) = delete;
    ExitGuard& operator=(const ExitGuard&) = delete;

    static void arm();

private:
    std::function<void()> stop_;
    friend struct ExitGuards;
};

} // namespace iprm
