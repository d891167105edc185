#pragma once
// Several tasks that each ask a map for a few points at a time, answered together: one evaluation for all of them.
#include <cstddef>
#include <functional>

#include "core/geometry/advected.h"

namespace inflaton {

/// Runs task(i, map_i) for i in [0, count), each on a thread of its own. Whenever every task that still runs is waiting for its map, their
/// points are put together in the order of the tasks and answered by one call of `map`, on the calling thread: so what is asked together
/// does not depend on timing. `columns`: values of a point. An exception of `map` reaches every waiting task and then the caller;
/// else that of the first task that threw does.
void runGathered(std::size_t count, int columns, const PointMap& map, const std::function<void(std::size_t, const PointMap&)>& task);

}  // namespace inflaton
