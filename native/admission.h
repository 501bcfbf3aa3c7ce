#pragma once

#include "request.h"

#include <cstddef>
#include <deque>
#include <functional>
#include <memory>
#include <set>
#include <vector>

namespace iprm {

struct AdmissionLimits {
    /// Requests that together want no more log-probabilities than this are small.
    size_t smallTargets;
    /// Sequences of all requests under way.
    size_t sequences;
};

/// A walk under way: its requests, and what of the memory it may need over what it holds.
struct WalkUnderWay {
    size_t cells, sequences;
    const std::vector<std::shared_ptr<Request>>& requests;
};

/// Makes sure that so many cells and sequences are free. False if that can't be.
using MakeRoom = std::function<bool(size_t cells, size_t sequences)>;

/// The requests that wait, and who of them is let in beside those under way: first come first served, but
///
/// - small ones are let in together, since within a walk one has to wait for another;
/// - large ones of about one size one after the other, which takes fewer cells than all at once;
/// - a much smaller one beside the large;
/// - of one call, which may be several requests, one at a time;
/// - and one that there is no room for yet lets others pass, but not without end.
///
/// It knows no model and decides by numbers alone.
class Admission {
public:
    /// More walks at a time would leave each too small a share of a batch.
    static constexpr size_t maxWalks = 8;
    /// So many may be let in before one that there is no room for.
    static constexpr size_t maxPassedOver = 32;

    explicit Admission(const AdmissionLimits& limits) : limits_(limits) {}

    void add(std::shared_ptr<Request> request);
    bool empty() const { return waiting_.empty(); }

    /// Takes the requests for one further walk out of those that wait; none if nobody may be let in now.
    std::vector<std::shared_ptr<Request>> next(const std::vector<WalkUnderWay>& walks,
                                               const MakeRoom& makeRoom);
    std::vector<std::shared_ptr<Request>> takeCancelled();
    std::vector<std::shared_ptr<Request>> takeAll();

private:
    /// What walks under way have yet to take.
    struct Load {
        size_t cells = 0, sequences = 0;
        /// Sequences of all their requests.
        size_t requested = 0;
        /// Targets left of the smallest walk that isn't small; 0 if there is none.
        size_t leastLarge = 0;
        /// What tells their calls apart.
        std::set<const std::vector<Sequence>*> calls;
    };

    /// Requests taken for a walk.
    struct Party {
        std::vector<std::shared_ptr<Request>> requests;
        size_t sequences = 0, targets = 0, longest = 0;
    };

    Load loadOf(const std::vector<WalkUnderWay>& walks) const;
    bool mayEnter(const Request& request, const Load& load) const;

    AdmissionLimits limits_;
    std::deque<std::shared_ptr<Request>> waiting_;
};

} // namespace iprm
