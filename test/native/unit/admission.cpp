#include "admission.h"

#include "testing.h"

#include <algorithm>
#include <list>
#include <memory>
#include <vector>

using namespace iprm;

namespace {

constexpr size_t smallTargets = 512, maxSequences = 8192;

using RequestPointer = std::shared_ptr<Request>;
using Requests = std::vector<RequestPointer>;
using Call = std::shared_ptr<const std::vector<Sequence>>;

/// A call for `sequences` sequences that each have `targets` tokens to score behind a prompt of ten.
Call callFor(size_t sequences, size_t targets) {
    return std::make_shared<std::vector<Sequence>>(sequences, Sequence{std::vector<Token>(10 + targets), 10});
}

RequestPointer requestFor(const Call& call, size_t begin, size_t end) {
    auto request = std::make_shared<Request>();
    request->sequences = call;
    request->begin = begin;
    request->end = end;
    request->cancelled = [] { return false; };
    request->onDone = [](const std::exception_ptr&) {};
    return request;
}

/// A call that is one request.
RequestPointer requestOf(size_t sequences, size_t targets) {
    return requestFor(callFor(sequences, targets), 0, sequences);
}

/// An evaluator without a model: what was admitted stays under way until it is said to be done.
class Floor {
public:
    Admission admission{{smallTargets, maxSequences}};
    std::list<Requests> walks;
    /// Cells that are free for walks.
    size_t cells = 100000;

    RequestPointer wait(RequestPointer request) {
        admission.add(request);
        return request;
    }

    /// Admits all that may be admitted now.
    void admit() {
        while (true) {
            auto admitted = next();
            if (admitted.empty()) return;
            walks.push_back(std::move(admitted));
        }
    }

    /// Ends the walk that a request is part of.
    void finish(const RequestPointer& request) {
        walks.remove_if([&](const Requests& walk) { return contains(walk, request); });
    }

    bool isUnderWay(const RequestPointer& request) const {
        return std::any_of(walks.begin(), walks.end(),
                           [&](const Requests& walk) { return contains(walk, request); });
    }

    bool shareWalk(const RequestPointer& left, const RequestPointer& right) const {
        return std::any_of(walks.begin(), walks.end(), [&](const Requests& walk) {
            return contains(walk, left) && contains(walk, right);
        });
    }

private:
    static bool contains(const Requests& walk, const RequestPointer& request) {
        return std::find(walk.begin(), walk.end(), request) != walk.end();
    }

    Requests next() {
        std::vector<WalkUnderWay> underWay;
        for (const auto& walk : walks) {
            size_t longest = 0;
            for (const auto& request : walk)
                longest = std::max(longest, request->sequences->front().tokens.size());
            underWay.push_back({longest, 1, walk});
        }
        return admission.next(underWay, [this](size_t needed, size_t) { return needed <= cells; });
    }
};

void smallOnesShareAWalk() {
    Floor floor;
    const auto first = floor.wait(requestOf(1, 100)), second = floor.wait(requestOf(2, 100));
    floor.admit();
    require(floor.shareWalk(first, second), "small ones that wait together are not in one walk");
    require(floor.admission.empty(), "something still waits");

    const auto later = floor.wait(requestOf(1, 100));
    floor.admit();
    require(floor.isUnderWay(later), "a small one has to wait for other small ones");
    require(!floor.shareWalk(first, later), "a walk under way was joined");
}

void smallOnesFillAWalkOnly() {
    Floor floor;
    const auto first = floor.wait(requestOf(1, 300)), second = floor.wait(requestOf(1, 200)),
               third = floor.wait(requestOf(1, 300));
    floor.admit();
    require(floor.shareWalk(first, second), "those that fit a walk together are not in one");
    require(floor.isUnderWay(third), "the third has to wait");
    require(!floor.shareWalk(first, third), "a walk of small ones is no longer small");
}

void largeOnesGoOneAfterTheOther() {
    Floor floor;
    const auto first = floor.wait(requestOf(60, 100)), second = floor.wait(requestOf(60, 100)),
               third = floor.wait(requestOf(60, 50));
    floor.admit();
    require(floor.isUnderWay(first), "the first doesn't begin");
    require(!floor.isUnderWay(second), "one of the same size goes beside it");
    require(!floor.isUnderWay(third), "one of half the size goes beside it");
    floor.finish(first);
    floor.admit();
    require(floor.isUnderWay(second), "the second doesn't follow the first");
    require(!floor.isUnderWay(third), "the third overtakes");
}

void aMuchSmallerOneGoesBeside() {
    Floor floor;
    const auto large = floor.wait(requestOf(100, 100));
    floor.admit();
    const auto quarter = floor.wait(requestOf(25, 100)), more = floor.wait(requestOf(26, 100)),
               small = floor.wait(requestOf(1, 100));
    floor.admit();
    require(floor.isUnderWay(large) && floor.isUnderWay(quarter), "one of a quarter of the size has to wait");
    require(!floor.isUnderWay(more), "one of more than a quarter goes beside");
    require(floor.isUnderWay(small), "a small one has to wait behind a large one that waits");
}

void whatIsLeftCounts() {
    Floor floor;
    const auto large = floor.wait(requestOf(100, 100));
    floor.admit();
    large->targetsLeft = smallTargets;
    const auto other = floor.wait(requestOf(100, 100));
    floor.admit();
    require(floor.isUnderWay(other), "one that has little left still holds up another of its size");
}

void othersPassButNotWithoutEnd() {
    Floor floor;
    floor.cells = 600;
    const auto busy = floor.wait(requestOf(1, 100));
    floor.admit();
    // With the 110 cells of the first, 610.
    const auto long_ = floor.wait(requestOf(1, 490));
    size_t passed = 0;
    for (; passed < 1000; ++passed) {
        const auto other = floor.wait(requestOf(1, 50));
        floor.admit();
        if (!floor.isUnderWay(other)) break;
        require(!floor.isUnderWay(long_), "one is let in without room");
        floor.finish(other);
    }
    requireEqual(passed, 32u, "the number that passed");
    floor.finish(busy);
    floor.admit();
    require(floor.isUnderWay(long_), "one isn't let in though there is room now");
    require(floor.admission.empty() || floor.walks.size() == 1, "those behind it came first");
}

void alwaysRoomWhenIdle() {
    Floor floor;
    floor.cells = 0;
    const auto request = floor.wait(requestOf(1, 490));
    floor.admit();
    require(floor.isUnderWay(request), "nothing is under way, and yet there is said to be no room");
}

void oneChunkOfACallAtATime() {
    Floor floor;
    const Call call = callFor(4, 100);
    const auto first = floor.wait(requestFor(call, 0, 2)), second = floor.wait(requestFor(call, 2, 4)),
               other = floor.wait(requestOf(1, 100));
    floor.admit();
    require(floor.isUnderWay(first), "the first part doesn't begin");
    require(!floor.isUnderWay(second), "two parts of a call are under way");
    require(floor.isUnderWay(other), "another call has to wait for a part");
    floor.finish(first);
    floor.admit();
    require(floor.isUnderWay(second), "the second part doesn't follow the first");
}

void cancelledOnesAreWithdrawn() {
    Floor floor;
    const auto first = floor.wait(requestOf(1, 100)), second = floor.wait(requestOf(1, 100));
    first->cancelled = [] { return true; };
    const auto cancelled = floor.admission.takeCancelled();
    require(cancelled == Requests{first}, "not just the cancelled one was taken");
    floor.admit();
    require(!floor.isUnderWay(first) && floor.isUnderWay(second), "the cancelled one is still there");
}

void allCanBeTaken() {
    Floor floor;
    const auto first = floor.wait(requestOf(1, 100)), second = floor.wait(requestOf(60, 100));
    require(floor.admission.takeAll() == Requests{first, second}, "they aren't all, or not in their order");
    require(floor.admission.empty(), "something still waits");
}

void atMostEightWalks() {
    Floor floor;
    for (int i = 0; i < 20; ++i) floor.wait(requestOf(1, smallTargets));
    floor.admit();
    requireEqual(floor.walks.size(), 8u, "the number of walks");
}

void sequencesAreBounded() {
    Floor floor;
    const auto first = floor.wait(requestOf(maxSequences - 1, 1));
    floor.admit();
    const auto two = floor.wait(requestOf(2, 1)), one = floor.wait(requestOf(1, 1));
    floor.admit();
    require(floor.isUnderWay(first), "the first doesn't begin");
    require(!floor.isUnderWay(two), "there are more sequences than may be");
    require(floor.isUnderWay(one), "one that would fit doesn't pass");
}

} // namespace

int main() {
    return runTests({
        {"small requests share a walk", smallOnesShareAWalk},
        {"a walk of small requests stays small", smallOnesFillAWalkOnly},
        {"large ones of one size go one after the other", largeOnesGoOneAfterTheOther},
        {"a much smaller one goes beside a large one", aMuchSmallerOneGoesBeside},
        {"a large one with little left holds nobody up", whatIsLeftCounts},
        {"one without room lets others pass at most 32 times", othersPassButNotWithoutEnd},
        {"where nothing is under way there is room for any", alwaysRoomWhenIdle},
        {"one part of a call is under way at a time", oneChunkOfACallAtATime},
        {"cancelled ones are withdrawn", cancelledOnesAreWithdrawn},
        {"all that wait can be taken, in their order", allCanBeTaken},
        {"there are at most eight walks", atMostEightWalks},
        {"the sequences of all under way are bounded", sequencesAreBounded},
    });
}
