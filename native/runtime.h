#pragma once

#include "llama-api.h"
#include "log.h"
#include "turns.h"

#include <memory>
#include <mutex>
#include <string>
#include <vector>

namespace iprm {

/// The library of a GPU backend: "cuda", "metal" or "vulkan".
struct GpuBackendFile {
    std::string gpu, path;
};

/// Where one set of llama.cpp libraries lies.
struct RuntimeFiles {
    /// ggml-base, ggml and llama, in an order in which each finds what it needs.
    std::vector<std::string> libraries;
    /// The folder whose backends (CPU variants and others) are loaded when none is registered yet.
    std::string backendsDirectory;
    /// Libraries of GPU backends to add, best first.
    std::vector<GpuBackendFile> gpuBackends;
};

/// The llama.cpp libraries of the process: opened once, checked to be of the version of our headers, with
/// their backends registered. It lives as long as the process.
class Runtime {
public:
    /// The runtime of these libraries, opened at the first call. Throws Error RUNTIME_NOT_FOUND,
    /// RUNTIME_MISMATCH.
    static const Runtime& open(const RuntimeFiles& files, const LogSink& sink);

    const LlamaApi& api() const { return api_; }

    /// Where other functions than those of api() can be looked for.
    const std::vector<SharedLibrary>& libraries() const { return libraries_; }

    /// The order of computations on the CPU.
    Turns& cpuTurns() const { return cpuTurns_; }

    /// The devices for `gpu`: "auto" (of the best backend that has any, else none), "cuda", "vulkan",
    /// "metal", or "false" (none: the CPU alone). Throws Error GPU_UNAVAILABLE if a backend asked for by name
    /// has no device.
    std::vector<ggml_backend_dev_t> devices(const std::string& gpu, const RuntimeFiles& files,
                                            const LogSink& sink) const;

    /// Those of `devices` with these names. Throws Error GPU_UNAVAILABLE for a name that none has.
    std::vector<ggml_backend_dev_t> named(const std::vector<ggml_backend_dev_t>& devices,
                                          const std::vector<std::string>& names) const;

private:
    explicit Runtime(const RuntimeFiles& files);
    void loadBackends(const RuntimeFiles& files) const;
    std::vector<ggml_backend_dev_t> findDevices(const std::string& gpu, const RuntimeFiles& files) const;
    std::vector<ggml_backend_dev_t> registeredDevices(const std::string& gpu) const;

    std::vector<SharedLibrary> libraries_;
    LlamaApi api_;
    mutable std::mutex mutex_;
    mutable Turns cpuTurns_;
};

/// The llama.cpp version that the addon's headers came from, such as "0.5.0".
const char* headersVersion();

} // namespace iprm
