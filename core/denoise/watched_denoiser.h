#pragma once
// A denoiser that is asked in slices (on a processor), so that cancelling is quick, and that remembers which points it last saw leave the
// finite range.
#include <ATen/core/Tensor.h>

#include <functional>
#include <memory>
#include <vector>

#include "core/denoise/denoiser.h"

namespace inflaton {

class WatchedDenoiser : public Denoiser {
 public:
  /// `poll` is called before every slice, and may throw to cancel.
  WatchedDenoiser(std::shared_ptr<const Denoiser> inner, std::function<void()> poll);
  at::Tensor denoise(const at::Tensor& x, double t) const override;
  at::Tensor whitened(const at::Tensor& y, double t) const override;
  at::Tensor whitenedWithJacobian(const at::Tensor& y, double t, at::Tensor& jacobian) const override;
  at::Tensor whitenedWithProducts(const at::Tensor& y, double t, const at::Tensor& v, at::Tensor& products) const override;
  c10::Device device() const override { return inner_->device(); }
  std::int64_t workPerPoint() const override { return inner_->workPerPoint(); }

  /// Rows of the last evaluation whose input or output was not finite, and its time.
  const std::vector<std::int64_t>& lost() const { return lost_; }
  double lastTime() const { return time_; }

 private:
  /// evaluate(rows, first row) for slices of at most so many points.
  template <class Evaluate>
  at::Tensor inSlices(const at::Tensor& points, double t, std::int64_t atOnce, const Evaluate&) const;

  std::shared_ptr<const Denoiser> inner_;
  std::function<void()> poll_;
  mutable std::vector<std::int64_t> lost_;
  mutable double time_ = 0;
};

}  // namespace inflaton
