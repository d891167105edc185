#include "core/train/batch_source.h"

#include <ATen/ATen.h>
#include <ATen/CPUGeneratorImpl.h>

#include "core/nets/exact_denoiser.h"

namespace inflaton {
namespace {

/// Drawn and standardised together: a set standardised per small batch would be a little blurred by the scatter of its moments.
constexpr std::int64_t kPoolSamples = 1 << 16;

int toyDim(const std::string& id) {
  for (const auto& set : toySets())
    if (set.id == id) return set.dim;
  return sampleToy(id, 2, 0).dim;  // unknown: throws the message that lists those known
}

}  // namespace

std::uint64_t derivedSeed(std::uint64_t seed, SeedStream stream, std::uint64_t index) {
  const auto mix = [](std::uint64_t z) {  // splitmix64
    z += 0x9E3779B97F4A7C15ull;
    z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9ull;
    z = (z ^ (z >> 27)) * 0x94D049BB133111EBull;
    return z ^ (z >> 31);
  };
  return mix(mix(mix(seed) ^ static_cast<std::uint64_t>(stream)) ^ index);
}

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

BatchSource::BatchSource(const DataSource& data, const Schedule& schedule, const Eigenbasis& basis, double tmin, std::int64_t batch,
                         std::uint64_t seed, c10::Device device)
    : data_(data), schedule_(schedule), basis_(basis), tmin_(tmin), tmax_(schedule.tMax()), batch_(batch),
      batchesInPool_(std::max<std::int64_t>(1, kPoolSamples / batch)), seed_(seed), device_(device) {}

void BatchSource::fillPool(std::int64_t index) {
  if (index == poolIndex_) return;
  const auto points = data_.draw(batchesInPool_ * batch_, derivedSeed(seed_, SeedStream::data, static_cast<std::uint64_t>(index)));
  const auto xi = at::tensor(basis_.eigenvalues, at::kDouble);
  pool_ = (eigenTensor(basis_, points, at::kDouble) / xi.sqrt()).to(device_, at::kFloat);
  poolIndex_ = index;
}

Batch BatchSource::at(std::int64_t step) {
  fillPool(step / batchesInPool_);
  const auto x = pool_.narrow(0, step % batchesInPool_ * batch_, batch_);
  // Drawn on the processor whatever the device: the same batches everywhere.
  auto generator = at::detail::createCPUGenerator(derivedSeed(seed_, SeedStream::noise, static_cast<std::uint64_t>(step)));
  const auto jitter = at::rand({batch_}, generator, at::kFloat);
  const auto noise = at::normal(0.0, 1.0, {batch_, basis_.dim}, generator, at::kFloat).to(device_);
  Batch b;
  b.t = (tmin_ + (tmax_ - tmin_) / static_cast<double>(batch_) * (at::arange(batch_, at::kFloat) + jitter)).to(device_);
  const auto xi = at::tensor(basis_.eigenvalues, at::kDouble).to(device_);
  const auto ratio = (kernelVariance(schedule_, b.t.to(at::kDouble)) / xi).to(x.options());  // gamma / xi = tan^2(theta)
  const auto cosine = at::rsqrt(1 + ratio), sine = at::rsqrt(1 + 1 / ratio);     // right at 0 and infinity too
  b.y = cosine * x + sine * noise;
  b.target = sine * x - cosine * noise;
  return b;
}

}  // namespace inflaton
