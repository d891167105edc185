#include "core/train/mean_targets.h"

#include <ATen/TensorOperators.h>
#include <ATen/core/Tensor.h>
#include <ATen/ops/empty_like.h>

#include <algorithm>
#include <cmath>
#include <optional>

#include "core/machine/slices.h"

namespace inflaton {
namespace {

constexpr int kStages = 8;
constexpr double kInReach = 512;    // references that should share a kernel of Gaussian data: the scatter left is 1/sqrt of it
constexpr std::int64_t kRows = 32;  // queries a thread takes at a time

}  // namespace

MeanTargets::MeanTargets(const Schedule& schedule, const Eigenbasis& basis, double tmin, std::int64_t references)
    : from_(tmin), perTime_(kStages / (schedule.tMax() - tmin)), dim_(basis.dim) {
  for (int s = 0; s < kStages; ++s) {
    const double t = tmin + (s + 0.5) / perTime_;
    Stage stage;
    double share = 1;  // of Gaussian data, how much a kernel covers
    for (int j = 0; j < dim_; ++j) {
      const double angle = schedule.angle(j, std::max(t, schedule.firstTime()), basis.eigenvalues[static_cast<std::size_t>(j)]);
      stage.width.push_back(std::max(std::tan(angle), 1e-12));
      share *= std::sin(angle);
    }
    stage.size = references;
    while (stage.size % 2 == 0 && static_cast<double>(stage.size / 2) * share >= kInReach) stage.size /= 2;
    stages_.push_back(std::move(stage));
  }
}

void MeanTargets::setPool(const at::Tensor& pool) {
  pool_ = pool.contiguous();
  const std::int64_t n = pool_.size(0);
  const float* points = pool_.data_ptr<float>();
  struct Task {
    Stage* stage;
    std::size_t set;
  };
  std::vector<Task> tasks;
  std::vector<std::vector<std::optional<SortedReferences>>> made(stages_.size());
  for (std::size_t s = 0; s < stages_.size(); ++s) {
    const std::int64_t sets = (n + stages_[s].size - 1) / stages_[s].size;
    made[s].resize(static_cast<std::size_t>(sets));
    for (std::int64_t k = 0; k < sets; ++k) tasks.push_back({&stages_[s], static_cast<std::size_t>(k)});
  }
  forSlices(static_cast<std::int64_t>(tasks.size()), [&](std::int64_t i) {
    const auto& task = tasks[static_cast<std::size_t>(i)];
    const std::int64_t first = static_cast<std::int64_t>(task.set) * task.stage->size, count = std::min(task.stage->size, n - first);
    made[static_cast<std::size_t>(task.stage - stages_.data())][task.set].emplace(points + first * dim_, count, dim_,
                                                                                  task.stage->width.data());
  });
  for (std::size_t s = 0; s < stages_.size(); ++s) {
    stages_[s].sets.clear();
    for (auto& set : made[s]) stages_[s].sets.push_back(std::move(*set));
  }
}

at::Tensor MeanTargets::shifts(std::int64_t first, const at::Tensor& offset, const at::Tensor& precision, const at::Tensor& t) const {
  auto out = at::empty_like(offset);
  const std::int64_t n = offset.size(0);
  const auto by = offset.contiguous(), p = precision.contiguous(), when = t.contiguous();
  const float *offsets = by.data_ptr<float>(), *precisions = p.data_ptr<float>(), *times = when.data_ptr<float>(),
              *pool = pool_.data_ptr<float>();
  float* to = out.data_ptr<float>();
  forSlices((n + kRows - 1) / kRows, [&](std::int64_t slice) {
    for (std::int64_t i = slice * kRows; i < std::min(n, (slice + 1) * kRows); ++i) {
      const auto s = std::clamp(static_cast<int>((times[i] - from_) * perTime_), 0, kStages - 1);
      const Stage& stage = stages_[static_cast<std::size_t>(s)];
      const std::int64_t row = first + i;
      stage.sets[static_cast<std::size_t>(row / stage.size)].posteriorShift(pool + row * dim_, offsets + i * dim_, precisions + i * dim_,
                                                                            to + i * dim_);
    }
  });
  return out;
}

}  // namespace inflaton
