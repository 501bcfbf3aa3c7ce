#include "shared-library.h"

#include "error.h"

#ifdef _WIN32
#include <windows.h>
#else
#include <dlfcn.h>
#endif

namespace iprm {

#ifdef _WIN32

namespace {

std::wstring widen(const std::string& utf8) {
    const int length =
        MultiByteToWideChar(CP_UTF8, 0, utf8.data(), static_cast<int>(utf8.size()), nullptr, 0);
    std::wstring wide(static_cast<size_t>(length), L'\0');
    MultiByteToWideChar(CP_UTF8, 0, utf8.data(), static_cast<int>(utf8.size()), wide.data(), length);
    return wide;
}

} // namespace

SharedLibrary::SharedLibrary(const std::string& path) {
    // The altered search path lets the library find its neighbours in its own folder.
    handle_ = LoadLibraryExW(widen(path).c_str(), nullptr, LOAD_WITH_ALTERED_SEARCH_PATH);
    if (!handle_) {
        throw Error("RUNTIME_NOT_FOUND",
                    "Could not load " + path + " (Windows error " + std::to_string(GetLastError()) + ")");
    }
}

void* SharedLibrary::find(const char* symbol) const {
    return reinterpret_cast<void*>(GetProcAddress(static_cast<HMODULE>(handle_), symbol));
}

#else

SharedLibrary::SharedLibrary(const std::string& path) : handle_(dlopen(path.c_str(), RTLD_NOW | RTLD_LOCAL)) {
    if (handle_) return;
    const std::string reason = dlerror();
    const bool isOldSystem = reason.find("version `GLIBC") != std::string::npos;
    throw Error("RUNTIME_NOT_FOUND",
                "Could not load " + reason +
                    (isOldSystem
                         ? ". The system is too old for it: node-llama-cpp's libraries need glibc 2.34 "
                           "(Debian 12, Ubuntu 22.04, RHEL 9 or later)"
                         : ""));
}

void* SharedLibrary::find(const char* symbol) const { return dlsym(handle_, symbol); }

#endif

} // namespace iprm
