#include "admission.h"

#include <algorithm>
#include <utility>

namespace iprm {

namespace {

size_t countTargets(const Request& request) {
    size_t count = 0;
    for (size_t i = request.begin; i < request.end; ++i) {
        const Sequence& sequence = (*request.sequences)[i];
        // What follows each token evaluated from the one before `from` on.
        count += request.evaluatedLength(sequence) + 1 - static_cast<size_t>(sequence.from);
    }
    return count;
}

size_t longestSequence(const Request& request) {
    size_t longest = 0;
    for (size_t i = request.begin; i < request.end; ++i)
        longest = std::max(longest, (*request.sequences)[i].tokens.size());
    return longest;
}

/// The most branches that a tree of so many sequences takes at a time.
size_t branchesOf(size_t sequences) {
    size_t branches = 1;
    for (; sequences > 1; sequences /= 2) ++branches;
    return branches;
}

} // namespace

void Admission::add(std::shared_ptr<Request> request) {
    request->targetsLeft = countTargets(*request);
    waiting_.push_back(std::move(request));
}

std::vector<std::shared_ptr<Request>> Admission::takeCancelled() {
    std::vector<std::shared_ptr<Request>> cancelled;
    std::deque<std::shared_ptr<Request>> kept;
    for (auto& request : waiting_) {
        if (request->cancelled()) {
            cancelled.push_back(std::move(request));
        } else {
            kept.push_back(std::move(request));
        }
    }
    waiting_ = std::move(kept);
    return cancelled;
}

std::vector<std::shared_ptr<Request>> Admission::takeAll() {
    const auto all = std::exchange(waiting_, {});
    return {all.begin(), all.end()};
}

std::vector<std::shared_ptr<Request>> Admission::next(const std::vector<WalkUnderWay>& walks,
                                                      const MakeRoom& makeRoom) {
    if (walks.size() >= maxWalks) return {};
    Load load = loadOf(walks);
    Party party;
    std::vector<Request*> passedOver;
    for (auto next = waiting_.begin(); next != waiting_.end();) {
        Request& request = **next;
        if (!mayEnter(request, load)) {
            ++next;
            continue;
        }
        party.targets += request.targetsLeft;
        if (!party.requests.empty() && party.targets > limits_.smallTargets) break;
        const size_t size = request.end - request.begin;
        party.longest = std::max(party.longest, longestSequence(request));
        party.sequences += size;
        const bool fits = load.requested + size <= limits_.sequences &&
                          (walks.empty() || makeRoom(load.cells + party.longest,
                                                     load.sequences + branchesOf(party.sequences)));
        if (!fits) {
            if (!party.requests.empty() || request.passedOver >= maxPassedOver) break;
            party = {};
            passedOver.push_back(&request);
            ++next;
            continue;
        }
        load.requested += size;
        load.calls.insert(request.sequences.get());
        for (Request* other : passedOver) ++other->passedOver;
        party.requests.push_back(std::move(*next));
        next = waiting_.erase(next);
    }
    return party.requests;
}

/// Whether the request's size and its call let it in beside those under way.
bool Admission::mayEnter(const Request& request, const Load& load) const {
    if (load.calls.count(request.sequences.get()) > 0) return false;
    return load.leastLarge == 0 || request.targetsLeft <= std::max(limits_.smallTargets, load.leastLarge / 4);
}

Admission::Load Admission::loadOf(const std::vector<WalkUnderWay>& walks) const {
    Load load;
    for (const auto& walk : walks) {
        load.cells += walk.cells;
        load.sequences += walk.sequences;
        size_t targets = 0;
        for (const auto& request : walk.requests) {
            if (!request->onDone) continue;
            targets += request->targetsLeft;
            load.requested += request->end - request->begin;
            load.calls.insert(request->sequences.get());
        }
        const bool isLeast = load.leastLarge == 0 || targets < load.leastLarge;
        if (targets > limits_.smallTargets && isLeast) load.leastLarge = targets;
    }
    return load;
}

} // namespace iprm
