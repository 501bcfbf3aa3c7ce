#pragma once

#include "gguf-file.h"

namespace iprm {

/// Refuses tensors of a model that llama.cpp can load but not compute with: of a type that has no kernel in
/// their role, or at a place in the file that it cannot map. Throws Error MODEL_INVALID.
void checkModelTensors(const GgufFile& file);

/// The same for a LoRA adapter, whose matrices also have to be of fitting shapes.
void checkAdapterTensors(const GgufFile& file);

} // namespace iprm
