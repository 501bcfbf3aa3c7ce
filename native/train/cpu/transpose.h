#pragma once

#include "../graph-builder.h"

namespace iprm {

/// xᵀ in single precision, for x of any type whose rows lie dense. An operation of the CPU alone: ggml copies
/// element by element, which for the weights of a model takes as long as multiplying by them.
ggml_tensor* transposeOnCpu(GraphBuilder& build, ggml_tensor* x);

} // namespace iprm
