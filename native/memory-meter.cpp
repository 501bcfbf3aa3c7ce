#include "memory-meter.h"

#include <cstdlib>

namespace iprm {

MemoryUse& MemoryUse::operator+=(const MemoryUse& other) {
    weights += other.weights;
    kvCache += other.kvCache;
    compute += other.compute;
    host += other.host;
    return *this;
}

LogSink MemoryMeter::sink(LogSink next) {
    return [this, next = std::move(next)](ggml_log_level level, const std::string& line) {
        receive(line);
        if (next) next(level, line);
    };
}

/// A line is "function: device kind buffer size = 12.34 MiB".
void MemoryMeter::receive(const std::string& line) {
    const std::string mark = " buffer size = ";
    const size_t at = line.find(mark);
    if (at == std::string::npos) return;
    const std::string before = line.substr(0, at);
    const double mebibytes = std::strtod(line.c_str() + at + mark.size(), nullptr);
    const auto bytes = static_cast<size_t>(mebibytes * (1 << 20));
    const std::string kind = before.substr(before.find_last_of(' ') + 1);
    if (kind == "model" || kind == "LoRA") weights_ += bytes;
    if (kind == "KV" || kind == "RS" || kind == "state") kvCache_ += bytes;
    if (kind == "compute") compute_[before] = bytes;
}

MemoryUse MemoryMeter::use() const {
    MemoryUse use;
    use.weights = weights_;
    use.kvCache = kvCache_;
    for (const auto& [device, bytes] : compute_) use.compute += bytes;
    return use;
}

} // namespace iprm
