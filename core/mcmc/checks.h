#pragma once
// What a sampler refuses to start from.
#include "core/mcmc/sampler.h"

namespace inflaton::mcmc {

/// Throws Error(usage) naming field, value and allowed range.
void checkSettings(const Settings&, std::size_t chains);
/// Throws Error(failed) when a state does not fit `size` parameters, the settings or the other states.
void checkStates(const std::vector<ChainState>&, const Settings&, std::size_t size);
/// Throws Error(failed) naming chain and reason unless log-density and gradient are finite.
void checkStart(std::size_t chain, const ChainState&);
/// Throws Error(diverged) with advice when a step size has collapsed.
void checkStepSizes(const std::vector<ChainState>&);
[[noreturn]] void throwCollapsed(std::size_t chain, double stepSize, std::int64_t iteration);

}  // namespace inflaton::mcmc
