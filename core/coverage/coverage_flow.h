#pragma once
// The generative flow and its way back, as the coverage experiment uses them: every batch of points takes the same steps, so that the
// points tested, the boundaries and what is refined later all go through one and the same map.
#include <ATen/core/Tensor.h>

#include <functional>
#include <memory>
#include <string>

#include "core/api/coverage.h"
#include "core/denoise/watched_denoiser.h"
#include "core/flow/lane.h"

namespace inflaton {

/// Steps (in the solver's unit) that the options come to; 0 for an adaptive solver, which takes what it needs.
std::int64_t coverageSteps(const ToyCoverageOptions&, double tMax);
/// Last time of the flow, and the step in time: of solvers of the angle form t_end / steps (adaptive: / frames).
double coverageEnd(const ToyCoverageOptions&, double tMax);
double coverageStep(const ToyCoverageOptions&, double tMax);
constexpr std::int64_t kCoverageFrames = 61;  ///< kept by the solvers of the angle form

class CoverageFlow {
 public:
  /// Reads network or data, checks that they fit the options and each other. Throws Error(usage | failed).
  CoverageFlow(const ToyCoverageOptions&, const JobContext&);
  ~CoverageFlow();

  int dim() const { return basis().dim; }
  const std::string& dataName() const { return name_; }
  const std::shared_ptr<const DataOrigin>& origin() const { return origin_; }  ///< of own points; else null
  const Eigenbasis& basis() const { return denoiser_->basis(); }
  const Schedule& schedule() const { return *schedule_; }  ///< with the end and the scale that were asked for
  double end() const { return settings_.tEnd; }
  const std::vector<double>& latentVariance() const { return variance_; }  ///< [D] scaled
  std::size_t framesKept() const;

  struct Batch {
    at::Tensor end;   ///< [n, D] unscaled eigen-coordinates, on the flow's device
    Trajectory lane;  ///< first and last frame only unless frames were asked for
  };
  struct Carry {
    bool frames = false;
    std::int64_t testPoints = 0;                ///< the first so many are called test points in messages, the others boundary points
    std::function<void(double)> progress = {};  ///< part done
  };
  /// From scaled latent eigen-coordinates [n, D], float64, at the end time to the data. Throws Error(diverged) naming how many points were
  /// lost.
  Batch generate(const at::Tensor& scaled, const Carry&) const;
  /// From the unscaled data end of generate() to the latent.
  Batch inflate(const at::Tensor& unscaled, const Carry&) const;
  at::Tensor scaledData(const at::Tensor& unscaled) const;  ///< float64, on the processor
  at::Tensor scaledLatent(const at::Tensor& unscaled) const;
  at::Tensor unscaledData(const at::Tensor& scaled) const;

 private:
  Batch carry(const at::Tensor& unscaled, Direction, const Carry&) const;
  void placeGrids();

  std::string name_;
  std::shared_ptr<const DataOrigin> origin_;
  std::unique_ptr<WatchedDenoiser> denoiser_;
  std::unique_ptr<Schedule> schedule_;
  std::unique_ptr<Flow> flow_;
  LaneSettings settings_;
  std::shared_ptr<const Grid> generationGrid_, inflationGrid_;
  std::vector<double> variance_;
  at::TensorOptions kind_;
  bool reference_ = false, outputs_ = false;
};

}  // namespace inflaton
