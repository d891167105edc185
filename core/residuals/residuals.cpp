// The jobs behind residuals extract and residuals correlate, and both at once for the window.
#include "core/api/residuals.h"

#include <ATen/TensorOperators.h>
#include <ATen/core/Tensor.h>
#include <ATen/core/grad_mode.h>

#include <chrono>
#include <cmath>
#include <filesystem>

#include "core/api/job.h"
#include "core/api/json_text.h"
#include "core/api/memory_need.h"
#include "core/api/options.h"
#include "core/api/stop_scope.h"
#include "core/api/system.h"
#include "core/io/npz.h"
#include "core/io/set_aside.h"
#include "core/residuals/correlation.h"
#include "core/residuals/residual_walk.h"

namespace inflaton {
namespace {

namespace fs = std::filesystem;

[[noreturn]] void refuse(const std::string& text, const std::string& hint = {}) { throw Error(ErrorCode::usage, text, hint); }

std::span<const float> floats(const at::Tensor& v) { return {v.data_ptr<float>(), static_cast<std::size_t>(v.numel())}; }

fs::path folderFor(const std::string& given) {
  const fs::path folder = given.empty() ? "." : given;
  std::error_code error;
  fs::create_directories(folder, error);
  if (!fs::is_directory(folder))
    throw Error(ErrorCode::failed, "save_dir: cannot make the folder " + folder.string() +
                                       (error ? " (" + error.message() + ")" : " (something else has that name)"));
  return folder;
}

/// "stage 120 of 701", with the time it will take.
class Steps {
 public:
  Steps(const JobContext& context, const char* stage, std::size_t total)
      : context_(context), stage_(stage), total_(static_cast<double>(total)) {}
  void done(std::size_t k) const {
    context_.throwIfStopped();
    const double step = static_cast<double>(k) + 1,
                 seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - began_).count();
    context_.report({stage_, step, total_, seconds * (total_ - step) / step, {}});
  }

 private:
  const JobContext& context_;
  const char* stage_;
  double total_;
  std::chrono::steady_clock::time_point began_ = std::chrono::steady_clock::now();
};

std::string extract(const ResidualsExtractOptions& o, const JobContext& context) {
  validate(o);
  useThreads(context.threads(o.threads));
  const StopScope stops(context);
  const at::NoGradGuard off;
  const auto walk = residualWalk(o);
  for (const auto& note : walk.notes) context.note(note);
  const auto T = static_cast<std::int64_t>(walk.times.size()), N = walk.clean.size(0), D = walk.clean.size(1);
  const auto path = (folderFor(o.save_dir) / (walk.dataName + "_" + walk.scheduleWord() + "_toy_net_outputs_residuals.npz")).string();
  NpzWriter w(path);
  SetAside spool(path);
  const Steps steps(context, "residuals", walk.times.size());
  w.begin<float>("net_outputs", {T, N, D});
  walkResiduals(
      walk, [&] { context.throwIfStopped(); },
      [&](std::size_t k, const at::Tensor& outputs, const at::Tensor& residuals) {
        w.append(floats(outputs));
        spool.append(floats(residuals));
        steps.done(k);
      });
  w.begin<float>("net_residuals", {T, N, D});
  spool.replay([&](std::span<const float> values) {
    context.throwIfStopped();
    w.append(values);
  });
  w.add("t", std::span<const double>(walk.times), {T});
  const std::vector<std::int64_t> seed{o.seed};
  w.add("seed", std::span<const std::int64_t>(seed), {});
  nlohmann::json meta{{"program", std::string("Inflaton ") + programVersion()},
                      {"command", commandLine(o)},
                      {"options", toJson(o)},
                      {"data_name", walk.dataName},
                      {"schedule", walk.scheduleWord()},
                      {"dims_to_keep", walk.net->schedule().dimsToKeep()},
                      {"space", walk.net->coordinates().space()},
                      {"along", o.along},
                      {"network", o.network}};
  if (walk.data) meta["data"] = originJson(*walk.data);
  w.addText("meta", jsonText(meta));
  w.commit();
  return path;
}

/// What the file says of itself; empty where another program wrote it.
nlohmann::json metaOf(const NpzReader& in) {
  if (!in.has("meta")) return nlohmann::json::object();
  auto meta = jsonOrNull(in.text("meta"));
  return meta.is_object() ? meta : nlohmann::json::object();
}

struct Plan {
  std::int64_t T = 0, N = 0, D = 0;  ///< taken: of the file's times and samples
  std::string schedule;
};

void checkCount(const char* field, std::int64_t asked, std::int64_t there, const std::string& path) {
  if (asked > there)
    refuse(std::string(field) + " is " + std::to_string(asked) + "; allowed: up to " + std::to_string(there) + " (in " + path +
           "), or 0 for all");
}

Plan planFor(const ResidualsCorrelateOptions& o, const NpzReader& in, const nlohmann::json& meta) {
  in.expectShape("net_outputs", {-1, -1, -1});
  const auto shape = in.shape("net_outputs");
  in.expectShape("net_residuals", shape);
  checkCount("n_time_pts", o.n_time_pts, shape[0], o.res_root);
  checkCount("n_samples", o.n_samples, shape[1], o.res_root);
  Plan p{o.n_time_pts ? o.n_time_pts : shape[0], o.n_samples ? o.n_samples : shape[1], shape[2], {}};
  if (p.T < 1 || p.N < 2 || p.D < 1)
    refuse("res_root: " + o.res_root + " holds " + std::to_string(shape[0]) + " times and " + std::to_string(shape[1]) +
           " samples; needed: 1 and 2");
  if (o.data_dim != 0 && o.data_dim != p.D)
    refuse("data_dim is " + std::to_string(o.data_dim) + "; allowed: " + std::to_string(p.D) + " (the columns of " + o.res_root +
           "), or 0 for that");
  if (meta.contains("data_name") && meta["data_name"].is_string() && meta["data_name"] != o.data_name)
    refuse("data_name is " + o.data_name + "; allowed: " + meta["data_name"].get<std::string>() + " (what " + o.res_root + " holds)");
  const auto keep =
      meta.contains("dims_to_keep") && meta["dims_to_keep"].is_number_integer() ? meta["dims_to_keep"].get<std::int64_t>() : 0;
  if (keep == 0 && o.dims_to_keep == 0)
    refuse("dims_to_keep is 0; " + o.res_root + " does not say what it was made with",
           "Give dims_to_keep: all dimensions for PRP, fewer for PRR.");
  if (keep != 0 && o.dims_to_keep != 0 && keep != o.dims_to_keep)
    refuse("dims_to_keep is " + std::to_string(o.dims_to_keep) + "; allowed: " + std::to_string(keep) + " (what " + o.res_root +
           " was made with), or 0 for that");
  const auto kept = keep ? keep : o.dims_to_keep;
  if (kept > p.D)
    refuse("dims_to_keep is " + std::to_string(kept) + "; allowed: 1 to " + std::to_string(p.D) + " (the columns of " + o.res_root + ")");
  p.schedule = kept == p.D ? "PRP" : "PRRto" + std::to_string(kept);
  return p;
}

/// Four matrices [D, D] are kept of every time.
void requireRoom(std::int64_t T, std::int64_t D) {
  const double each = 4.0 * 8 * static_cast<double>(D) * static_cast<double>(D);
  requireMemory(static_cast<double>(T) * each,
                "the correlations of n_time_pts " + std::to_string(T) + " times in " + std::to_string(D) + " dimensions",
                "Lower n_time_pts.", kMostResultBytes);
}

std::string correlationsName(const ResidualsCorrelateOptions& o, const Plan& p) {
  return o.data_name + "_" + p.schedule + "_toy_autocorrelations.npz";
}

std::string correlate(const ResidualsCorrelateOptions& o, const JobContext& context) {
  validate(o);
  const NpzReader in(o.res_root);
  const auto meta = metaOf(in);
  const Plan p = planFor(o, in, meta);
  requireRoom(p.T, p.D);
  const auto path = (folderFor(o.save_dir) / correlationsName(o, p)).string();
  LagCorrelation outputs(p.N, static_cast<int>(p.D)), residuals(p.N, static_cast<int>(p.D));
  const Steps steps(context, "correlation", static_cast<std::size_t>(2 * p.T));
  const auto run = [&](const char* name, LagCorrelation& into, std::int64_t before) {
    in.blocks(name, [&](std::int64_t k, std::span<const float> values) {
      context.throwIfStopped();
      if (k >= p.T) return;
      into.add(values.first(static_cast<std::size_t>(p.N * p.D)));
      steps.done(static_cast<std::size_t>(before + k));
    });
  };
  run("net_outputs", outputs, 0);
  run("net_residuals", residuals, p.T);

  NpzWriter w(path);
  const std::vector<std::int64_t> shape{p.T, p.D, p.D};
  const auto add = [&](const char* name, const std::vector<double>& values, const std::vector<std::int64_t>& as) {
    w.add(name, std::span<const double>(values), as);
  };
  add("net_output_acs", outputs.reference(), shape);
  add("net_residual_acs", residuals.reference(), shape);
  add("net_output_acs_proper", outputs.proper(), shape);
  add("net_residual_acs_proper", residuals.proper(), shape);
  add("diag_mean", residuals.diagonalMean(), {p.T});
  if (in.has("t") && in.shape("t").size() == 1 && in.shape("t")[0] >= p.T) {
    auto t = in.doubles("t");
    t.resize(static_cast<std::size_t>(p.T));
    add("t", t, {p.T});
  }
  const nlohmann::json about{{"program", std::string("Inflaton ") + programVersion()},
                             {"command", commandLine(o)},
                             {"options", toJson(o)},
                             {"of", meta},
                             {"net_output_acs, net_residual_acs", "entry (i, j) over sd0_j sdt_j: right on the diagonal"},
                             {"..._proper", "entry (i, j) over sd0_i sdt_j"},
                             {"diag_mean", "of net_residual_acs"}};
  w.addText("meta", jsonText(about));
  w.commit();
  return path;
}

std::shared_ptr<const ResidualCorrelations> both(const ResidualsExtractOptions& o, const JobContext& context) {
  validate(o);
  useThreads(context.threads(o.threads));
  const StopScope stops(context);
  const at::NoGradGuard off;
  const auto walk = residualWalk(o);
  for (const auto& note : walk.notes) context.note(note);
  requireRoom(o.n_time_pts, walk.clean.size(1));
  const int dim = static_cast<int>(walk.clean.size(1));
  LagCorrelation outputs(walk.clean.size(0), dim), residuals(walk.clean.size(0), dim);
  const Steps steps(context, "residual correlation", walk.times.size());
  walkResiduals(
      walk, [&] { context.throwIfStopped(); },
      [&](std::size_t k, const at::Tensor& D, const at::Tensor& e) {
        outputs.add(floats(D)), residuals.add(floats(e));
        steps.done(k);
      });
  return std::make_shared<ResidualCorrelations>(ResidualCorrelations{walk.times, dim, outputs.reference(), residuals.reference(),
                                                                     outputs.proper(), residuals.proper(), residuals.diagonalMean()});
}

}  // namespace

std::string correlationsFile(const ResidualsCorrelateOptions& o) {
  const NpzReader in(o.res_root);
  return (fs::path(o.save_dir.empty() ? "." : o.save_dir) / correlationsName(o, planFor(o, in, metaOf(in)))).string();
}

std::string residualsDataName(const std::string& path) {
  const auto meta = metaOf(NpzReader(path));
  return meta.contains("data_name") && meta["data_name"].is_string() ? meta["data_name"].get<std::string>()
                                                                     : ResidualsCorrelateOptions{}.data_name;
}

Expected<std::string> extractResiduals(const ResidualsExtractOptions& o, const JobContext& context) {
  return atEdge([&] { return extract(o, context); });
}

Expected<std::string> correlateResiduals(const ResidualsCorrelateOptions& o, const JobContext& context) {
  return atEdge([&] { return correlate(o, context); });
}

Expected<std::shared_ptr<const ResidualCorrelations>> residualCorrelations(const ResidualsExtractOptions& o, const JobContext& context) {
  return atEdge([&] { return both(o, context); });
}

}  // namespace inflaton
