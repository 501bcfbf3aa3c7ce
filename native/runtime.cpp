#include "runtime.h"

#include "error.h"

#include <algorithm>
#include <map>

#ifndef IPRM_LLAMA_VERSION
#error "IPRM_LLAMA_VERSION must be the version of the llama.cpp headers, see CMakeLists.txt"
#endif

namespace iprm {

namespace {

std::vector<SharedLibrary> openAll(const std::vector<std::string>& paths) {
    std::vector<SharedLibrary> libraries;
    for (const auto& path : paths) libraries.emplace_back(path);
    return libraries;
}

/// "0.5.0-dev" and "0.5.0" are one version: the suffix only tells how the libraries were built.
std::string baseVersion(const std::string& version) { return version.substr(0, version.find('-')); }

void checkVersion(const std::vector<SharedLibrary>& libraries, const std::vector<std::string>& paths) {
    for (const auto& library : libraries) {
        const auto version = reinterpret_cast<decltype(&::llama_version)>(library.find("llama_version"));
        if (!version) continue;
        if (baseVersion(version()) == headersVersion()) return;
        throw Error("RUNTIME_MISMATCH", "The llama.cpp libraries beside " + paths.back() +
                                            " are of version " + version() +
                                            ", but this addon was built for version " + headersVersion());
    }
    throw Error("RUNTIME_MISMATCH", "The llama.cpp libraries beside " + paths.back() +
                                        " do not tell their version, so they are older than " +
                                        headersVersion() + ", which this addon was built for");
}

/// Checked before the functions are looked up, so that the error names the versions and not some function.
std::vector<SharedLibrary> openChecked(const std::vector<std::string>& paths) {
    auto libraries = openAll(paths);
    checkVersion(libraries, paths);
    return libraries;
}

bool isGpu(enum ggml_backend_dev_type type) {
    return type == GGML_BACKEND_DEVICE_TYPE_GPU || type == GGML_BACKEND_DEVICE_TYPE_IGPU;
}

/// The name that ggml gives the backend which users know as "cuda", "metal" or "vulkan".
const std::map<std::string, std::string>& backendNames() {
    static const std::map<std::string, std::string> names = {
        {"cuda", "CUDA"}, {"metal", "MTL"}, {"vulkan", "Vulkan"}};
    return names;
}

} // namespace

const char* headersVersion() { return IPRM_LLAMA_VERSION; }

const Runtime& Runtime::open(const RuntimeFiles& files, const LogSink& sink) {
    static std::mutex mutex;
    static std::map<std::string, std::unique_ptr<Runtime>> runtimes;
    const std::lock_guard<std::mutex> lock(mutex);
    auto& runtime = runtimes[files.libraries.back()];
    if (!runtime) {
        std::unique_ptr<Runtime> opened(new Runtime(files));
        const LogScope log(opened->api_, sink);
        opened->loadBackends(files);
        runtime = std::move(opened);
    }
    return *runtime;
}

Runtime::Runtime(const RuntimeFiles& files) : libraries_(openChecked(files.libraries)), api_(libraries_) {}

void Runtime::loadBackends(const RuntimeFiles& files) const {
    // Another addon of the process may have registered the backends of these very libraries.
    if (api_.ggml_backend_reg_count() == 0)
        api_.ggml_backend_load_all_from_path(files.backendsDirectory.c_str());
    if (api_.ggml_backend_reg_count() == 0) {
        throw Error("RUNTIME_NOT_FOUND",
                    "No llama.cpp backend could be loaded from " + files.backendsDirectory);
    }
    api_.llama_backend_init();
}

std::vector<ggml_backend_dev_t> Runtime::devices(const std::string& gpu, const RuntimeFiles& files,
                                                 const LogSink& sink) const {
    if (gpu == "false") return {};
    const std::lock_guard<std::mutex> lock(mutex_);
    LogScope log(api_, sink);
    if (gpu == "auto") {
        for (const auto& [name, backend] : backendNames()) {
            auto found = findDevices(name, files);
            if (!found.empty()) return found;
        }
        return {};
    }
    auto found = findDevices(gpu, files);
    if (!found.empty()) return found;
    const std::string errors = log.takeErrors();
    throw Error("GPU_UNAVAILABLE",
                "No " + gpu + " device is available" + (errors.empty() ? std::string() : ": " + errors));
}

std::vector<ggml_backend_dev_t> Runtime::named(const std::vector<ggml_backend_dev_t>& devices,
                                               const std::vector<std::string>& names) const {
    std::vector<ggml_backend_dev_t> result;
    for (const auto& name : names) {
        const auto found = std::find_if(devices.begin(), devices.end(), [&](ggml_backend_dev_t device) {
            return name == api_.ggml_backend_dev_name(device);
        });
        if (found == devices.end()) {
            std::string known;
            for (const auto device : devices) known += std::string(" ") + api_.ggml_backend_dev_name(device);
            throw Error("GPU_UNAVAILABLE", "No device is named \"" + name + "\"; there " +
                                               (known.empty() ? "is none" : "are:" + known));
        }
        result.push_back(*found);
    }
    return result;
}

/// The devices registered already, else those of the first library that brings any.
std::vector<ggml_backend_dev_t> Runtime::findDevices(const std::string& gpu,
                                                     const RuntimeFiles& files) const {
    auto found = registeredDevices(gpu);
    for (const auto& file : files.gpuBackends) {
        if (!found.empty()) return found;
        if (file.gpu == gpu && api_.ggml_backend_load(file.path.c_str())) found = registeredDevices(gpu);
    }
    return found;
}

std::vector<ggml_backend_dev_t> Runtime::registeredDevices(const std::string& gpu) const {
    std::vector<ggml_backend_dev_t> found;
    for (size_t index = 0; index < api_.ggml_backend_dev_count(); ++index) {
        const ggml_backend_dev_t device = api_.ggml_backend_dev_get(index);
        const std::string backend = api_.ggml_backend_reg_name(api_.ggml_backend_dev_backend_reg(device));
        if (backend == backendNames().at(gpu) && isGpu(api_.ggml_backend_dev_type(device)))
            found.push_back(device);
    }
    return found;
}

} // namespace iprm
