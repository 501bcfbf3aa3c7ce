#include "output-head.h"

#include "graph-gradient.h"
#include "layer-replay.h"

#include <algorithm>

namespace iprm {

struct OutputHead::Graph {
    explicit Graph(const TrainApi& api) : build(api) {}

    GraphBuilder build;
    /// Which rows, and where the logit of each one's token is among all logits.
    ggml_tensor *rows = nullptr, *places = nullptr, *ones = nullptr;
    ggml_tensor *logprobs = nullptr, *gradients = nullptr;
};

/// Logits of many words are large: some 64 MiB of them at a time.
int64_t OutputHead::rowsAtOnce() const {
    return std::clamp<int64_t>((int64_t{1} << 24) / model_.vocabularySize(), 64, 256);
}

/// log π = x_t − x_max + log p_max, which stays finite where p_t underflows. ∂ log π / ∂ logits is 1 at the
/// token less all probabilities.
OutputHead::Graph OutputHead::build(ggml_tensor* states, int64_t count, Operations forward,
                                    bool wantsGradients) const {
    Graph graph(api_);
    GraphBuilder& build = graph.build;
    const int64_t words = model_.vocabularySize();
    graph.rows = build.input(GGML_TYPE_I32, {count, 1, 1, 1});
    graph.places = build.input(GGML_TYPE_I32, {count, 1, 1, 1});
    ggml_tensor* x = build.rows(states, graph.rows);
    ggml_tensor* logits = LayerReplay(build, model_, weights_, nullptr, forward).logits(x);
    ggml_tensor* probabilities = build.softmax(logits);
    const auto single = [&](ggml_tensor* values) { return build.reshape(values, {1, words * count, 1, 1}); };
    const auto byWord = [&](ggml_tensor* values) { return build.reshape(values, {1, words, count, 1}); };
    const auto flat = [&](ggml_tensor* values) { return build.reshape(values, {1, count, 1, 1}); };
    ggml_tensor* best = build.reshape(build.largest(logits), {1, count, 1, 1});
    ggml_tensor* difference = build.subtract(flat(build.rows(single(logits), graph.places)),
                                             flat(build.rows(byWord(logits), best)));
    graph.logprobs = build.add(difference, build.logarithm(flat(build.rows(byWord(probabilities), best))));
    api_.ggml_set_output(graph.logprobs);
    build.output(graph.logprobs);
    if (!wantsGradients) return graph;
    graph.ones = build.input(GGML_TYPE_F32, {1, count, 1, 1});
    GraphGradient gradient(build, rowNumbers_, operations_);
    ggml_tensor* others = single(build.scale(probabilities, -1));
    ggml_tensor* own = build.add(flat(build.rows(others, graph.places)), graph.ones);
    ggml_tensor* slope = build.setRows(others, own, graph.places);
    gradient.differentiate(logits, build.reshape(slope, {words, count, 1, 1}), {x});
    graph.gradients = build.contiguous(gradient.of(x));
    api_.ggml_set_output(graph.gradients);
    build.output(graph.gradients);
    return graph;
}

size_t OutputHead::plan(ggml_tensor* states, bool wantsGradients) const {
    return compute_.plan(build(states, rowsAtOnce(), operations_, wantsGradients).build.graph());
}

OutputHead::Result OutputHead::evaluate(ggml_tensor* states, const std::vector<ScoredToken>& scored,
                                        Operations forward, bool wantsGradients, ggml_gallocr* allocator,
                                        const std::function<bool()>& cancelled) const {
    const auto width = static_cast<size_t>(model_.embeddingLength());
    Result result;
    result.logprobs.resize(scored.size());
    if (wantsGradients) result.gradients.resize(scored.size() * width);
    for (size_t begin = 0; begin < scored.size(); begin += static_cast<size_t>(rowsAtOnce())) {
        const size_t count = std::min(static_cast<size_t>(rowsAtOnce()), scored.size() - begin);
        Graph graph = build(states, static_cast<int64_t>(count), forward, wantsGradients);
        compute_.place(allocator, graph.build.graph());
        std::vector<int32_t> rows, places;
        for (size_t i = 0; i < count; ++i) {
            rows.push_back(scored[begin + i].row);
            places.push_back(static_cast<int32_t>(static_cast<int64_t>(i) * model_.vocabularySize()) +
                             scored[begin + i].token);
        }
        compute_.write(graph.rows, rows);
        compute_.write(graph.places, places);
        if (wantsGradients) compute_.write(graph.ones, std::vector<float>(count, 1.0f));
        compute_.run(graph.build.graph(), cancelled);
        compute_.read(graph.logprobs, result.logprobs.data() + begin, count * sizeof(float));
        if (wantsGradients) {
            compute_.read(graph.gradients, result.gradients.data() + begin * width,
                          count * width * sizeof(float));
        }
    }
    return result;
}

} // namespace iprm
