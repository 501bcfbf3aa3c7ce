#pragma once

#include "log.h"

#include <cstddef>
#include <map>
#include <string>

namespace iprm {

/// Bytes in use.
struct MemoryUse {
    size_t weights = 0;
    /// Keys and values, or the states of a recurrent model.
    size_t kvCache = 0;
    size_t compute = 0;
    /// Logits on the host.
    size_t host = 0;

    size_t total() const { return weights + kvCache + compute + host; }
    MemoryUse& operator+=(const MemoryUse& other);
};

/// Reads what llama.cpp's buffers take off its log, the one place where its C interface tells.
class MemoryMeter {
public:
    /// A sink that measures, and passes everything on to `next` if there is one.
    LogSink sink(LogSink next);

    MemoryUse use() const;

private:
    void receive(const std::string& line);

    size_t weights_ = 0, kvCache_ = 0;
    /// By device: they are told again when they are made anew.
    std::map<std::string, size_t> compute_;
};

} // namespace iprm
