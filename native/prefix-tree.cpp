#include "prefix-tree.h"

#include <algorithm>
#include <utility>

namespace iprm {

namespace {

/// The part of a sequence that lies below some node.
struct Rest {
    Request* request;
    size_t index;
    int32_t position = 0;

    const Sequence& sequence() const { return (*request->sequences)[index]; }

    int32_t evaluatedEnd() const { return static_cast<int32_t>(request->evaluatedLength(sequence())); }
    llama_token token() const { return sequence().tokens[static_cast<size_t>(position)]; }
};

void addTarget(PrefixNode& node, const Rest& rest, int32_t position) {
    const int32_t predicted = position + 1;
    const auto& [tokens, from] = rest.sequence();
    if (predicted < from) return;
    Prediction wanted{0, nullptr, nullptr};
    if (static_cast<size_t>(predicted) < tokens.size()) {
        wanted.token = tokens[static_cast<size_t>(predicted)];
        wanted.logprob = rest.request->results[rest.index] + (predicted - from);
    }
    if (rest.request->wantsLikeliest()) {
        wanted.likeliest = rest.request->likeliest[rest.index] + (predicted - from);
    }
    node.targets.push_back({position - node.begin, wanted, rest.request});
}

std::unique_ptr<PrefixNode> leafOf(const Rest& rest) {
    auto node = std::make_unique<PrefixNode>();
    node->owner = rest.request;
    node->ownerSequence = rest.index;
    node->requests = {rest.request};
    node->path = rest.sequence().tokens.data();
    node->begin = rest.position;
    node->end = rest.evaluatedEnd();
    for (int32_t position = node->begin; position < node->end; ++position) addTarget(*node, rest, position);
    return node;
}

/// Cuts a node in two after its first `length` tokens.
void split(PrefixNode& node, int32_t length) {
    auto lower = std::make_unique<PrefixNode>();
    lower->owner = node.owner;
    lower->ownerSequence = node.ownerSequence;
    lower->requests = node.requests;
    lower->path = node.path;
    lower->begin = node.begin + length;
    lower->end = node.end;
    lower->children = std::move(node.children);
    const auto belongsAbove = [length](const Target& target) { return target.offset < length; };
    const auto cut = std::stable_partition(node.targets.begin(), node.targets.end(), belongsAbove);
    lower->targets.assign(cut, node.targets.end());
    for (auto& target : lower->targets) target.offset -= length;
    node.targets.erase(cut, node.targets.end());
    node.end = lower->begin;
    node.children.clear();
    node.children.push_back(std::move(lower));
}

PrefixNode* childThatBeginsWith(const PrefixTree& nodes, llama_token token) {
    for (const auto& node : nodes) {
        if (node->path[node->begin] == token) return node.get();
    }
    return nullptr;
}

void insert(PrefixTree& roots, Rest rest) {
    PrefixTree* nodes = &roots;
    while (rest.position < rest.evaluatedEnd()) {
        PrefixNode* node = childThatBeginsWith(*nodes, rest.token());
        if (!node) {
            nodes->push_back(leafOf(rest));
            return;
        }
        const int32_t end = std::min(node->end, rest.evaluatedEnd());
        while (rest.position < end && node->path[rest.position] == rest.token()) {
            addTarget(*node, rest, rest.position);
            ++rest.position;
        }
        // Also cut where a sequence ends in the middle of another request's tokens: what lies below is none
        // of its business.
        const bool isOurs = node->requests.front() == rest.request;
        if (rest.position < end || (rest.position < node->end && !isOurs)) {
            split(*node, rest.position - node->begin);
        }
        if (node->requests.back() != rest.request) node->requests.push_back(rest.request);
        nodes = &node->children;
    }
}

/// The subtrees that take least come first, so that a small request isn't held up by a huge one.
void sortBySize(PrefixTree& nodes) {
    std::stable_sort(nodes.begin(), nodes.end(), [](const auto& a, const auto& b) {
        return std::pair(a->branches, a->height) < std::pair(b->branches, b->height);
    });
}

/// Sorts what insertion left unsorted and sets heights and branches.
void finish(PrefixNode& node) {
    std::stable_sort(node.targets.begin(), node.targets.end(),
                     [](const Target& a, const Target& b) { return a.offset < b.offset; });
    int32_t below = 0;
    for (auto& child : node.children) {
        finish(*child);
        below = std::max(below, child->height);
    }
    node.height = node.length() + below;
    sortBySize(node.children);
    for (const auto& child : node.children) {
        // While another than the last is evaluated, the node's own branch waits.
        const size_t waiting = child == node.children.back() ? 0 : 1;
        node.branches = std::max(node.branches, child->branches + waiting);
    }
}

} // namespace

PrefixTree buildPrefixTree(const std::vector<Request*>& requests) {
    PrefixTree roots;
    for (Request* request : requests) {
        for (size_t i = request->begin; i < request->end; ++i) {
            const Sequence& sequence = (*request->sequences)[i];
            const bool wantsNothing = static_cast<size_t>(sequence.from) > request->evaluatedLength(sequence);
            if (!wantsNothing) insert(roots, {request, i});
        }
    }
    for (const auto& root : roots) finish(*root);
    sortBySize(roots);
    return roots;
}

size_t countTokens(const PrefixTree& roots) {
    size_t tokens = 0;
    for (const auto& node : roots)
        tokens += static_cast<size_t>(node->length()) + countTokens(node->children);
    return tokens;
}

} // namespace iprm
