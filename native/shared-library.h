#pragma once

#include <string>

namespace iprm {

/// A shared library opened by absolute path, its symbols private to us (RTLD_LOCAL).
///
/// It is never unloaded: llama.cpp keeps backends, threads and log callbacks in static storage, and another
/// addon of the process may be using the same file.
class SharedLibrary {
public:
    /// Throws Error RUNTIME_NOT_FOUND with the loader's own words.
    explicit SharedLibrary(const std::string& path);

    /// The address of a symbol of this library, null if it has none.
    void* find(const char* symbol) const;

private:
    void* handle_;
};

} // namespace iprm
