#pragma once
// A denoiser's outputs and residuals, one grid time after another. Specification 4.1.
#include <ATen/core/Tensor.h>

#include <functional>

#include "core/api/residuals.h"
#include "core/nets/net_denoiser.h"

namespace inflaton {

/// What is walked over: clean points, the network, and the times.
struct ResidualWalk {
  std::string dataName;
  std::shared_ptr<const DataOrigin> data;  ///< of own points; else null
  std::vector<std::string> notes;          ///< as of Problem
  std::shared_ptr<const NetDenoiser> net;
  at::Tensor clean;           ///< [N, D] float64, eigen-coordinates (mean removed), on the network's device
  std::vector<double> times;  ///< linspace(0, n_time_pts * h, n_time_pts)
  bool trajectory = false;
  std::uint64_t seed = 0;

  /// "PRP" or "PRRto{k}": the reference's word in these files.
  std::string scheduleWord() const;
};

/// Loads and checks; throws Error(usage) when what is asked does not fit the network or the data.
ResidualWalk residualWalk(const ResidualsExtractOptions&);

/// For every time k in order: outputs D and residuals D - clean [N, D], float32 on the CPU, in the network's own space.
/// fresh: D at clean + n_k with n_k ~ N(0, C(t_k)) anew. trajectory: at the flow's state that clean + n_0 has been carried to.
/// Both begin at the same points. `poll` may throw to cancel.
using ResidualSink = std::function<void(std::size_t k, const at::Tensor& outputs, const at::Tensor& residuals)>;
void walkResiduals(const ResidualWalk&, const std::function<void()>& poll, const ResidualSink&);

}  // namespace inflaton
