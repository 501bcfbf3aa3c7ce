#pragma once

#include <cstdint>

namespace iprm {

/// SplitMix64: the same numbers everywhere, which the standard library's distributions don't promise.
class PortableRandom {
public:
    explicit PortableRandom(uint64_t seed) : state_(seed) {}

    uint64_t next() {
        uint64_t z = (state_ += 0x9e3779b97f4a7c15u);
        z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
        z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
        return z ^ (z >> 31);
    }

    /// From −1 to below 1, a multiple of 2⁻²³.
    float symmetric() { return static_cast<float>(next() >> 40) * (1.0f / 8388608.0f) - 1.0f; }

private:
    uint64_t state_;
};

} // namespace iprm
