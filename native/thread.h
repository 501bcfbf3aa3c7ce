#pragma once

#include <functional>
#include <thread>

namespace iprm {

/// Starts a thread. Throws Error OUT_OF_MEMORY, saying what to do, if the system allows no further one.
std::thread startThread(std::function<void()> run);

} // namespace iprm
