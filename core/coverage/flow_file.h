#pragma once
// A flow of the coverage experiment as the reference's npz.
#include <nlohmann/json_fwd.hpp>
#include <string>

#include "core/api/job.h"
#include "core/api/trajectory.h"

namespace inflaton {

/// tilde_xs, xs, tilde_xs_es, xs_es [F, N, D]; dxs, dxs_es, net_outs, unscaled_scores [F-1, N, D]; t, sigma, labels, meta. Atomically.
/// Where the lane has no outputs of its own they come from its slopes, which are the solver's own values of F.
void writeFlow(const std::string& path, const Simulation&, const Trajectory&, const nlohmann::json& meta, const JobContext&);

}  // namespace inflaton
