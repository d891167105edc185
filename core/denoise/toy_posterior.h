#pragma once
// The exact denoiser of a whole toy set rather than of points drawn from it. Given its place on the curve or sheet a point is
// Gaussian, so its posterior mean under a kernel is a line of algebra, and what is left is an integral over one or two
// parameters, by the midpoint rule. Errors are of the nodes' distance squared over the kernel's width squared: 1e-4 and below.
#include "core/denoise/denoiser.h"

namespace inflaton {

class ToyPosterior : public Denoiser {
 public:
  /// `options` name a toy set, embedded or not. Throws Error(usage) for other data.
  ToyPosterior(const DataOptions& options, Schedule, Eigenbasis, std::int64_t nodes = 1 << 16);
  /// In float64 whatever x is.
  at::Tensor denoise(const at::Tensor& x, double t) const override;
  std::int64_t nodes() const { return centres_.size(0); }

 private:
  at::Tensor centres_;  ///< [nodes, D] eigen-coordinates, float64
  at::Tensor noise_;    ///< [D, D] covariance about each
};

}  // namespace inflaton
