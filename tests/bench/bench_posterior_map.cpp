// The generative map of circles PRP, by solver and by table: one joint gradient of 2000 latents each, how far the solver's is from a
// converged one, and what the table costs and misses.
#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdio>

#include "core/api/job.h"
#include "core/api/options.h"
#include "core/api/system.h"
#include "core/calibration/posterior/joint_target.h"
#include "core/machine/device.h"

namespace {

using namespace inflaton;

double seconds(const auto& work, int times) {
  double best = 1e30;
  for (int i = 0; i < times; ++i) {
    const auto began = std::chrono::steady_clock::now();
    work();
    best = std::min(best, std::chrono::duration<double>(std::chrono::steady_clock::now() - began).count());
  }
  return best;
}

double relative(const std::vector<double>& a, const std::vector<double>& b) {
  double difference = 0, size = 0;
  for (std::size_t i = 3; i < a.size(); ++i) difference += (a[i] - b[i]) * (a[i] - b[i]), size += b[i] * b[i];
  return std::sqrt(difference / size);
}

void run() {
  PosteriorOptions o;
  o.source = "net", o.network = resourceFolder() + "/networks/circles-PRP.safetensors", o.seed = 123;
  useThreads(2);
  const auto problem = makeProblem(o, 1, at::kFloat, c10::Device(c10::kCPU), {});
  const auto mixture = LatentMixture::ofPaper(LatentMixture::compressedVariance(o, problem));
  const auto solver = solverMap(o, problem, {});
  const auto truth = drawGroundTruth(mixture, *solver, o.gt_n, o.gt_eps_mvn, 123);
  std::vector<double> q{std::log(0.5), std::log(0.25), std::log(0.25)};
  q.insert(q.end(), truth.z.begin(), truth.z.end());
  const auto gradient = [&](const std::shared_ptr<const GenerativeMap>& map) {
    const JointTarget target(map, mixture, truth.x, o.gt_eps_mvn);
    std::vector<double> density(1), g(q.size());
    target.evaluate(q, density, g);
    return g;
  };
  const auto timed = [&](const std::shared_ptr<const GenerativeMap>& map, std::int64_t chains, int times) {
    const JointTarget target(map, mixture, truth.x, o.gt_eps_mvn);
    std::vector<double> all, density(static_cast<std::size_t>(chains));
    for (std::int64_t c = 0; c < chains; ++c) all.insert(all.end(), q.begin(), q.end());
    std::vector<double> g(all.size());
    return seconds([&] { target.evaluate(all, density, g); }, times);
  };

  std::printf("joint_gradient_solver\t%.3f\ts\n", timed(solver, 1, 3));
  auto fine = o;
  fine.steps = 400;
  const auto converged = gradient(solverMap(fine, problem, {}));
  std::printf("joint_gradient_solver_error\t%.2g\t\n", relative(gradient(solver), converged));
  TableReport report;
  const auto table = generativeMap(o, problem, report, {});
  std::printf("table_build\t%.2f\ts\ntable_points\t%.0f\t\ntable_cells\t%.0f\t\n", report.seconds, static_cast<double>(report.evaluated),
              static_cast<double>(report.cells));
  std::printf("table_error_mean\t%.2g\t\ntable_error_q99\t%.2g\t\ntable_error_max\t%.2g\t\n", report.mean, report.q99, report.max);
  std::printf("joint_gradient_table\t%.4f\tms\njoint_gradient_table_4\t%.4f\tms\n", 1e3 * timed(table, 1, 200), 1e3 * timed(table, 4, 200));
  std::printf("joint_gradient_table_error\t%.2g\t\n", relative(gradient(table), converged));
}

}  // namespace

int main() {
  const auto done = atEdge([] { run(); });
  if (!done) return std::fprintf(stderr, "%s\n", done.error().message.c_str()), 1;
}
