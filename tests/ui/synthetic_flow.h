#pragma once
// A flow in closed form for the tests of the views: Gaussian data whose whitened coordinates turn slowly while they inflate.
#include <cmath>
#include <memory>
#include <random>

#include "core/api/trajectory.h"

namespace inflaton::test {

struct SyntheticFlow {
  int n = 200, dim = 2, keep = 2, frames = 61;
  bool allLanes = true, slopes = false;
  double tMax = 7.01;
  unsigned seed = 7;

  std::shared_ptr<const Simulation> make() const {
    auto sim = std::make_shared<Simulation>();
    const auto D = static_cast<std::size_t>(dim), N = static_cast<std::size_t>(n);
    std::vector<double> g(D, 0.0);
    if (keep < dim)
      for (int j = 0; j < dim; ++j) g[static_cast<std::size_t>(j)] = j < keep ? 1.0 : -double(keep) / (dim - keep);
    sim->schedule = Schedule(g, keep < dim ? 1.0 : 2.0, 5e-4, tMax, keep);
    sim->data_name = "circles";
    sim->source = "discrete";
    sim->basis.dim = dim;
    sim->basis.mean.assign(D, 0.1);
    std::vector<double> W(D * D, 0.0);
    for (std::size_t j = 0; j < D; ++j) W[j * D + j] = 1, sim->basis.eigenvalues.push_back(1.5 - 0.5 * double(j) / double(D));
    if (D >= 2) {
      const double c = std::cos(0.5), s = std::sin(0.5);
      W[0] = c, W[1] = -s, W[D] = s, W[D + 1] = c;
    }
    sim->basis.W = std::move(W);
    std::mt19937 random(seed);
    std::normal_distribution<float> normal;
    std::vector<float> y(N * D);
    for (auto& v : y) v = normal(random);
    sim->data.name = "circles", sim->data.n = n, sim->data.dim = dim;
    for (std::size_t i = 0; i < N; ++i) sim->data.labels.push_back(static_cast<std::int32_t>(i % 2));
    for (const auto d : {Direction::inflation, Direction::roundTrip, Direction::generation}) {
      if (d != Direction::inflation && !allLanes) break;
      Trajectory lane;
      lane.direction = d, lane.n = n, lane.dim = dim;
      for (int k = 0; k < frames; ++k) {
        const double u = double(k) / (frames - 1), t = tMax * (d == Direction::inflation ? u : 1 - u);
        lane.t.push_back(t);
        const float c = std::cos(float(t) * 0.3f), s = std::sin(float(t) * 0.3f);
        std::vector<float> sd(D);
        for (std::size_t j = 0; j < D; ++j)
          sd[j] = static_cast<float>(std::sqrt(sim->basis.eigenvalues[j] + sim->schedule.gamma(int(j), t)));
        for (std::size_t i = 0; i < N; ++i)
          for (std::size_t j = 0; j < D; ++j) {
            float v = y[i * D + j];
            if (D >= 2 && j == 0) v = c * y[i * D] - s * y[i * D + 1];
            if (D >= 2 && j == 1) v = s * y[i * D] + c * y[i * D + 1];
            lane.x.push_back(v * sd[j]);
            if (!slopes) continue;
            // y turns with 0.3 t; its slope is asked for against the axis's angle.
            const float turn = D < 2 || j > 1 ? 0 : 0.3f * (j == 0 ? -(s * y[i * D] + c * y[i * D + 1]) : c * y[i * D] - s * y[i * D + 1]);
            const double rate = sim->schedule.angleDot(int(j), t, sim->basis.eigenvalues[j]);
            lane.slope.push_back(rate > 0 ? float(turn / rate) : 0.f);
          }
      }
      sim->lanes.push_back(std::move(lane));
    }
    for (std::size_t j = 0; j < D; ++j)
      sim->latentVariance.push_back(sim->schedule.scaledVariance(int(j), tMax, sim->basis.eigenvalues[j], sim->basis.eigenvalues.front()));
    if (allLanes)
      for (int i = 0; i < n; ++i) sim->roundTripError.push_back(1e-4f * (1 + float(i % 17)));
    sim->roundTripRmse = 1e-3;
    sim->command = "inflaton-cli toy-simulate discrete --data_name circles";
    sim->optionsJson = R"({"data_name":"circles","tmax":7.01,"note":"a < b & \"ü\""})";
    return sim;
  }
};

}  // namespace inflaton::test
