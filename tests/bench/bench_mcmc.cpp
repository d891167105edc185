// What the No-U-Turn sampler itself costs at the size of the paper's experiment, beside a target that costs next to nothing.
#include <chrono>
#include <cstdio>
#include <vector>

#include "core/mcmc/sampler.h"

namespace {

using namespace inflaton::mcmc;
using Clock = std::chrono::steady_clock;

double seconds(Clock::time_point from) { return std::chrono::duration<double>(Clock::now() - from).count(); }

/// A round normal; keeps the time it takes, to be left out.
class Round : public Target {
 public:
  std::size_t size() const override { return 4003; }
  void evaluate(std::span<const double> q, std::span<double> logDensity, std::span<double> gradient) const override {
    const auto from = Clock::now();
    for (std::size_t k = 0; k < logDensity.size(); ++k) {
      double sum = 0;
      for (std::size_t i = k * size(); i < (k + 1) * size(); ++i) gradient[i] = -q[i], sum += q[i] * q[i];
      logDensity[k] = -0.5 * sum;
    }
    own += seconds(from);
  }
  mutable double own = 0;
};

}  // namespace

int main() {
  const Round target;
  Sampler sampler(target, {.stepSize = 0.05, .findStepSize = false, .warmup = 0, .draws = 200, .seed = 1},
                  std::vector<std::vector<double>>(4, std::vector<double>(4003, 0.5)));
  for (int i = 0; i < 10; ++i) sampler.step();
  const auto before = sampler.gradients();
  target.own = 0;
  const auto from = Clock::now();
  for (int i = 0; i < 100; ++i) sampler.step();
  std::printf("nuts_overhead\t%.3g\tus\n", 1e6 * (seconds(from) - target.own) / static_cast<double>(sampler.gradients() - before));
  return 0;
}
