#include "model-graph.h"

#include "../error.h"

#include <algorithm>
#include <cstdio>
#include <cstring>

namespace iprm {

namespace {

constexpr uint32_t fewTokens = 37, moreTokens = 41;

llama_context* openContext(const LlamaApi& llama, llama_model* model) {
    llama_context_params params = llama.llama_context_default_params();
    params.n_ctx = params.n_batch = params.n_ubatch = 64;
    params.n_outputs_max = 64;
    params.type_k = params.type_v = GGML_TYPE_F32;
    // One node for the whole attention, which is easily told and written out anew.
    params.flash_attn_type = LLAMA_FLASH_ATTN_TYPE_ENABLED;
    params.n_threads = params.n_threads_batch = 1;
    params.offload_kqv = false;
    return llama.llama_init_from_model(model, params);
}

const ggml_tensor* rootOf(const ggml_tensor* tensor) {
    while (tensor->view_src) tensor = tensor->view_src;
    return tensor;
}

/// The leaf that a chain of views, copies and reorderings begins at.
const ggml_tensor* originOf(const ggml_tensor* tensor) {
    while (true) {
        switch (tensor->op) {
        case GGML_OP_CPY:
        case GGML_OP_CONT:
        case GGML_OP_PERMUTE:
        case GGML_OP_RESHAPE:
        case GGML_OP_TRANSPOSE:
        case GGML_OP_VIEW:
            tensor = tensor->src[0];
            break;
        default:
            return rootOf(tensor);
        }
    }
}

bool isBlockWeight(const ggml_tensor* tensor) {
    return tensor->op == GGML_OP_NONE && std::strncmp(tensor->name, "blk.", 4) == 0;
}

size_t viewOffset(const ggml_tensor* view) {
    size_t offset = 0;
    if (view->op == GGML_OP_VIEW) std::memcpy(&offset, view->op_params, sizeof offset);
    return offset;
}

} // namespace

ModelGraph::ModelGraph(const LlamaApi& llama, const TrainApi& api, llama_model* model)
    : api_(api), context_(openContext(llama, model), llama.llama_free),
      layerOutputs_(static_cast<size_t>(llama.llama_model_n_layer(model))), targets_(layerOutputs_.size()),
      window_(std::max(0, api.llama_model_n_swa(model))) {
    if (!context_) refuse("llama.cpp cannot evaluate it with flash attention");
    readLayouts();
}

void ModelGraph::refuse(const std::string& why) const {
    throw Error("TRAINING_UNSUPPORTED", "This model cannot be trained: " + why);
}

ggml_cgraph* ModelGraph::reserve(uint32_t tokens) const {
    ggml_cgraph* graph = api_.llama_graph_reserve(context_.get(), tokens, 1, tokens);
    if (!graph) refuse("llama.cpp gives no graph for it");
    return graph;
}

/// The second graph is kept. It lies where the first did, so of the first the numbers are kept.
void ModelGraph::readLayouts() {
    struct Numbers {
        int64_t values[9];
    };
    const auto numbersOf = [](const ggml_tensor* node) {
        Numbers numbers;
        for (int i = 0; i < 4; ++i) numbers.values[i] = node->ne[i];
        for (int i = 0; i < 4; ++i) numbers.values[4 + i] = static_cast<int64_t>(node->nb[i]);
        numbers.values[8] = static_cast<int64_t>(viewOffset(node));
        return numbers;
    };
    ggml_cgraph* graph = reserve(moreTokens);
    std::vector<Numbers> more;
    for (int i = 0; i < api_.ggml_graph_n_nodes(graph); ++i)
        more.push_back(numbersOf(api_.ggml_graph_node(graph, i)));
    graph = reserve(fewTokens);
    if (static_cast<int>(more.size()) != api_.ggml_graph_n_nodes(graph))
        refuse("its graph is another for another number of tokens");
    for (size_t i = 0; i < more.size(); ++i) {
        const ggml_tensor* node = api_.ggml_graph_node(graph, static_cast<int>(i));
        const Numbers few = numbersOf(node);
        Measure measures[9];
        for (int k = 0; k < 9; ++k) {
            measures[k].perToken = (more[i].values[k] - few.values[k]) / (moreTokens - fewTokens);
            measures[k].fixed = few.values[k] - measures[k].perToken * fewTokens;
            const bool isLinear = more[i].values[k] == measures[k].at(moreTokens);
            if (!isLinear || (measures[k].fixed != 0 && measures[k].perToken != 0)) irregular_.insert(node);
        }
        Layout& layout = layouts_[node];
        std::copy_n(measures, 4, layout.dimensions);
        std::copy_n(measures + 4, 4, layout.strides);
        layout.offset = measures[8];
    }
    readNodes(graph);
}

void ModelGraph::readNodes(ggml_cgraph* graph) {
    int32_t layer = 0;
    for (int i = 0; i < api_.ggml_graph_n_nodes(graph); ++i) {
        ggml_tensor* node = api_.ggml_graph_node(graph, i);
        layerOf_[node] = layer;
        for (const ggml_tensor* source : node->src) {
            if (source && (dependent_.count(source) || std::strcmp(source->name, "inp_tokens") == 0))
                dependent_.insert(node);
        }
        if (node->op == GGML_OP_SET_ROWS) {
            stored_[rootOf(node->src[2])] = node->src[0];
            caches_.insert(rootOf(node->src[2]));
        }
        if (node->op == GGML_OP_MUL_MAT_ID) refuse("it is a mixture of experts (operation MUL_MAT_ID)");
        if (node->op == GGML_OP_FLASH_ATTN_EXT) readAttention(node);
        if (node->op == GGML_OP_MUL_MAT) readTarget(node, layer);
        if (std::strcmp(node->name, "result_output") == 0) logits_ = node;
        int number;
        if (std::sscanf(node->name, "l_out-%d", &number) == 1 && number >= 0 && number < layers()) {
            layerOutputs_[static_cast<size_t>(number)] = node;
            layer = number + 1;
        }
    }
    for (int32_t i = 0; i < layers(); ++i) {
        if (!layerOutput(i)) refuse("its graph does not mark the end of layer " + std::to_string(i));
        if (targets(i).empty()) refuse("layer " + std::to_string(i) + " has no weights to adapt");
    }
    if (!logits_) refuse("its graph has no logits");
    if (masks_.empty()) refuse("it has no attention of a kind that is known");
    std::sort(masks_.begin(), masks_.end());
    readWeights(graph);
}

void ModelGraph::readWeights(ggml_cgraph* graph) {
    std::unordered_set<const ggml_tensor*> known;
    for (int i = 0; i < api_.ggml_graph_n_nodes(graph); ++i) {
        for (ggml_tensor* source : api_.ggml_graph_node(graph, i)->src) {
            if (!source || source->op != GGML_OP_NONE || source->flags & GGML_TENSOR_FLAG_INPUT) continue;
            if (!isCache(rootOf(source)) && known.insert(source).second) weights_.push_back(source);
        }
    }
}

void ModelGraph::readAttention(const ggml_tensor* node) {
    float bias = 0;
    std::memcpy(&bias, node->op_params + 1, sizeof bias);
    if (bias != 0) refuse("its attention has linear biases (ALiBi)");
    if (node->src[4]) refuse("its attention has sinks");
    if (!node->src[3]) refuse("its attention has no mask");
    const ggml_tensor* mask = originOf(node->src[3]);
    if (std::find(masks_.begin(), masks_.end(), mask) == masks_.end()) masks_.push_back(mask);
    if (masks_.size() > 2) refuse("its layers have more than two attention masks");
    attentionWidth_ = std::max(attentionWidth_, node->src[0]->ne[0] * node->src[0]->ne[2]);
}

void ModelGraph::readTarget(ggml_tensor* node, int32_t layer) {
    ggml_tensor* weight = node->src[0];
    if (!isBlockWeight(weight) || layer >= layers()) return;
    if (weight->ne[2] != 1 || weight->ne[3] != 1)
        refuse(std::string("the weight ") + weight->name + " is not a matrix");
    auto& targets = targets_[static_cast<size_t>(layer)];
    if (std::find(targets.begin(), targets.end(), weight) == targets.end()) targets.push_back(weight);
}

const ModelGraph::Layout& ModelGraph::layout(const ggml_tensor* node) const {
    const auto found = layouts_.find(node);
    if (found == layouts_.end() || irregular_.count(node))
        refuse(std::string("the shape of ") + node->name + " does not go with the number of tokens");
    return found->second;
}

Shape ModelGraph::shape(const ggml_tensor* node, int64_t rows) const {
    const Layout& known = layout(node);
    Shape shape;
    for (size_t i = 0; i < 4; ++i) shape[i] = known.dimensions[i].at(rows);
    return shape;
}

size_t ModelGraph::stride(const ggml_tensor* view, int dimension, int64_t rows) const {
    return static_cast<size_t>(layout(view).strides[dimension].at(rows));
}

size_t ModelGraph::offset(const ggml_tensor* view, int64_t rows) const {
    return static_cast<size_t>(layout(view).offset.at(rows));
}

ggml_tensor* ModelGraph::stored(const ggml_tensor* keysOrValues) const {
    const auto found = stored_.find(originOf(keysOrValues));
    if (found == stored_.end()) refuse("its attention reads something other than its own keys and values");
    return found->second;
}

/// llama.cpp makes the mask of full attention before that of the window, in one arena, and calls both by one
/// name. The self-check evaluates more tokens than the window, so it would tell if that were otherwise.
bool ModelGraph::isWindowed(const ggml_tensor* attention) const {
    if (window_ == 0) return false;
    return originOf(attention->src[3]) == masks_.back();
}

int32_t ModelGraph::layerOf(const ggml_tensor* node) const {
    const auto found = layerOf_.find(node);
    return found == layerOf_.end() ? -1 : found->second;
}

} // namespace iprm
