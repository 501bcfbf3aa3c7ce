#pragma once

#include "prediction.h"

#include <llama.h>

#include <cstdint>
#include <vector>

namespace iprm {

/// What is wanted of one of a batch's outputs.
struct BatchTarget {
    /// Which of the outputs, in their order in the batch.
    int32_t output;
    Prediction wanted;
};

/// Tokens to evaluate together, and what is wanted of them.
struct Batch {
    std::vector<llama_token> tokens;
    std::vector<llama_pos> positions;
    std::vector<llama_seq_id> sequences;
    /// For each token whether its logits are needed.
    std::vector<int8_t> isOutput;
    int32_t outputCount = 0;
    /// Ascending by output.
    std::vector<BatchTarget> targets;

    int32_t size() const { return static_cast<int32_t>(tokens.size()); }
    void add(llama_token token, llama_pos position, llama_seq_id sequence) {
        tokens.push_back(token);
        positions.push_back(position);
        sequences.push_back(sequence);
        isOutput.push_back(0);
    }
    /// Wants a prediction of what follows the token added last.
    void want(const Prediction& wanted) {
        if (!isOutput.back()) ++outputCount;
        isOutput.back() = 1;
        targets.push_back({outputCount - 1, wanted});
    }
};

} // namespace iprm
