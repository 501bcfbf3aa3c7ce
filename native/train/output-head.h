#pragma once

#include "device-weights.h"
#include "model-graph.h"
#include "operations.h"
#include "token-blocks.h"

#include <functional>
#include <vector>

namespace iprm {

/// From outputs of the last layer to log-probabilities, some rows at a time.
class OutputHead {
public:
    OutputHead(const Compute& compute, const TrainApi& api, const ModelGraph& model,
               const DeviceWeights& weights, ggml_tensor* rowNumbers, Operations operations)
        : compute_(compute), api_(api), model_(model), weights_(weights), rowNumbers_(rowNumbers),
          operations_(operations) {}

    struct Result {
        /// Nats, one for each scored token.
        std::vector<float> logprobs;
        /// ∂ log π / ∂ row of each scored token, [scored, embedding]; empty unless asked for.
        std::vector<float> gradients;
    };

    /// `states`: the outputs of the last layer, [embedding, rows]. `forward`: by what their logits are
    /// computed.
    Result evaluate(ggml_tensor* states, const std::vector<ScoredToken>& scored, Operations forward,
                    bool wantsGradients, ggml_gallocr* allocator,
                    const std::function<bool()>& cancelled) const;

    /// Bytes that the intermediate results take.
    size_t plan(ggml_tensor* states, bool wantsGradients) const;
    /// The most tokens evaluated at a time.
    int64_t rowsAtOnce() const;

private:
    struct Graph;
    Graph build(ggml_tensor* states, int64_t count, Operations forward, bool wantsGradients) const;

    const Compute& compute_;
    const TrainApi& api_;
    const ModelGraph& model_;
    const DeviceWeights& weights_;
    ggml_tensor* rowNumbers_;
    Operations operations_;
};

} // namespace iprm
