#include "core/flow/grid.h"

#include <ATen/TensorOperators.h>
#include <ATen/core/Tensor.h>
#include <ATen/ops/zeros_like.h>
#include <gtest/gtest.h>

#include <cmath>

#include "core/api/points.h"
#include "core/denoise/exact_denoiser.h"
#include "core/flow/adams.h"
#include "core/flow/lane.h"
#include "core/flow/solvers.h"

namespace inflaton {
namespace {

struct Scene {
  ExactDenoiser denoiser;
  Flow flow{denoiser, 1};
  at::Tensor y0;
  static Scene of(const std::string& set, int keep, double tmax = 7.01) {
    const auto points = sampleToy(set, 300, 5);
    auto basis = eigenbasisOf(points);
    ScheduleOptions o;
    o.dims_to_keep = keep, o.tmax = tmax;
    return Scene(Schedule::make(o, points.dim), basis, eigenTensor(basis, points, at::kDouble));
  }
  Scene(Schedule s, const Eigenbasis& b, const at::Tensor& x) : denoiser(std::move(s), b, x), y0(flow.whiten(x, 0)) {}
};

void expectMap(const Grid& grid, const Flow& flow, int dim, double tEnd) {
  EXPECT_EQ(grid.time(0), 0);
  EXPECT_EQ(grid.time(1), tEnd);
  double previous = -1;
  for (int i = 0; i <= 50; ++i) {
    const double w = i / 50.0, t = grid.time(w);
    EXPECT_GT(t, previous);
    EXPECT_NEAR(grid.position(t), w, 1e-9);
    previous = t;
  }
  // The measures are the angles' own derivatives: central differences.
  for (int i = 1; i < 40; ++i) {
    const double w = (i + 0.3) / 41.0, e = 1e-4;
    const auto measure = grid.measure(w);
    for (int j = 0; j < dim; ++j)
      EXPECT_NEAR(measure[static_cast<std::size_t>(j)],
                  (flow.axisAngle(j, grid.time(w + e)) - flow.axisAngle(j, grid.time(w - e))) / (2 * e), 1e-4)
          << w;
  }
}

TEST(Grid, IsAnInvertibleMapWhoseMeasuresAreTheAngles) {
  for (const auto& [set, keep] : {std::pair{"circles", 0}, {"moons", 1}, {"s_curve", 2}}) {
    SCOPED_TRACE(set);
    const auto scene = Scene::of(set, keep);
    const int dim = scene.denoiser.basis().dim;
    expectMap(Grid::graded(scene.flow, 7.01), scene.flow, dim, 7.01);
    expectMap(Grid::graded(scene.flow, 3.5), scene.flow, dim, 3.5);
    expectMap(Grid::placed(scene.flow, 7.01, scene.y0.slice(0, 0, 16), true, 4), scene.flow, dim, 7.01);
  }
}

TEST(Grid, PlacedByErrorBeatsTheFormulaBothWaysAndIsDeterministic) {
  for (const auto& [set, keep] : {std::pair{"circles", 0}, {"moons", 0}, {"sine2", 1}})
    for (const bool inflating : {true, false}) {
      SCOPED_TRACE(std::string(set) + (inflating ? " inflation" : " generation"));
      const auto scene = Scene::of(set, keep);
      at::Tensor start = scene.y0, truth;
      const double last = scene.flow.angle(7.01);
      const auto solve = [&](const at::Tensor& y, std::vector<double> way) {
        at::Tensor end;
        dormandPrince([&](const at::Tensor& v, double u) { return scene.flow.angleVelocity(v, u); }, y, way, {1e-8, 100000},
                      [&](std::size_t, const at::Tensor& v) { end = v; }, [](double) {});
        return end;
      };
      truth = solve(start, {0, last});
      if (!inflating) std::swap(start, truth);
      const auto error = [&](const Grid& grid) {
        at::Tensor end;
        adams(
            {[&](const at::Tensor& y, double w) { return -scene.denoiser.whitened(y, grid.time(w)); },
             [&](double w) { return grid.measure(w); }},
            start, inflating ? std::vector<double>{0, 1} : std::vector<double>{1, 0}, {24, 4},
            [&](std::size_t, const at::Tensor& y, const at::Tensor&) { end = y; }, [](double) {});
        return (end - truth).square().sum(1).sqrt().mean().item<double>();
      };
      const auto pilot = start.slice(0, 0, 32);
      const Grid placed = Grid::placed(scene.flow, 7.01, pilot, inflating, 4), again = Grid::placed(scene.flow, 7.01, pilot, inflating, 4);
      EXPECT_LT(error(placed), 0.8 * error(Grid::graded(scene.flow, 7.01)));
      for (double w : {0.1, 0.5, 0.77}) EXPECT_EQ(placed.time(w), again.time(w));
    }
}

TEST(Grid, GaussianDataKeepTheGradedGrid) {
  class Gaussian : public Denoiser {
   public:
    using Denoiser::Denoiser;
    at::Tensor denoise(const at::Tensor& x, double) const override { return x; }
    at::Tensor whitened(const at::Tensor& y, double) const override { return at::zeros_like(y); }
  };
  const auto scene = Scene::of("moons", 1);
  const Gaussian none(scene.denoiser.schedule(), scene.denoiser.basis());
  const Flow flow(none, 1);
  const Grid placed = Grid::placed(flow, 7.01, scene.y0.slice(0, 0, 10), true, 4), graded = Grid::graded(flow, 7.01);
  for (double w : {0.01, 0.3, 0.9}) EXPECT_EQ(placed.time(w), graded.time(w));
}

TEST(Grid, ALaneCountsItsPilotWithItsEvaluations) {
  class Counting : public Denoiser {
   public:
    Counting(const Denoiser& inner) : Denoiser(inner.schedule(), inner.basis()), inner_(inner) {}
    at::Tensor denoise(const at::Tensor& x, double t) const override { return rows += x.size(0), inner_.denoise(x, t); }
    mutable std::int64_t rows = 0;

   private:
    const Denoiser& inner_;
  };
  const auto scene = Scene::of("circles", 0);
  const Counting counting(scene.denoiser);
  const Flow flow(counting, 1);
  for (const auto& [points, budget] : {std::pair{300, 28}, {300, 64}, {40, 28}, {1, 2}}) {
    counting.rows = 0;
    LaneSettings set;
    set.solver = "adams", set.steps = budget;
    const auto lane = integrateLane(flow, flow.unwhiten(scene.y0.slice(0, 0, points), 0), Direction::inflation, set, [](double) {});
    EXPECT_LE(lane.evaluations, budget);
    EXPECT_GE(lane.evaluations, budget - 1);
    EXPECT_LE(counting.rows, std::int64_t{lane.evaluations} * points);
    EXPECT_GT(counting.rows, (std::int64_t{lane.evaluations} - 1) * points);
  }
}

}  // namespace
}  // namespace inflaton
