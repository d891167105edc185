#include "core/calibration/chains/outputs.h"

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <nlohmann/json.hpp>

#include "core/api/json_text.h"
#include "core/api/number_text.h"
#include "core/api/options.h"
#include "core/api/system.h"
#include "core/calibration/chains/verdict.h"
#include "core/data/rotation.h"
#include "core/io/atomic_file.h"
#include "core/io/npz.h"

namespace inflaton {
namespace {

using nlohmann::json;
using Shape = std::vector<std::int64_t>;

json number(double v) { return std::isfinite(v) ? json(v) : json(nullptr); }

/// The options that what is written depends on: neither places nor threads.
json lastingOptions(const ToyMcmcOptions& o) {
  json all = toJson(o);
  for (const char* name : {"outdir", "desc", "nosubdir", "resume", "checkpoint", "threads", "device", "save_trajs"}) all.erase(name);
  return all;
}

class Writer {
 public:
  Writer(const McmcOutputs& r, const std::function<void()>& poll)
      : r_(r),
        poll_(poll),
        d_(r.draws),
        n_(static_cast<std::int64_t>(r.experiment.truth.x.size()) / 2),
        draws_(d_.drawsOf(0) - d_.warmup) {}

  void weights(const std::string& path) const {
    NpzWriter out(path);
    out.begin<float>("arr_0", {d_.chains * draws_, d_.components});
    appendWeights(out);
    out.commit();
  }

  void latents(const std::string& path) const {
    NpzWriter out(path);
    out.begin<float>("arr_0", {d_.chains * r_.latents.draws(), 2 * n_});
    std::vector<float> image(static_cast<std::size_t>(2 * n_));
    eachRow([&](std::span<const float> row) {
      toImageSpace(r_.experiment, row, image);
      out.append(std::span<const float>(image));
    });
    out.commit();
  }

  void posterior(const std::string& path) const {
    NpzWriter out(path);
    out.begin<float>("posterior/weights", {d_.chains, draws_, d_.components});
    appendWeights(out);
    out.begin<float>(r_.options.thin == 1 ? "posterior/z" : "posterior_thinned/z", {d_.chains, r_.latents.draws(), n_, 2});
    eachRow([&](std::span<const float> row) { out.append(row); });
    stat(out, "lp", d_.logDensity), stat(out, "energy", d_.energy), stat(out, "acceptance_rate", d_.accept),
        stat(out, "step_size", d_.stepSize);
    stat(out, "tree_depth", d_.depth), stat(out, "n_steps", d_.leapfrogs), stat(out, "diverging", d_.divergent);
    const auto& truth = r_.experiment.truth;
    out.add("observed_data/x", std::span<const double>(truth.x), {n_, 2});
    out.add("ground_truth/z", std::span<const double>(truth.z), {n_, 2});
    out.add("ground_truth/x", std::span<const double>(truth.clean), {n_, 2});
    const std::vector<std::int32_t> component(truth.component.begin(), truth.component.end());
    out.add("ground_truth/component", std::span<const std::int32_t>(component), {n_});
    const auto& w = r_.experiment.mixture.truth;
    out.add("ground_truth/weights", std::span<const double>(w), {LatentMixture::components});
    latentArray(out, "mean", &Diagnostic::mean), latentArray(out, "sd", &Diagnostic::sd), latentArray(out, "r_hat", &Diagnostic::rhat);
    latentArray(out, "ess_bulk", &Diagnostic::essBulk), latentArray(out, "mcse_mean", &Diagnostic::mcse);
    out.addText("meta", jsonText(meta()));
    out.commit();
  }

  void summaryTable(const std::string& path) const {
    std::string text = "name,mean,sd,q5,q50,q95,mcse_mean,ess_bulk,ess_tail,r_hat\n";
    const auto row = [&](const Diagnostic& d) {
      const bool quoted = d.name.find(',') != std::string::npos;
      text += formatted("%s%s%s,%.9g,%.9g,%.9g,%.9g,%.9g,%.6g,%.6g,%.6g,%.9g\n", quoted ? "\"" : "", d.name, quoted ? "\"" : "", d.mean,
                        d.sd, d.q5, d.q50, d.q95, d.mcse, d.essBulk, d.essTail, d.rhat);
    };
    for (const auto& d : r_.last.weights) row(d);
    for (const auto& d : r_.latentSummary) row(d);
    writeFileAtomically(path, text);
  }

  void summary(const std::string& path) const {
    json all{{"chains", d_.chains},
             {"draws", draws_},
             {"warmup", d_.warmup},
             {"divergences", r_.last.divergences},
             {"verdict", r_.last.verdict},
             {"good", r_.last.good},
             {"e_bfmi", number(r_.last.ebfmi)}};
    all["truth"] = r_.experiment.mixture.truth;
    all["worst_r_hat"] = number(worstRhat(r_.last.weights)), all["least_ess_bulk"] = number(leastEss(r_.last.weights));
    for (const auto& d : r_.last.weights)
      all["weights"].push_back({{"name", d.name},
                                {"mean", number(d.mean)},
                                {"sd", number(d.sd)},
                                {"q5", number(d.q5)},
                                {"q50", number(d.q50)},
                                {"q95", number(d.q95)},
                                {"mcse_mean", number(d.mcse)},
                                {"ess_bulk", number(d.essBulk)},
                                {"ess_tail", number(d.essTail)},
                                {"r_hat", number(d.rhat)}});
    all["latents"] = {{"draws", r_.latents.draws()},
                      {"worst_r_hat", number(worstRhat(r_.latentSummary))},
                      {"least_ess_bulk", number(leastEss(r_.latentSummary))}};
    const auto worst = std::max_element(r_.latentSummary.begin(), r_.latentSummary.end(),
                                        [](const Diagnostic& a, const Diagnostic& b) { return a.rhat < b.rhat; });
    if (worst != r_.latentSummary.end()) all["latents"]["worst"] = worst->name;
    const auto& t = r_.experiment.table;
    if (t.cells > 0)
      all["table"] = {{"cells", t.cells},     {"nodes", t.nodes},   {"evaluated", t.evaluated},
                      {"error_mean", t.mean}, {"error_q99", t.q99}, {"error_max", t.max}};
    writeFileAtomically(path, jsonText(all, 2) + "\n");
  }

 private:
  template <class Take>
  void eachRow(const Take& take) const {
    std::vector<float> row(static_cast<std::size_t>(2 * n_));
    for (int k = 0; k < d_.chains; ++k)
      for (std::int64_t i = 0; i < r_.latents.draws(); ++i) {
        if (i % 64 == 0 && poll_) poll_();
        r_.latents.read(k, i, row);
        take(std::span<const float>(row));
      }
  }

  void appendWeights(NpzWriter& out) const {
    for (const auto& chain : d_.weights)
      out.append(std::span<const float>(chain).subspan(static_cast<std::size_t>(d_.warmup * d_.components)));
  }

  template <class T>
  void stat(NpzWriter& out, const char* name, const std::vector<std::vector<T>>& rows) const {
    using Stored = std::conditional_t<std::is_floating_point_v<T>, double, std::int32_t>;
    std::vector<Stored> all;
    for (const auto& row : rows) all.insert(all.end(), row.begin() + static_cast<std::ptrdiff_t>(d_.warmup), row.end());
    out.add(std::string("sample_stats/") + name, std::span<const Stored>(all), {d_.chains, draws_});
  }

  void latentArray(NpzWriter& out, const char* name, double Diagnostic::*field) const {
    std::vector<double> all;
    for (const auto& d : r_.latentSummary) all.push_back(d.*field);
    out.add(std::string("latent_summary/") + name, std::span<const double>(all), {n_, 2});
  }

  json meta() const {
    const auto& basis = r_.experiment.problem.denoiser->basis();
    const auto& m = r_.experiment.mixture;
    json j{{"program", std::string("inflaton ") + programVersion()},
           {"options", lastingOptions(r_.options)},
           {"schedule", r_.experiment.problem.schedule.name()},
           {"coordinates", "z: scaled latent eigen-coordinates; x: scaled data coordinates; sampled_zs.npz: W z"},
           {"W", basis.W},
           {"thin", r_.options.thin},
           {"mixture", {{"mean", m.mean}, {"variance", m.variance}}},
           {"dims", {{"posterior/weights", {"chain", "draw", "component"}}, {"posterior/z", {"chain", "draw", "observation", "axis"}}}}};
    if (const auto& data = r_.experiment.problem.start; data.origin) j["data"] = originJson(*data.origin);
    return j;
  }

  const McmcOutputs& r_;
  const std::function<void()>& poll_;
  const McmcDraws& d_;
  std::int64_t n_, draws_;
};

}  // namespace

const std::vector<std::string>& mcmcOutputNames() {
  static const std::vector<std::string> names{"sampled_weights.npz", "sampled_zs.npz", "posterior.npz", "summary.csv", "summary.json"};
  return names;
}

std::vector<std::string> writeMcmcOutputs(const std::string& folder, const McmcOutputs& r, const std::function<void()>& poll) {
  std::vector<std::string> paths;
  for (const auto& name : mcmcOutputNames()) paths.push_back(folder + "/" + name);
  const Writer write(r, poll);
  write.weights(paths[0]);
  write.latents(paths[1]);
  write.posterior(paths[2]);
  write.summaryTable(paths[3]);
  write.summary(paths[4]);
  return paths;
}

void toImageSpace(const MixtureExperiment& e, std::span<const float> z, std::span<float> image) {
  rotate(e.problem.denoiser->basis(), z, image);
}

void writeState(const std::string& folder, std::int64_t number, const std::vector<double>& q, const MixtureExperiment& e) {
  std::error_code fault;
  std::filesystem::create_directories(folder + "/trajs_outdir", fault);
  if (fault) throwWriteError(folder + "/trajs_outdir", fault.value());
  std::vector<float> all(q.begin(), q.end());
  const auto z = std::span(all).subspan(LatentMixture::components);
  toImageSpace(e, std::vector<float>(z.begin(), z.end()), z);
  NpzWriter out(folder + formatted("/trajs_outdir/curr_params_%06d.npz", number));
  out.add("arr_0", std::span<const float>(all), {static_cast<std::int64_t>(all.size())});
  out.commit();
}

void restoreLatents(const std::string& posterior, LatentFile& file, std::int64_t draws) {
  NpzReader in(posterior);
  const std::string name = in.has("posterior/z") ? "posterior/z" : "posterior_thinned/z";
  in.expectShape(name, {file.chains(), draws, file.width() / 2, 2});
  const auto all = in.floats(name);
  const auto width = static_cast<std::size_t>(file.width());
  std::vector<float> rows(width * static_cast<std::size_t>(file.chains()));
  for (std::int64_t d = 0; d < draws; ++d) {
    for (int k = 0; k < file.chains(); ++k)
      std::copy_n(all.begin() + static_cast<std::ptrdiff_t>(width) * (k * draws + d), width,
                  rows.begin() + static_cast<std::ptrdiff_t>(width) * k);
    file.append(rows);
  }
}

}  // namespace inflaton
