#include "core/coverage/flow_file.h"

#include <cmath>
#include <nlohmann/json.hpp>

#include "core/api/json_text.h"
#include "core/data/rotation.h"
#include "core/denoise/denoiser.h"
#include "core/io/npz.h"

namespace inflaton {
namespace {

class FlowFile {
 public:
  FlowFile(const std::string& path, const Simulation& s, const Trajectory& lane, const JobContext& context)
      : writer_(path), s_(s), lane_(lane), context_(context), size_(static_cast<std::size_t>(lane.n * lane.dim)) {}

  void write(const nlohmann::json& meta) {
    const auto positions = [&](const char* name, Space space) {
      frames(name, lane_.frames(), [&](std::int64_t k, float* into) { framePositions(s_, lane_, k, space, into); });
    };
    positions("tilde_xs", Space::dataUnscaled);
    positions("xs", Space::dataScaled);
    positions("tilde_xs_es", Space::latentUnscaled);
    positions("xs_es", Space::latentScaled);
    const std::int64_t steps = lane_.frames() - 1;
    std::vector<float> turned(size_);
    frames("dxs", steps, [&](std::int64_t k, float* into) {
      displacement(k, turned.data());
      rotate(s_.basis, std::span<const float>(turned), std::span(into, size_));
    });
    frames("dxs_es", steps, [&](std::int64_t k, float* into) { displacement(k, into); });
    frames("net_outs", steps, [&](std::int64_t k, float* into) { output(k, into); });
    frames("unscaled_scores", steps, [&](std::int64_t k, float* into) { score(k, into); });
    writer_.add("t", std::span<const double>(lane_.t), {lane_.frames()});
    std::vector<double> sigma;
    for (const double t : lane_.t)
      for (int j = 0; j < lane_.dim; ++j) sigma.push_back(std::sqrt(s_.schedule.gamma(j, t)));
    writer_.add("sigma", std::span<const double>(sigma), {lane_.frames(), lane_.dim});
    writer_.add("labels", std::span<const std::int32_t>(s_.data.labels), {lane_.n});
    writer_.addText("meta", jsonText(meta));
    writer_.commit();
  }

 private:
  /// One [count, N, D] array, a frame at a time.
  template <class Fill>
  void frames(const std::string& name, std::int64_t count, const Fill& fill) {
    std::vector<float> buffer(size_);
    writer_.begin<float>(name, {count, lane_.n, lane_.dim});
    for (std::int64_t k = 0; k < count; ++k) {
      context_.throwIfStopped();
      fill(k, buffer.data());
      writer_.append(std::span<const float>(buffer));
    }
  }

  const float* frame(const std::vector<float>& values, std::int64_t k) const { return values.data() + static_cast<std::size_t>(k) * size_; }

  void displacement(std::int64_t k, float* into) {
    if (!lane_.dx.empty()) return void(std::copy_n(frame(lane_.dx, k), size_, into));
    std::vector<float> before(size_);
    framePositions(s_, lane_, k, Space::latentScaled, before.data());
    framePositions(s_, lane_, k + 1, Space::latentScaled, into);
    for (std::size_t i = 0; i < size_; ++i) into[i] -= before[i];
  }

  /// D = cSkip x + cOut F, F = -slope.
  void output(std::int64_t k, float* into) const {
    if (!lane_.out.empty()) return void(std::copy_n(frame(lane_.out, k), size_, into));
    const auto p = Preconditioning::at(s_.schedule, s_.basis.eigenvalues, lane_.t[static_cast<std::size_t>(k)]);
    const float *x = frame(lane_.x, k), *slope = frame(lane_.slope, k);
    for (std::size_t i = 0; i < size_; ++i) {
      const std::size_t j = i % static_cast<std::size_t>(lane_.dim);
      into[i] = static_cast<float>(p.cSkip[j] * x[i] - p.cOut[j] * slope[i]);
    }
  }

  void score(std::int64_t k, float* into) const {
    if (!lane_.score.empty()) return void(std::copy_n(frame(lane_.score, k), size_, into));
    output(k, into);
    const double t = std::max(lane_.t[static_cast<std::size_t>(k)], s_.schedule.firstTime());
    const float* x = frame(lane_.x, k);
    for (std::size_t i = 0; i < size_; ++i)
      into[i] = static_cast<float>((into[i] - x[i]) / s_.schedule.gamma(static_cast<int>(i % static_cast<std::size_t>(lane_.dim)), t));
  }

  NpzWriter writer_;
  const Simulation& s_;
  const Trajectory& lane_;
  const JobContext& context_;
  std::size_t size_;
};

}  // namespace

void writeFlow(const std::string& path, const Simulation& s, const Trajectory& lane, const nlohmann::json& meta,
               const JobContext& context) {
  FlowFile(path, s, lane, context).write(meta);
}

}  // namespace inflaton
