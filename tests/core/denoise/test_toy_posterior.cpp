#include "core/denoise/toy_posterior.h"

#include <ATen/CPUGeneratorImpl.h>
#include <ATen/TensorOperators.h>
#include <ATen/core/Tensor.h>
#include <ATen/ops/diag.h>
#include <ATen/ops/from_blob.h>
#include <ATen/ops/normal.h>
#include <ATen/ops/tensor.h>
#include <gtest/gtest.h>

#include <cmath>

#include "core/data/toy_nodes.h"
#include "core/denoise/exact_denoiser.h"
#include "core/train/batch_source.h"

namespace inflaton {
namespace {

class Population : public ::testing::TestWithParam<const char*> {
 protected:
  DataOptions options_;
  Eigenbasis basis_;
  void SetUp() override {
    options_.data_name = GetParam();
    basis_ = eigenbasisOf(makePoints(options_, 400000, 11));
  }
  at::Tensor queries(const Schedule& s, double t, std::int64_t n) const {
    const auto clean = eigenTensor(basis_, makePoints(options_, n, 3), at::kDouble);
    std::vector<double> sd;
    for (int j = 0; j < basis_.dim; ++j) sd.push_back(std::sqrt(s.gamma(j, t)));
    return clean + at::normal(0., 1., clean.sizes(), at::detail::createCPUGenerator(4), at::kDouble) * at::tensor(sd, at::kDouble);
  }
};
std::vector<const char*> setsWithShape() {
  std::vector<const char*> ids;
  for (const DataSet& set : dataSets())
    if (set.shape) ids.push_back(set.info.id.c_str());
  return ids;
}
INSTANTIATE_TEST_SUITE_P(Sets, Population, ::testing::ValuesIn(setsWithShape()));

TEST_P(Population, NodesHaveTheMomentsOfTheSamples) {
  const auto nodes = toyNodes(*findDataSet(GetParam()), 20000);
  const auto centres = at::tensor(nodes.centres, at::kDouble).view({nodes.n, nodes.dim});
  const auto drawn = makePoints(options_, 400000, 5);
  const auto x = at::from_blob(const_cast<float*>(drawn.values.data()), {drawn.n, drawn.dim}, at::kFloat).to(at::kDouble);
  const auto noise = at::diag(at::tensor(nodes.noise, at::kDouble).square());
  const auto a = centres - centres.mean(0), b = x - x.mean(0);
  const double scale = b.var(0, false).max().item<double>();
  EXPECT_LT((centres.mean(0) - x.mean(0)).abs().max().item<double>(), 0.01 * std::sqrt(scale));
  EXPECT_LT((a.t().matmul(a) / nodes.n + noise - b.t().matmul(b) / drawn.n).abs().max().item<double>(), 0.01 * scale);
}

TEST_P(Population, AgreesWithManyReferences) {
  for (const std::int64_t keep : {0, basis_.dim - 1}) {
    ScheduleOptions o;
    o.dims_to_keep = keep;
    const auto schedule = Schedule::make(o, basis_.dim);
    const ToyPosterior population(options_, schedule, basis_);
    const ExactDenoiser sample(schedule, basis_, eigenTensor(basis_, makePoints(options_, 300000, 7), at::kFloat));
    for (const double t : {1.5, 3.0, 7.0}) {
      const auto x = queries(schedule, t, 100);
      const auto p = Preconditioning::at(schedule, basis_.eigenvalues, t);
      const auto difference = (population.denoise(x, t) - sample.denoise(x.to(at::kFloat), t)) * at::tensor(p.weight, at::kDouble);
      // The sample's own scatter: one over the square root of how many references a kernel covers.
      double share = 1;
      for (int j = 0; j < basis_.dim; ++j) share *= std::sin(schedule.angle(j, t, basis_.eigenvalues[static_cast<std::size_t>(j)]));
      // The median: where the population is thin, a query may have no reference within its kernel at all.
      EXPECT_LT(difference.abs().median().item<double>(), 0.005 + 1 / std::sqrt(300000 * share)) << keep << " t " << t;
    }
  }
}

TEST_P(Population, HasEnoughNodes) {
  for (const std::int64_t keep : {0, basis_.dim - 1}) {
    ScheduleOptions o;
    o.dims_to_keep = keep;
    const auto schedule = Schedule::make(o, basis_.dim);
    const ToyPosterior some(options_, schedule, basis_), more(options_, schedule, basis_, 400000);
    for (const double t : {0.5, 7.0}) {
      const auto x = queries(schedule, t, 100);
      const auto p = Preconditioning::at(schedule, basis_.eigenvalues, t);
      const auto difference = (some.denoise(x, t) - more.denoise(x, t)) * at::tensor(p.weight, at::kDouble);
      EXPECT_LT(difference.square().mean().sqrt().item<double>(), 5e-4) << keep << " t " << t;
    }
  }
}

TEST(ToyPosterior, EmbeddedSetsToo) {
  DataOptions o;
  o.data_name = "moons", o.augment_to = 4, o.augment_noise = 0.1;
  const auto basis = eigenbasisOf(makePoints(o, 200000, 1));
  const auto schedule = Schedule::make({}, 4);
  const ToyPosterior population(o, schedule, basis);
  const ExactDenoiser sample(schedule, basis, eigenTensor(basis, makePoints(o, 200000, 2), at::kFloat));
  const auto clean = eigenTensor(basis, makePoints(o, 200, 3), at::kDouble);
  const double t = 3.5;
  const auto x =
      clean + at::normal(0., 1., clean.sizes(), at::detail::createCPUGenerator(4), at::kDouble) * std::sqrt(schedule.gamma(0, t));
  const auto p = Preconditioning::at(schedule, basis.eigenvalues, t);
  EXPECT_LT(((population.denoise(x, t) - sample.denoise(x.to(at::kFloat), t)) * at::tensor(p.weight, at::kDouble))
                .square()
                .mean()
                .sqrt()
                .item<double>(),
            0.03);
}

TEST(ToyPosterior, OtherDataAreRefused) {
  DataOptions o;
  o.data_name = "file";
  EXPECT_THROW(ToyPosterior(o, Schedule::make({}, 2), Eigenbasis{2, {0, 0}, {1, 1}, {1, 0, 0, 1}}), Error);
}

}  // namespace
}  // namespace inflaton
