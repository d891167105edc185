#include "core/train/batch_source.h"

#include <ATen/CPUGeneratorImpl.h>
#include <ATen/TensorOperators.h>
#include <ATen/core/Generator.h>
#include <ATen/core/Tensor.h>
#include <ATen/ops/arange.h>
#include <ATen/ops/normal.h>
#include <ATen/ops/rand.h>
#include <ATen/ops/randperm.h>
#include <ATen/ops/rsqrt.h>
#include <ATen/ops/tensor.h>

#include <cmath>

#include "core/data/random.h"
#include "core/denoise/exact_denoiser.h"
#include "core/machine/stopwatch.h"

namespace inflaton {
namespace {

/// Drawn and standardised together: a set standardised per small batch would be a little blurred by the scatter of its moments.
constexpr std::int64_t kPoolSamples = 1 << 16;
constexpr std::int64_t kPoolNumbers = kPoolSamples * kMostToyDims;  // beyond these, fewer samples
constexpr double kEdmMean = -1.2, kEdmDeviation = 1.2;              // of ln(sigma) in EDM's training

int toyDim(const std::string& id) {
  for (const auto& set : toySets())
    if (set.id == id) return set.dim;
  return sampleToy(id, 2, 0).dim;  // unknown: throws the message that lists those known
}

}  // namespace

DataSource::DataSource(const DataOptions& options) : options_(options) {
  if (options.data_name == "file") {
    own_ = makePoints(options, 0, 0);
    name_ = own_->name, dim_ = own_->dim;
  } else {
    name_ = options.data_name, dim_ = options.augment_to > 0 ? static_cast<int>(options.augment_to) : toyDim(options.data_name);
  }
}

PointSet DataSource::draw(std::int64_t n, std::uint64_t seed) const {
  return own_ ? resamplePoints(*own_, n, seed) : makePoints(options_, n, seed);
}

PointSet DataSource::references(std::int64_t n, std::uint64_t seed) const { return own_ && own_->n <= n ? *own_ : draw(n, seed); }

BatchSource::BatchSource(const DataSource& data, const Schedule& schedule, const Eigenbasis& basis, const BatchSettings& settings,
                         c10::Device device)
    : data_(data), schedule_(schedule), basis_(basis), settings_(settings), tmax_(schedule.tMax()), device_(device) {
  const std::int64_t pool = std::max(std::min(kPoolSamples, kPoolNumbers / basis_.dim), settings_.references);
  batchesInPool_ = std::max<std::int64_t>(1, pool / settings_.batch);
  if (settings_.references > 0) means_.emplace(schedule_, basis_, settings_.tmin, settings_.references);
}

void BatchSource::fillPool(std::int64_t index) {
  if (index == poolIndex_) return;
  const auto began = Clock::now();
  const auto seedOf = [&](TrainingPurpose p) { return trainingSeed(settings_.seed, p, static_cast<std::uint64_t>(index)); };
  const auto points = data_.draw(batchesInPool_ * settings_.batch, seedOf(TrainingPurpose::data));
  const auto xi = at::tensor(basis_.eigenvalues, at::kDouble);
  // Shuffled: toy sets alternate their classes, and a reference set must not know which of its points belongs to which row.
  const auto order = at::randperm(points.n, at::detail::createCPUGenerator(seedOf(TrainingPurpose::order)), at::kLong);
  pool_ = (eigenTensor(basis_, points, at::kDouble) / xi.sqrt()).to(at::kFloat).index_select(0, order);
  poolIndex_ = index;
  if (means_) {
    const auto sorting = Clock::now();
    means_->setPool(pool_);
    targetSeconds_ += since(sorting), poolTargetSeconds_ += since(sorting);
  }
  poolSeconds_ += since(began);
}

at::Tensor BatchSource::times(at::Generator generator) const {
  const std::int64_t n = settings_.batch;
  if (!settings_.edmTimes) {
    const auto jitter = at::rand({n}, generator, at::kFloat);
    return settings_.tmin + (tmax_ - settings_.tmin) / static_cast<double>(n) * (at::arange(n, at::kFloat) + jitter);
  }
  const auto logSigma = at::normal(kEdmMean, kEdmDeviation, {n}, generator, at::kFloat);
  return ((2 * logSigma - std::log(schedule_.gamma0())) / schedule_.rate(0)).clamp(settings_.tmin, tmax_);
}

Batch BatchSource::at(std::int64_t step) {
  fillPool(step / batchesInPool_);
  const std::int64_t n = settings_.batch, first = step % batchesInPool_ * n;
  const auto x = pool_.narrow(0, first, n);
  // On the processor whatever the device: the same batches everywhere.
  auto generator = at::detail::createCPUGenerator(trainingSeed(settings_.seed, TrainingPurpose::noise, static_cast<std::uint64_t>(step)));
  Batch b;
  const auto t = times(generator);
  const auto noise = at::normal(0.0, 1.0, {n, basis_.dim}, generator, at::kFloat);
  const auto ratio = (kernelVariance(schedule_, t.to(at::kDouble)) / at::tensor(basis_.eigenvalues, at::kDouble))
                         .to(at::kFloat);                                     // gamma / xi = tan^2(theta)
  const auto cosine = at::rsqrt(1 + ratio), sine = at::rsqrt(1 + 1 / ratio);  // right at 0 and infinity too
  b.y = cosine * x + sine * noise;
  b.target = sine * x - cosine * noise;
  if (means_) {
    const auto began = Clock::now();
    // y stays what it is, so its noise changes with the clean point: the target moves by 1 / sin(theta) times as much.
    const auto width = ratio.clamp(1e-12, 1e12).sqrt();
    b.target += means_->shifts(first, width * noise, width.square().reciprocal(), t) / sine.clamp_min(1e-6);
    targetSeconds_ += since(began);
  }
  b.y = b.y.to(device_), b.target = b.target.to(device_), b.given = t.to(device_);
  return b;
}

}  // namespace inflaton
