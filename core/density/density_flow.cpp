#include "core/density/density_flow.h"

#include <ATen/TensorOperators.h>
#include <ATen/core/Tensor.h>
#include <ATen/ops/bmm.h>
#include <ATen/ops/empty.h>
#include <ATen/ops/empty_like.h>
#include <ATen/ops/eye.h>
#include <ATen/ops/full.h>
#include <ATen/ops/hypot.h>
#include <ATen/ops/linalg_svdvals.h>
#include <ATen/ops/stack.h>
#include <ATen/ops/tensor.h>
#include <ATen/ops/where.h>
#include <ATen/ops/zeros.h>
#include <ATen/ops/zeros_like.h>

#include <algorithm>
#include <cmath>
#include <numbers>

#include "core/data/counter_rng.h"
#include "core/data/random.h"
#include "core/flow/adams.h"
#include "core/flow/grid.h"
#include "core/flow/solvers.h"

namespace inflaton {
namespace {

constexpr std::int64_t kProbes = 32;
// The map's Jacobian rides along with the steps that points and density ask for: it obeys a linear equation, so it may be carried
// at any size, and at this one it weighs little in the solver's error.
constexpr double kJacobianScale = 1e-2;

/// Signs +-1 [P, N, D]: the same all along the path, and the same for a point whatever slice it is in.
at::Tensor rademacher(std::int64_t P, std::int64_t N, std::int64_t D, std::uint64_t seed, std::uint64_t first) {
  auto v = at::empty({P, N, D}, at::kDouble);
  auto* value = v.data_ptr<double>();
  for (std::int64_t p = 0; p < P; ++p) {
    const CounterRng rng(purposeSeed(seed, Purpose::probes), static_cast<std::uint32_t>(p));
    for (std::int64_t n = 0; n < N; ++n)
      for (std::int64_t j = 0; j < D; ++j) {
        const auto word =
            rng.words(first + static_cast<std::uint64_t>(n), static_cast<std::uint32_t>(j / 128))[static_cast<std::size_t>(j / 32 % 4)];
        *value++ = (word >> (j % 32)) & 1 ? 1.0 : -1.0;
      }
  }
  return v;
}

/// The right-hand side for [N, D + P + (D D)] columns: y, the integrals of the divergence (one an axis, or one a probe), the map's
/// Jacobian.
class Augmented {
 public:
  Augmented(const Flow& flow, const DensitySettings& set, at::Tensor probes, std::int64_t dim)
      : flow_(flow), set_(set), probes_(std::move(probes)), D_(dim) {}

  std::int64_t traces() const { return probes_.defined() ? probes_.size(0) : D_; }

  /// The slopes where theta_i grows at the rate shares[i].
  at::Tensor operator()(const at::Tensor& z, double t, const std::vector<double>& rates) const {
    const auto shares = at::tensor(rates, at::kDouble).to(z.options());
    auto slope = at::empty_like(z);
    for (std::int64_t from = 0; from < z.size(0); from += set_.rowsAtOnce) {
      if (set_.poll) set_.poll();
      const std::int64_t to = std::min(z.size(0), from + set_.rowsAtOnce);
      auto out = slope.slice(0, from, to);
      rows(z.slice(0, from, to), from, to, t, shares, out);
    }
    return slope;
  }

 private:
  void rows(const at::Tensor& z, std::int64_t from, std::int64_t to, double t, const at::Tensor& shares, at::Tensor& slope) const {
    const auto y = z.slice(1, 0, D_).contiguous();
    at::Tensor F;
    if (probes_.defined()) {
      const auto v = probes_.slice(1, from, to);
      at::Tensor products;  // (shares v)^T J, whose product with v estimates the trace of diag(shares) J
      F = flow_.denoiser().whitenedWithProducts(y, t, v * shares, products);
      slope.slice(1, D_, D_ + traces()).copy_((products * v).sum(2).t());
    } else {
      at::Tensor jacobian;
      F = flow_.denoiser().whitenedWithJacobian(y, t, jacobian);
      jacobian.mul_(shares.unsqueeze(1));  // row i belongs to axis i
      slope.slice(1, D_, 2 * D_).copy_(jacobian.diagonal(0, 1, 2));
      if (set_.stretch) {
        const auto map = z.slice(1, 2 * D_).reshape({to - from, D_, D_});
        slope.slice(1, 2 * D_).copy_(at::bmm(jacobian, map).neg_().view({to - from, D_ * D_}));
      }
    }
    slope.slice(1, 0, D_).copy_(F * shares).neg_();
  }

  const Flow& flow_;
  const DensitySettings& set_;
  at::Tensor probes_;
  std::int64_t D_;
};

/// The state at tEnd by set.evaluations equal steps of the grid. Every column belongs to an axis, whose angle is its measure.
at::Tensor fixedly(const Flow& flow, const Augmented& slope, const at::Tensor& z, const DensitySettings& set, std::int64_t D,
                   int& evaluations) {
  const auto grid = set.grid ? *set.grid : Grid::graded(flow, set.tEnd);
  const std::vector<double> one(static_cast<std::size_t>(D), 1.0);
  const MeasuredField field{[&](const at::Tensor& state, double w) {
                              ++evaluations;
                              return slope(state, grid.time(w), one);
                            },
                            [&](double w) {
                              const auto axis = grid.measure(w);
                              std::vector<double> all = axis;
                              all.insert(all.end(), axis.begin(), axis.end());
                              if (set.stretch)
                                for (const double v : axis) all.insert(all.end(), axis.size(), v);
                              return all;
                            }};
  const double from = grid.position(set.t), to = grid.position(set.tEnd);
  at::Tensor end;
  adams(
      field, z, {from, to}, {set.evaluations, kAdamsOrder}, [&](std::size_t, const at::Tensor& state, const at::Tensor&) { end = state; },
      [&](double w) {
        if (set.progress) set.progress((w - from) / (to - from));
      });
  return end;
}

}  // namespace

std::int64_t probesUsed(std::int64_t asked, std::int64_t dim) { return asked == 0 && dim > kMostToyDims ? kProbes : asked; }

void chooseFixedSteps(const Flow& flow, const at::Tensor& pilot, DensitySettings& given) {
  auto set = given;
  set.progress = {}, set.stretch = false;
  set.tolerance = std::max(given.tolerance / 10, std::min(given.tolerance, 1e-6));
  set.evaluations = 0;
  const auto want = densityAlong(flow, pilot, set).logDensity;
  std::vector<std::shared_ptr<const Grid>> grids{nullptr};
  if (given.t == 0)  // a grid is placed from there on
    grids.insert(grids.begin(),
                 std::make_shared<const Grid>(Grid::placed(flow, given.tEnd, flow.whiten(pilot, 0), true, kAdamsOrder, given.poll)));
  for (const int evaluations : {20, 24, 28, 32, 36, 40, 44, 48, 56, 64, 80})
    for (const auto& grid : grids) {
      set.evaluations = evaluations, set.grid = grid;
      const auto error = (densityAlong(flow, pilot, set).logDensity - want) / (1 + want.abs());
      if (!(error.square().mean().sqrt().item<double>() <= 10 * given.tolerance)) continue;
      given.evaluations = evaluations, given.grid = grid;
      return;
    }
  given.evaluations = 0;
}

DensityValues densityAlong(const Flow& flow, const at::Tensor& x, const DensitySettings& given) {
  const std::int64_t N = x.size(0), D = x.size(1);
  auto set = given;
  set.probes = probesUsed(set.probes, D);
  const bool exact = set.probes == 0;
  set.stretch = set.stretch && exact;
  const Augmented slope(flow, set, exact ? at::Tensor() : rademacher(set.probes, N, D, set.seed, set.firstPoint).to(x.device()), D);
  const std::int64_t P = slope.traces(), columns = D + P + (set.stretch ? D * D : 0);

  auto z = at::zeros({N, columns}, x.options());
  z.slice(1, 0, D).copy_(flow.whiten(x, set.t));
  if (set.stretch) z.slice(1, D + P).copy_(at::eye(D, x.options()).mul(kJacobianScale).view({1, D * D}));
  DensityValues values;
  if (set.tEnd > set.t && set.evaluations > 0 && exact) {
    z = fixedly(flow, slope, z, set, D, values.evaluations);
  } else if (set.tEnd > set.t) {
    const double from = flow.angle(set.t), to = flow.angle(set.tEnd);
    // The solver's error is a mean over all columns: those that ride along must not thin it out.
    const double tolerance = set.tolerance * std::sqrt(static_cast<double>(D + P) / static_cast<double>(columns));
    at::Tensor end;
    const auto statistics = dormandPrince(
        [&](const at::Tensor& state, double u) {
          const double t = flow.time(u);
          return slope(state, t, flow.angleShares(t));
        },
        z, {from, to}, {tolerance}, [&](std::size_t, const at::Tensor& state) { end = state; },
        [&](double u) {
          if (set.progress) set.progress((u - from) / (to - from));
        });
    values.evaluations = statistics.evaluations;
    z = end;
  }
  z = z.to(at::kCPU);

  values.latent = z.slice(1, 0, D).contiguous();
  const auto integrals = z.slice(1, D, D + P);
  values.logDeterminant = exact ? -integrals.sum(1) : -integrals.mean(1);
  if (!exact)
    values.standardError =
        P > 1 ? integrals.std(1, /*unbiased=*/true) / std::sqrt(static_cast<double>(P)) : at::full({N}, INFINITY, at::kDouble);
  if (set.stretch) values.jacobian = (z.slice(1, D + P) / kJacobianScale).reshape({N, D, D});
  double volume = 0;  // of the whitening: 1/2 sum log(xi + gamma)
  const auto& schedule = flow.denoiser().schedule();
  for (std::int64_t j = 0; j < D; ++j)
    volume += 0.5 * std::log(flow.denoiser().basis().eigenvalues[static_cast<std::size_t>(j)] + schedule.gamma(static_cast<int>(j), set.t));
  values.logDensity =
      values.latent.square().sum(1) * -0.5 - 0.5 * static_cast<double>(D) * std::log(2 * std::numbers::pi) + values.logDeterminant - volume;
  return values;
}

at::Tensor singularValues(const at::Tensor& m) {
  if (m.size(1) != 2) return at::linalg_svdvals(m);
  // Closed form; the smaller one from the determinant, so that it keeps its digits however flat the map.
  const auto a = m.select(1, 0).select(1, 0), b = m.select(1, 0).select(1, 1), c = m.select(1, 1).select(1, 0),
             d = m.select(1, 1).select(1, 1);
  const auto most = 0.5 * (at::hypot(a + d, c - b) + at::hypot(a - d, b + c));
  const auto least = at::where(most > 0, (a * d - b * c).abs() / most, at::zeros_like(most));
  return at::stack({most, least}, 1);
}

}  // namespace inflaton
