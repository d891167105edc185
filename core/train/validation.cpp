#include "core/train/validation.h"

#include <ATen/CPUGeneratorImpl.h>
#include <ATen/TensorOperators.h>
#include <ATen/core/Tensor.h>
#include <ATen/core/grad_mode.h>
#include <ATen/ops/cat.h>
#include <ATen/ops/normal.h>
#include <ATen/ops/tensor.h>

#include <cmath>

#include "core/api/data_sets.h"
#include "core/data/random.h"
#include "core/denoise/exact_denoiser.h"
#include "core/denoise/toy_posterior.h"

namespace inflaton {
namespace {

constexpr int kTimes = 8;
constexpr std::uint64_t kSeed = 20240710;  // one yardstick for all runs
constexpr std::int64_t kKernelsAtOnce = 1 << 23;
constexpr std::int64_t kRowsAtOnce = 64;  // few enough for a slow network, between two looks at the stop token

}  // namespace

std::vector<double> Validator::times(double tMax) {
  const double first = tMax > 1 ? 0.5 : tMax / kTimes;
  std::vector<double> t;
  for (int i = 0; i < kTimes; ++i) t.push_back(first + (tMax - first) * i / (kTimes - 1));
  return t;
}

Validator::Validator(const DataSource& data, const Schedule& schedule, const Eigenbasis& basis, std::int64_t references,
                     std::int64_t queries)
    : data_(data), references_(references), queries_(queries), times_(times(schedule.tMax())), schedule_(schedule), basis_(basis) {}

void Validator::makeTruth() {
  if (const DataSet* set = findDataSet(data_.options().data_name); set && set->shape) {
    auto toy = std::make_unique<ToyPosterior>(data_.options(), schedule_, basis_);
    kernels_ = toy->nodes();
    exact_ = std::move(toy);
  } else {
    const auto points = data_.references(references_, trainingSeed(kSeed, TrainingPurpose::references));
    kernels_ = points.n;
    exact_ = std::make_unique<ExactDenoiser>(schedule_, basis_, eigenTensor(basis_, points, at::kDouble));
  }
  const auto total = queries_ * static_cast<std::int64_t>(times_.size());
  clean_ = eigenTensor(basis_, data_.draw(total, trainingSeed(kSeed, TrainingPurpose::queries)), at::kDouble);
}

void Validator::prepareSome() {
  const at::NoGradGuard off;
  if (!exact_) makeTruth();
  const std::uint64_t index = points_.size();
  const double t = times_[index];
  if (!x_.defined()) {
    const auto clean = clean_.narrow(0, static_cast<std::int64_t>(index) * queries_, queries_);
    const auto generator = at::detail::createCPUGenerator(trainingSeed(kSeed, TrainingPurpose::noise, index));
    std::vector<double> deviation;
    for (int j = 0; j < basis_.dim; ++j) deviation.push_back(std::sqrt(schedule_.gamma(j, t)));
    x_ = clean + at::normal(0.0, 1.0, clean.sizes(), generator, at::kDouble) * at::tensor(deviation, at::kDouble);
  }
  const auto some = x_.slice(0, answered_, std::min(queries_, answered_ + std::max<std::int64_t>(1, kKernelsAtOnce / kernels_)));
  parts_.push_back(exact_->denoise(some, t));
  answered_ += some.size(0);
  if (answered_ < queries_) return;
  const auto p = Preconditioning::at(schedule_, basis_.eigenvalues, t);
  const auto row = [](const std::vector<double>& v) { return at::tensor(v, at::kDouble); };
  points_.push_back({t, x_ * row(p.cIn), (at::cat(parts_) - row(p.cSkip) * x_) * row(p.weight)});
  x_ = at::Tensor(), parts_.clear(), answered_ = 0;
}

ValidationError Validator::measure(const NetDenoiser& net, const std::function<void()>& poll) const {
  const at::NoGradGuard off;
  ValidationError v;
  // weight (D_net - D_exact) = F_net - F_exact: the skip term is common to both.
  for (const auto& p : points_) {
    v.t.push_back(p.t);
    double squares = 0;
    for (std::int64_t from = 0; from < queries_; from += kRowsAtOnce) {
      if (poll) poll();
      const auto to = from + kRowsAtOnce;
      squares += (net.whitened(p.y.slice(0, from, to), p.t) - p.F.slice(0, from, to)).square().sum().item<double>();
    }
    v.error.push_back(std::sqrt(squares / static_cast<double>(p.F.numel())));
    v.mean += v.error.back() / static_cast<double>(points_.size());
  }
  return v;
}

}  // namespace inflaton
