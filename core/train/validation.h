#pragma once
// How far a network is from the truth: its weighted error against the exact denoiser of a large reference set (specification 9).
#include <memory>
#include <vector>

#include "core/api/jobs.h"
#include "core/nets/exact_denoiser.h"
#include "core/nets/net_denoiser.h"
#include "core/train/batch_source.h"

namespace inflaton {

/// At eight times evenly spaced from 0.5 to t_max, for queries of fresh data plus kernel noise:
/// sqrt(mean over queries and axes of (weight (D_net - D_exact))^2). The references and queries are the same for every run on a data set.
class Validator {
 public:
  /// Keeps a reference to `data`. The exact answers, which cost most, are computed by prepareSome().
  Validator(const DataSource& data, const Schedule&, const Eigenbasis&, std::int64_t references, std::int64_t queries);
  bool ready() const { return points_.size() == times_.size(); }
  /// Goes on with the exact answers for some tens of milliseconds.
  void prepareSome();
  /// Once ready().
  ValidationError measure(const NetDenoiser&) const;

  static std::vector<double> times(double tMax);

 private:
  struct Point {
    double t;
    at::Tensor y, F;  ///< whitened queries, and what a perfect network would answer; float64 [Q, D]
  };
  const DataSource& data_;
  std::int64_t references_, queries_;
  std::vector<double> times_;
  Schedule schedule_;
  Eigenbasis basis_;
  std::unique_ptr<ExactDenoiser> exact_;
  std::vector<Point> points_;
  at::Tensor x_;                   ///< queries of the time being prepared, float64 [Q, D]
  std::vector<at::Tensor> parts_;  ///< exact answers to the first of them
  std::int64_t answered_ = 0;
};

}  // namespace inflaton
