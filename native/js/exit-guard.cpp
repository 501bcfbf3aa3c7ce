#include "exit-guard.h"

#include <cstdlib>
#include <mutex>
#include <set>

namespace iprm {

struct ExitGuards {
    std::mutex mutex;
    std::set<ExitGuard*> guards;

    /// Never destroyed: the handlers that use it run among the destructors of static objects.
    static ExitGuards& all() {
        static auto& all = *new ExitGuards();
        return all;
    }

    static void stopAll() {
        const std::lock_guard<std::mutex> lock(all().mutex);
        for (const ExitGuard* guard : all().guards) guard->stop_();
    }
};

ExitGuard::ExitGuard(std::function<void()> stop) : stop_(std::move(stop)) {
    const std::lock_guard<std::mutex> lock(ExitGuards::all().mutex);
    ExitGuards::all().guards.insert(this);
}

ExitGuard::~ExitGuard() {
    const std::lock_guard<std::mutex> lock(ExitGuards::all().mutex);
    ExitGuards::all().guards.erase(this);
}

void ExitGuard::arm() { std::atexit(ExitGuards::stopAll); }

} // namespace iprm
