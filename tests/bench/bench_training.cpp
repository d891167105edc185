// Training circles PRP with the preset "quick", then 2000 points there and back with that network, how soon a job ends when
// cancelled, and the preset "careful".
#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <filesystem>

#include "core/api/simulate.h"
#include "core/api/train.h"

using namespace inflaton;

namespace {

template <class T>
T need(Expected<T> result) {
  if (result) return *std::move(result);
  std::fprintf(stderr, "%s\n", result.error().message.c_str());
  std::exit(1);
}

/// Where the points are at t_max, in latent standard deviations.
std::vector<float> latent(const Simulation& s) {
  const auto& lane = *s.lane(Direction::inflation);
  std::vector<float> y(static_cast<std::size_t>(lane.n * lane.dim));
  framePositions(s, lane, lane.frames() - 1, Space::whitened, y.data());
  return y;
}

double meanDistance(const std::vector<float>& a, const std::vector<float>& b, int dim) {
  double sum = 0;
  for (std::size_t i = 0; i < a.size(); i += static_cast<std::size_t>(dim)) {
    double square = 0;
    for (std::size_t j = i; j < i + static_cast<std::size_t>(dim); ++j) square += (a[j] - b[j]) * (a[j] - b[j]);
    sum += std::sqrt(square);
  }
  return sum * dim / static_cast<double>(a.size());
}

double cancelMilliseconds(ToyTrainOptions o) {
  o.duration = 1000;
  std::stop_source stop;
  JobContext context;
  context.stop = stop.get_token();
  const auto began = std::chrono::steady_clock::now();
  std::chrono::steady_clock::time_point asked;
  const auto r = trainToy(o, context, [&](const TrainUpdate&) {
    if (stop.stop_requested() || std::chrono::steady_clock::now() - began < std::chrono::seconds(2)) return;
    asked = std::chrono::steady_clock::now();
    stop.request_stop();
  });
  if (r) std::exit(1);
  return std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - asked).count();
}

double peakMegabytes() {
  rusage usage{};
  ::getrusage(RUSAGE_SELF, &usage);
  return static_cast<double>(usage.ru_maxrss) / 1024;
}

ToyTrainResult careful(const std::string& folder, const std::string& data, std::int64_t keep) {
  auto o = trainPreset("careful");
  o.outdir = folder, o.data_name = data, o.dims_to_keep = keep;
  return need(trainToy(o, {}));
}

}  // namespace

int main() {
  std::string folder = (std::filesystem::temp_directory_path() / "inflaton-bench-XXXXXX").string();
  if (!::mkdtemp(folder.data())) return 1;
  auto o = trainPreset("quick");
  o.outdir = folder;
  double share = 0;
  const auto trained = need(trainToy(o, {}, [&](const ToyTrainUpdate& u) { share = u.targetShare; }));
  std::printf("train_quick_error\t%.4f\t\ntrain_quick_seconds\t%.1f\ts\n", trained.validation.mean, trained.seconds);
  std::printf("train_quick_targets\t%.0f\t%%\n", 100 * share);

  ToySimulateOptions s;
  s.source = "net", s.network = trained.network, s.total_samples = 2000, s.direction = "roundtrip", s.outputs = false;
  const auto quick = need(simulateToy(s, {}));
  double seconds = 0;
  for (const auto& lane : quick->lanes) seconds += lane.seconds;
  s.tolerance = 1e-6;
  const auto exact = need(simulateToy(s, {}));
  std::printf("net_round_trip_seconds\t%.3f\ts\nnet_round_trip_error\t%.2e\tsd\n", seconds,
              meanDistance(latent(*quick), latent(*exact), 2));
  std::printf("cancel_ms\t%.1f\tms\n", cancelMilliseconds(o));
  std::fflush(stdout);

  const auto circles = careful(folder, "circles", 0), curve = careful(folder, "s_curve", 2);
  std::printf("train_careful_circles\t%.4f\t\ntrain_careful_s_curve\t%.4f\t\ntrain_careful_seconds\t%.1f\ts\ntrain_memory\t%.0f\tMB\n",
              circles.validation.mean, curve.validation.mean, std::max(circles.seconds, curve.seconds), peakMegabytes());
  std::filesystem::remove_all(folder);
}
