#pragma once

#include <napi.h>

namespace iprm {

/// openVocabulary(runtime, path) → promise of {model, specialTokens, longestToken, tokenise, detokenise}: the
/// tokenizer of a GGUF file, without its weights. It is freed once nobody holds either function.
///
///     tokenise(text, parseSpecial) → promise of {tokens, starts}
///     detokenise(tokens)           → promise of a string
Napi::Value openVocabulary(const Napi::CallbackInfo& info);

} // namespace iprm
