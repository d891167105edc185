// evaluate: what a network answers at given points and times.
#include <ATen/TensorOperators.h>
#include <ATen/core/Tensor.h>
#include <ATen/core/grad_mode.h>
#include <ATen/ops/from_blob.h>

#include <cmath>

#include "core/api/networks.h"
#include "core/api/number_text.h"
#include "core/api/stop_scope.h"
#include "core/api/system.h"
#include "core/io/npz.h"
#include "core/machine/device.h"
#include "core/nets/file/network_file.h"

namespace inflaton {
namespace {

constexpr std::int64_t kRowsAtOnce = 1 << 14;  // between two looks at the stop token

void checkTimes(std::vector<double>& t, double tMax, const std::string& path) {
  for (std::size_t i = 0; i < t.size(); ++i)
    if (const auto within = timeWithin(t[i], tMax))
      t[i] = *within;
    else
      throw Error(ErrorCode::usage, path + ": t[" + std::to_string(i) + "] is " + exactText(t[i]) + "; allowed: 0 to " + exactText(tMax) +
                                        " (the network's t_max)");
}

void checkPoints(const std::vector<double>& x, std::int64_t dim, const std::string& path) {
  for (std::size_t i = 0; i < x.size(); ++i)
    if (!std::isfinite(x[i]))
      throw Error(ErrorCode::usage, path + ": x[" + std::to_string(static_cast<std::int64_t>(i) / dim) + ", " +
                                        std::to_string(static_cast<std::int64_t>(i) % dim) + "] is not finite");
}

void evaluate(const EvaluateOptions& o, const JobContext& context) {
  validate(o);
  useThreads(context.threads(o.threads));
  const StopScope stops(context);
  const at::NoGradGuard off;
  const auto net = readNetwork(o.network, chooseDevice(o.device)).denoiser;
  const NpzReader in(o.input);
  const std::int64_t dim = net->basis().dim;
  in.expectShape("x", {-1, dim});
  const std::int64_t n = in.shape("x")[0];
  in.expectShape("t", {n});
  auto x = in.doubles("x"), t = in.doubles("t");
  checkPoints(x, dim, o.input);
  checkTimes(t, net->schedule().tMax(), o.input);

  std::vector<float> denoised, weight, score;
  const auto append = [](std::vector<float>& to, const at::Tensor& from) {
    const auto values = from.to(at::kFloat).contiguous();
    to.insert(to.end(), values.data_ptr<float>(), values.data_ptr<float>() + values.numel());
  };
  const auto points = at::from_blob(x.data(), {n, dim}, at::kDouble), times = at::from_blob(t.data(), {n}, at::kDouble);
  for (std::int64_t from = 0; from < n; from += kRowsAtOnce) {
    context.throwIfStopped();
    context.report({"evaluation", static_cast<double>(from), static_cast<double>(n), -1, {}});
    const auto rows = points.slice(0, from, std::min(n, from + kRowsAtOnce)), time = times.slice(0, from, std::min(n, from + kRowsAtOnce));
    at::Tensor w;
    const auto d = net->denoiseEach(rows, time, &w);
    append(denoised, d);
    append(weight, w);
    append(score, (d - rows) / kernelVariance(net->schedule(), time));  // C^-1 (D - x)
  }
  NpzWriter out(o.output);
  for (const auto& [name, values] : {std::pair{"denoised", &denoised}, {"weight", &weight}, {"score", &score}})
    out.add(name, std::span<const float>(*values), {n, dim});
  out.commit();
  context.report({"evaluation", static_cast<double>(n), static_cast<double>(n), 0, {}});
}

}  // namespace

Expected<void> evaluateNetwork(const EvaluateOptions& options, const JobContext& context) {
  return atEdge([&] { evaluate(options, context); });
}

}  // namespace inflaton
