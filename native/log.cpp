#include "log.h"

#include <atomic>
#include <mutex>

namespace iprm {

namespace {

thread_local LogScope* currentScope = nullptr;

/// The callback that was installed before ours, and how many scopes keep ours installed.
struct HostLog {
    std::mutex mutex;
    int scopes = 0;
    std::atomic<ggml_log_callback> callback{nullptr};
    std::atomic<void*> userData{nullptr};
};

HostLog& hostLog() {
    static HostLog host;
    return host;
}

std::string trimmed(const std::string& text) {
    const auto end = text.find_last_not_of(" \t\r\n");
    return end == std::string::npos ? std::string() : text.substr(0, end + 1);
}

} // namespace

LogScope::LogScope(const LlamaApi& api, LogSink sink)
    : api_(api), sink_(std::move(sink)), outer_(currentScope) {
    currentScope = this;
    HostLog& host = hostLog();
    const std::lock_guard<std::mutex> lock(host.mutex);
    ++host.scopes;
    ggml_log_callback installed = nullptr;
    void* userData = nullptr;
    api_.llama_log_get(&installed, &userData);
    if (installed == dispatch) return;
    host.callback = installed;
    host.userData = userData;
    api_.llama_log_set(dispatch, nullptr);
}

LogScope::~LogScope() {
    currentScope = outer_;
    HostLog& host = hostLog();
    const std::lock_guard<std::mutex> lock(host.mutex);
    if (--host.scopes > 0) return;
    ggml_log_callback installed = nullptr;
    void* userData = nullptr;
    api_.llama_log_get(&installed, &userData);
    if (installed == dispatch) api_.llama_log_set(host.callback, host.userData);
}

std::string LogScope::takeErrors() {
    std::string taken;
    taken.swap(errors_);
    return taken;
}

void LogScope::dispatch(ggml_log_level level, const char* text, void*) {
    if (currentScope) return currentScope->receive(level, text);
    HostLog& host = hostLog();
    if (const ggml_log_callback callback = host.callback) callback(level, text, host.userData);
}

void LogScope::receive(ggml_log_level level, const char* text) {
    if (level != GGML_LOG_LEVEL_CONT) level_ = level;
    const std::string line = trimmed(text);
    if (line.empty()) return;
    if (level_ == GGML_LOG_LEVEL_ERROR) errors_ += (errors_.empty() ? "" : "; ") + line;
    if (sink_) sink_(level_, line);
}

} // namespace iprm
