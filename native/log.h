#pragma once

#include "llama-api.h"

#include <functional>
#include <string>

namespace iprm {

using LogSink = std::function<void(ggml_log_level level, const std::string& text)>;

/// While it lives, what llama.cpp logs on this thread goes to `sink`, and what it logs on any other thread
/// goes where it went before: the callback is one for the whole process, and a host such as node-llama-cpp
/// may own it. The last scope to end puts the host's callback back.
///
/// The scope also keeps the errors logged, since llama.cpp's own calls return no more than a null pointer.
class LogScope {
public:
    LogScope(const LlamaApi& api, LogSink sink);
    ~LogScope();
    LogScope(const LogScope&) = delete;
    LogScope& operator=(const LogScope&) = delete;

    /// The error lines logged since the scope began or since the last call, joined by "; ".
    std::string takeErrors();

private:
    static void dispatch(ggml_log_level level, const char* text, void* userData);
    void receive(ggml_log_level level, const char* text);

    const LlamaApi& api_;
    LogSink sink_;
    LogScope* outer_;
    ggml_log_level level_ = GGML_LOG_LEVEL_INFO;
    std::string errors_;
};

} // namespace iprm
