#include "js/exit-guard.h"

#include <cstdio>
#include <cstdlib>
#include <cstring>

namespace {

/// Stands for llama.cpp's static objects, which no thread may use once they are destroyed.
struct Library {
    ~Library() { std::puts("library destroyed"); }
};

/// Made when it is first used, as the libraries are that are opened later.
void openLibrary() { static Library library; }

} // namespace

/// Leaves by exit() with a guard that was armed after the library was opened; with the argument `armed twice`
/// something of the library is made after the first time.
int main(int count, char** arguments) {
    const bool twice = count > 1 && std::strcmp(arguments[1], "armed-twice") == 0;
    const iprm::ExitGuard guard([] { std::puts("stopped"); });
    {
        const iprm::ExitGuard gone([] { std::puts("a guard that is gone was called"); });
    }
    if (twice) iprm::ExitGuard::arm();
    openLibrary();
    iprm::ExitGuard::arm();
    std::exit(0);
}
