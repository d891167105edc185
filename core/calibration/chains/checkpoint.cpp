#include "core/calibration/chains/checkpoint.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <nlohmann/json.hpp>

#include "core/api/json_text.h"
#include "core/io/json_fields.h"
#include "core/io/npz.h"

namespace inflaton {
namespace {

using Shape = std::vector<std::int64_t>;

/// Rows of equal length, one a chain, as one array.
template <class T, class From>
void addRows(NpzWriter& out, const std::string& name, const std::vector<std::vector<From>>& rows, Shape inner = {}) {
  std::int64_t each = rows.empty() ? 0 : static_cast<std::int64_t>(rows.front().size()), part = 1;
  for (const auto extent : inner) part *= extent;
  Shape shape{static_cast<std::int64_t>(rows.size()), each / std::max<std::int64_t>(1, part)};
  shape.insert(shape.end(), inner.begin(), inner.end());
  std::vector<T> all;
  for (const auto& row : rows) all.insert(all.end(), row.begin(), row.end());
  out.add(name, std::span<const T>(all), shape);
}

[[noreturn]] void bad(const std::string& path, const std::string& what) {
  throw Error(ErrorCode::failed, path + " is not a checkpoint: " + what, "The file was damaged; start a new run.");
}

class Loader {
 public:
  explicit Loader(const std::string& path) : in_(path) {}
  NpzReader& in() { return in_; }

  /// [chains][...] of any of the numeric kinds.
  template <class To>
  std::vector<std::vector<To>> rows(const std::string& name, std::int64_t chains) {
    const auto shape = in_.shape(name);
    if (shape.empty() || shape.front() != chains) bad(in_.path(), name + " has not one row a chain");
    std::vector<std::vector<To>> result(static_cast<std::size_t>(chains));
    const auto split = [&](const auto& all) {
      const auto each = static_cast<std::ptrdiff_t>(all.size() / static_cast<std::size_t>(chains));
      for (std::ptrdiff_t k = 0; k < static_cast<std::ptrdiff_t>(chains); ++k)
        for (std::ptrdiff_t i = 0; i < each; ++i)
          result[static_cast<std::size_t>(k)].push_back(static_cast<To>(all[static_cast<std::size_t>(k * each + i)]));
    };
    if constexpr (std::is_floating_point_v<To>)
      split(in_.doubles(name));
    else
      split(in_.int64s(name));
    return result;
  }

 private:
  NpzReader in_;
};

}  // namespace

void saveCheckpoint(const std::string& path, const McmcCheckpoint& c) {
  NpzWriter out(path);
  std::vector<std::vector<double>> q, gradient, metric, adaptation;
  std::vector<std::vector<std::int64_t>> generator;
  std::vector<std::int64_t> iteration;
  std::vector<double> logDensity, stepSize;
  for (const auto& s : c.chains) {
    q.push_back(s.q), gradient.push_back(s.gradient), metric.push_back(s.inverseMetric), adaptation.push_back(s.adaptation);
    auto& words = generator.emplace_back();
    for (const auto word : s.generator) words.push_back(std::bit_cast<std::int64_t>(word));
    iteration.push_back(s.iteration), logDensity.push_back(s.logDensity), stepSize.push_back(s.stepSize);
  }
  const auto chains = static_cast<std::int64_t>(c.chains.size());
  addRows<double>(out, "chain/q", q);
  addRows<double>(out, "chain/gradient", gradient);
  addRows<double>(out, "chain/inverse_metric", metric);
  addRows<double>(out, "chain/adaptation", adaptation);
  addRows<std::int64_t>(out, "chain/generator", generator);
  out.add("chain/iteration", std::span<const std::int64_t>(iteration), {chains});
  out.add("chain/log_density", std::span<const double>(logDensity), {chains});
  out.add("chain/step_size", std::span<const double>(stepSize), {chains});

  const auto& d = c.draws;
  const auto watched = static_cast<std::int64_t>(d.watched.size());
  addRows<float>(out, "draws/weights", d.weights, {d.components});
  addRows<float>(out, "draws/latents", d.latents, {watched, 2});
  out.add("draws/watched", std::span<const std::int64_t>(d.watched), {watched});
  addRows<double>(out, "draws/log_density", d.logDensity);
  addRows<double>(out, "draws/energy", d.energy);
  addRows<double>(out, "draws/accept", d.accept);
  addRows<double>(out, "draws/step_size", d.stepSize);
  addRows<std::int32_t>(out, "draws/depth", d.depth);
  addRows<std::int32_t>(out, "draws/leapfrogs", d.leapfrogs);
  addRows<std::int32_t>(out, "draws/divergent", d.divergent);
  out.add("truth", std::span<const double>(c.truth), {static_cast<std::int64_t>(c.truth.size())});
  const auto& t = c.table;
  out.addText("meta", jsonText(nlohmann::json{{"warmup", d.warmup},
                                              {"latents", c.latents},
                                              {"gradients", c.gradients},
                                              {"seconds", c.seconds},
                                              {"sampling_seconds", c.samplingSeconds},
                                              {"table",
                                               {{"cells", t.cells},
                                                {"nodes", t.nodes},
                                                {"evaluated", t.evaluated},
                                                {"mean", t.mean},
                                                {"q99", t.q99},
                                                {"max", t.max},
                                                {"seconds", t.seconds}}}}));
  out.commit();
}

McmcCheckpoint loadCheckpoint(const std::string& path) {
  Loader load(path);
  auto& in = load.in();
  McmcCheckpoint c;
  const auto logDensity = in.doubles("chain/log_density"), stepSize = in.doubles("chain/step_size");
  const auto iteration = in.int64s("chain/iteration");
  const auto chains = static_cast<std::int64_t>(iteration.size());
  if (chains < 1 || logDensity.size() != iteration.size() || stepSize.size() != iteration.size()) bad(path, "its chains do not match");
  auto q = load.rows<double>("chain/q", chains), gradient = load.rows<double>("chain/gradient", chains),
       metric = load.rows<double>("chain/inverse_metric", chains), adaptation = load.rows<double>("chain/adaptation", chains);
  const auto generator = load.rows<std::int64_t>("chain/generator", chains);
  for (std::size_t k = 0; k < iteration.size(); ++k) {
    mcmc::ChainState s;
    s.iteration = iteration[k], s.logDensity = logDensity[k], s.stepSize = stepSize[k];
    if (s.iteration < 0 || s.iteration != iteration.front()) bad(path, "its chains are at different transitions");
    if (gradient[k].size() != q[k].size() || !std::isfinite(s.stepSize)) bad(path, "its positions do not match");
    s.q = std::move(q[k]), s.gradient = std::move(gradient[k]), s.inverseMetric = std::move(metric[k]),
    s.adaptation = std::move(adaptation[k]);
    for (const auto word : generator[k]) s.generator.push_back(std::bit_cast<std::uint64_t>(word));
    c.chains.push_back(std::move(s));
  }

  auto& d = c.draws;
  d.chains = static_cast<int>(chains);
  d.watched = in.int64s("draws/watched");
  d.weights = load.rows<float>("draws/weights", chains);
  d.latents = load.rows<float>("draws/latents", chains);
  d.logDensity = load.rows<double>("draws/log_density", chains), d.energy = load.rows<double>("draws/energy", chains);
  d.accept = load.rows<double>("draws/accept", chains), d.stepSize = load.rows<double>("draws/step_size", chains);
  d.depth = load.rows<std::int32_t>("draws/depth", chains), d.leapfrogs = load.rows<std::int32_t>("draws/leapfrogs", chains);
  d.divergent = load.rows<std::uint8_t>("draws/divergent", chains);
  const auto n = static_cast<std::size_t>(iteration.front());
  for (std::size_t k = 0; k < iteration.size(); ++k) {
    const bool all = d.logDensity[k].size() == n && d.energy[k].size() == n && d.accept[k].size() == n && d.stepSize[k].size() == n &&
                     d.depth[k].size() == n && d.leapfrogs[k].size() == n && d.divergent[k].size() == n &&
                     d.weights[k].size() == n * static_cast<std::size_t>(d.components) && d.latents[k].size() == n * d.watched.size() * 2;
    if (!all) bad(path, "it holds other draws than its " + std::to_string(n) + " transitions");
  }
  c.truth = in.doubles("truth");
  if (c.truth.size() != static_cast<std::size_t>(d.components)) bad(path, "truth has not one weight a component");

  const auto meta = parseJson(in.text("meta"));
  if (!meta) bad(path, "meta: " + meta.error());
  const JsonFields fields(*meta, [&](const std::string& reason) { bad(path, "meta " + reason); });
  d.warmup = fields.whole("warmup"), c.latents = fields.whole("latents"), c.gradients = fields.whole("gradients");
  c.seconds = fields.number("seconds"), c.samplingSeconds = fields.number("sampling_seconds");
  const auto t = fields.object("table");
  c.table = {t.whole("cells"), t.whole("nodes"), t.whole("evaluated"), t.number("mean"),
             t.number("q99"),  t.number("max"),  t.number("seconds")};
  if (d.warmup < 0 || c.latents < 0) bad(path, "meta has negative counts");
  return c;
}

}  // namespace inflaton
