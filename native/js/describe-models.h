#pragma once

#include <napi.h>

namespace iprm {

/// describeModels(runtime, paths) → promise of {models, differences}: reads metadata and tokenizers, no
/// weights. `differences[i]` is where the vocabulary of model i parts from that of model 0, or null.
Napi::Value describeModels(const Napi::CallbackInfo& info);

} // namespace iprm
