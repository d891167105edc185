#pragma once
// How far a network is from the truth: its weighted error against an exact denoiser (specification 9).
#include <functional>
#include <memory>
#include <vector>

#include "core/api/train.h"
#include "core/api/trajectory.h"
#include "core/nets/net_denoiser.h"
#include "core/train/batch_source.h"

namespace inflaton {

/// At eight times evenly spaced from 0.5 to t_max, for queries of fresh data plus kernel noise:
/// sqrt(mean over queries and axes of (weight (D_net - D_exact))^2). The queries are the same for every run on a data set.
/// The truth is the posterior mean over the whole population for toy sets (toy_posterior.h; its own error is far below 1e-3), and
/// over the points themselves for the user's.
class Validator {
 public:
  /// Keeps a reference to `data`. The exact answers, which cost most, are computed by prepareSome(). `references` limits how many of
  /// the user's points stand for them.
  Validator(const DataSource& data, const Schedule&, const Eigenbasis&, std::int64_t references, std::int64_t queries);
  bool ready() const { return points_.size() == times_.size(); }
  /// Goes on with the exact answers for some tens of milliseconds.
  void prepareSome();
  /// Once ready(). `poll` is called every few queries and may throw. The number of queries that a network answers at once is the same
  /// however fast the machine is: so are the bytes of the outcome.
  ValidationError measure(const NetDenoiser&, const std::function<void()>& poll = {}) const;
  std::int64_t evaluations() const { return queries_ * static_cast<std::int64_t>(times_.size()); }  ///< of a network, that measure() costs

  static std::vector<double> times(double tMax);

 private:
  void makeTruth();
  struct Point {
    double t;
    at::Tensor y, F;  ///< whitened queries, and what a perfect network would answer; float64 [Q, D]
  };
  const DataSource& data_;
  std::int64_t references_, queries_;
  std::vector<double> times_;
  Schedule schedule_;
  Eigenbasis basis_;
  std::unique_ptr<Denoiser> exact_;
  std::int64_t kernels_ = 1;  ///< that one query costs
  at::Tensor clean_;          ///< of all queries, float64 [times * Q, D]
  std::vector<Point> points_;
  at::Tensor x_;                   ///< queries of the time being prepared, float64 [Q, D]
  std::vector<at::Tensor> parts_;  ///< exact answers to the first of them
  std::int64_t answered_ = 0;
};

}  // namespace inflaton
