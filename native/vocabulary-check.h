#pragma once

#include "gguf-file.h"

namespace iprm {

/// Refuses vocabularies that llama.cpp cannot build a tokenizer of, or that its tokenizer never comes to an
/// end with. Throws Error MODEL_INVALID.
void checkVocabulary(const GgufFile& file);

} // namespace iprm
