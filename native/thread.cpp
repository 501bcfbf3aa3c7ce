#include "thread.h"

#include "error.h"

#include <system_error>
#include <utility>

namespace iprm {

std::thread startThread(std::function<void()> run) {
    try {
        return std::thread(std::move(run));
    } catch (const std::system_error& error) {
        throw Error("OUT_OF_MEMORY",
                    std::string("The system allows no further thread (") + error.what() +
                        "): memory or the number of processes is limited, by ulimit or for the container");
    }
}

} // namespace iprm
