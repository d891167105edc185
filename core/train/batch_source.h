#pragma once
// Fresh training batches. Batch k is a function of (seed, k) alone, so a resumed run sees what an uninterrupted one would.
#include <ATen/core/Generator.h>
#include <ATen/core/Tensor.h>
#include <c10/core/Device.h>

#include <cstdint>
#include <optional>

#include "core/api/points.h"
#include "core/api/schedule.h"
#include "core/train/mean_targets.h"
#include "core/train/regression.h"

namespace inflaton {

struct BatchSettings {
  double tmin = 1e-7;
  std::int64_t batch = 1024;
  std::uint64_t seed = 0;
  /// false: t evenly stratified over [tmin, t_max]. true: EDM's noise levels, sigma = exp(N(-1.2, 1.2^2)) with sigma^2 = gamma(t),
  /// clamped to that range; the schedule must then be isotropic (PRP of schedule reference).
  bool edmTimes = false;
  std::int64_t references = 0;  ///< 0: the clean point is the target. Otherwise its mean over as many (mean_targets.h).
};

/// Data in the form that training needs: a toy set by name, or the user's points, drawn with replacement.
class DataSource {
 public:
  /// Reads the file, if it is one. Throws as makePoints.
  explicit DataSource(const DataOptions&);
  int dim() const { return dim_; }
  const std::string& name() const { return name_; }
  const DataOptions& options() const { return options_; }
  /// Of the user's own points; null for a toy set.
  const DataOrigin* origin() const { return own_ ? own_->origin.get() : nullptr; }
  std::vector<std::string> notes() const { return own_ ? own_->notes : std::vector<std::string>(); }  ///< of the file's reader
  PointSet draw(std::int64_t n, std::uint64_t seed) const;
  /// The points that stand for the data when there are only finitely many: the file's own, or n draws.
  PointSet references(std::int64_t n, std::uint64_t seed) const;

 private:
  DataOptions options_;
  std::optional<PointSet> own_;
  std::string name_;
  int dim_;
};

/// Batches in whitened coordinates, where y = cos(theta) x0/sqrt(xi) + sin(theta) n and the network's target is
/// sin(theta) x0/sqrt(xi) - cos(theta) n, theta the angle of specification 7: both of unit variance at every time.
class BatchSource {
 public:
  /// Keeps a reference to `data`.
  BatchSource(const DataSource& data, const Schedule&, const Eigenbasis&, const BatchSettings&, c10::Device);
  Batch at(std::int64_t step);
  /// Time that posterior means have taken so far, with the sorting of their references.
  double targetSeconds() const { return targetSeconds_; }
  /// Data are drawn for so many batches at once; what that has taken so far, and of it what posterior means took.
  std::int64_t batchesInPool() const { return batchesInPool_; }
  double poolSeconds() const { return poolSeconds_; }
  double poolTargetSeconds() const { return poolTargetSeconds_; }

 private:
  void fillPool(std::int64_t index);
  at::Tensor times(at::Generator) const;

  const DataSource& data_;
  Schedule schedule_;
  Eigenbasis basis_;
  BatchSettings settings_;
  double tmax_;
  std::int64_t batchesInPool_;
  c10::Device device_;
  at::Tensor pool_;  ///< x0 / sqrt(xi), [batchesInPool * batch, D], on the CPU
  std::int64_t poolIndex_ = -1;
  std::optional<MeanTargets> means_;
  double targetSeconds_ = 0, poolSeconds_ = 0, poolTargetSeconds_ = 0;
};

}  // namespace inflaton
