#pragma once
// Low-variance targets: a noisy point's clean point replaced by its posterior mean over a reference set.
// The set S contains the clean point itself. Given S and the noisy y, whose clean point x0 may be any of S, that mean is exactly
// E[x0 | y, S]; its mean over S is E[x0 | y] by the tower property. So the target is unbiased whatever the size of S (with one
// reference it is the clean point), and its scatter falls as S grows (Rao and Blackwell).
// How large S is depends on the time: where a kernel is wide, few references say as much as many; where it is narrow, most
// references are out of reach and cost nothing. Every choice of S by time alone leaves the mean as it is.
#include <ATen/core/Tensor.h>

#include <vector>

#include "core/api/points.h"
#include "core/api/schedule.h"
#include "core/denoise/sorted_references.h"

namespace inflaton {

class MeanTargets {
 public:
  /// `references`: the largest size of S, >= 1.
  MeanTargets(const Schedule&, const Eigenbasis&, double tmin, std::int64_t references);
  /// x0 / sqrt(xi), float32 [n, D] on the CPU, in an order that is independent of the points. S is a run of consecutive rows.
  void setPool(const at::Tensor& pool);
  /// The row first + i of the pool has become noisy by offset[i]. How far the posterior mean is from it, [B, D], in units of
  /// sqrt(xi) as offset; precision = xi / gamma(t) [B, D], t [B]; float32 on the CPU. The same bytes for any number of threads.
  at::Tensor shifts(std::int64_t first, const at::Tensor& offset, const at::Tensor& precision, const at::Tensor& t) const;

 private:
  struct Stage {                ///< a stretch of time
    std::int64_t size;          ///< of S
    std::vector<double> width;  ///< of the kernel at its middle, in units of sqrt(xi)
    std::vector<SortedReferences> sets;
  };
  double from_, perTime_;  ///< t - from_ times perTime_ is the stage
  int dim_;
  at::Tensor pool_;
  std::vector<Stage> stages_;
};

}  // namespace inflaton
