#pragma once

#include "gguf-file.h"
#include "llama-api.h"
#include "log.h"

#include <string>

namespace iprm {

/// Reads what a model file says of itself and refuses what llama.cpp would not: it ends the process on much
/// that it does not expect (a token that is there twice, no blocks, a weight of a type that it has no kernel
/// for). The other files of a split model are read too.
///
/// This is what is known, not a proof: what comes from strangers belongs in a process of its own besides.
///
/// Throws Error MODEL_INVALID with the key, its value and what was expected, or that the file is no GGUF.
void checkModelFile(const LlamaApi& api, const std::string& path, LogScope& log);

/// The same for the file of a LoRA adapter.
void checkAdapterFile(const LlamaApi& api, const std::string& path, LogScope& log);

/// Throws MODEL_INVALID for `what` ("llama.block_count is 0") of a file.
[[noreturn]] void refuseModel(const GgufFile& file, const std::string& what, const std::string& expected);

} // namespace iprm
