#pragma once

#include <cstdint>

namespace iprm {

/// A token's number: llama.cpp's llama_token, spelt out so that what only arranges requests needs no
/// llama.cpp.
using Token = int32_t;

/// The most probable token at a position, that of the lowest number where several are equally probable, and
/// its log-probability.
struct Likeliest {
    Token token = -1;
    float logprob = 0;
};

/// What is wanted of a model's prediction of one token. Null is what is not wanted.
struct Prediction {
    /// Whose log-probability is wanted.
    Token token;
    float* logprob;
    Likeliest* likeliest;
};

} // namespace iprm
