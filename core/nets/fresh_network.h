#pragma once
// The architecture that training options ask for.
#include <memory>

#include "core/api/options.h"
#include "core/api/points.h"
#include "core/api/schedule.h"
#include "core/nets/network.h"

namespace inflaton {

/// Its dimension is the basis's. Throws Error(usage) for settings out of range.
std::shared_ptr<const Network> freshNetwork(const ToyTrainOptions&, const Schedule&, const Eigenbasis&);

}  // namespace inflaton
