// The reference's result files, with time, labels and provenance beside its keys.
#include <ATen/TensorOperators.h>
#include <ATen/core/Tensor.h>
#include <ATen/core/grad_mode.h>
#include <ATen/ops/from_blob.h>
#include <ATen/ops/mm.h>

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <nlohmann/json.hpp>

#include "core/api/json_text.h"
#include "core/api/networks.h"
#include "core/api/simulate.h"
#include "core/api/system.h"
#include "core/data/rotation.h"
#include "core/io/atomic_file.h"
#include "core/io/npz.h"

namespace inflaton {
namespace {

const char* fileWord(Direction d) {
  switch (d) {
    case Direction::inflation:
      return "melt";
    case Direction::roundTrip:
      return "rdtrp";
    default:
      return "gen";
  }
}

/// "circles_PRRto1D_net"
std::string stemOf(const std::string& dataName, const std::string& scheduleName, const std::string& source) {
  return dataName + "_" + scheduleName + (source == "net" ? "_net" : "");
}

std::string resultPath(const std::filesystem::path& folder, const std::string& stem, Direction d) {
  return (folder / (stem + "_" + fileWord(d) + "_results.npz")).string();
}

std::string parametersPath(const std::filesystem::path& folder, const std::string& stem) {
  return (folder / (stem + "_sim_params.json")).string();
}

std::filesystem::path folderOf(const ToySimulateOptions& o) { return o.save_dir.empty() ? "." : o.save_dir; }

using Shape = std::vector<std::int64_t>;

/// Beyond, W is an array of the files rather than text: of 4096 dimensions it would be 300 MB of digits.
constexpr int kMostInText = 64;

/// Rows turned into data coordinates. Many dimensions by matrix products, few in rotate()'s fixed order.
void turned(const Eigenbasis& b, std::span<const float> eigen, std::span<float> into) {
  if (b.dim <= kMostToyDims) return rotate(b, eigen, into);
  const at::NoGradGuard off;
  const std::int64_t D = b.dim, n = static_cast<std::int64_t>(eigen.size()) / D;
  const auto W = at::from_blob(const_cast<double*>(b.W.data()), {D, D}, at::kDouble).to(at::kFloat);
  const auto rows = at::mm(at::from_blob(const_cast<float*>(eigen.data()), {n, D}, at::kFloat), W.t()).contiguous();
  std::copy_n(rows.data_ptr<float>(), into.size(), into.begin());
}

/// Where the lane is at its end in the data: x [N, D] as the user's file would hold it, or standardised. Inflation starts from the data
/// themselves, which are so exact to the rounding of single precision.
void addOwnPoints(NpzWriter& w, const Simulation& s, const Trajectory& lane, const std::string& units) {
  std::vector<float> at = s.data.values;
  if (lane.direction != Direction::inflation) framePositions(s, lane, lane.frames() - 1, Space::dataUnscaled, at.data());
  if (units == "own")
    w.add("x", std::span<const double>(s.data.units()->toOwn(at)), {lane.n, lane.dim});
  else
    w.add("x", std::span<const float>(at), {lane.n, lane.dim});
}

/// One [count, N, D] array, a frame at a time through `fill(k, buffer)`.
template <class Fill>
void addFrames(NpzWriter& w, const std::string& name, std::int64_t count, const Trajectory& lane, const JobContext& context, Fill fill) {
  std::vector<float> buffer(static_cast<std::size_t>(lane.n * lane.dim));
  w.begin<float>(name, {count, lane.n, lane.dim});
  for (std::int64_t k = 0; k < count; ++k) {
    context.throwIfStopped();
    fill(k, buffer.data());
    w.append(std::span<const float>(buffer));
  }
}

void writeLane(const std::string& path, const Simulation& s, const Trajectory& lane, const std::string& units, const nlohmann::json& meta,
               const JobContext& context) {
  NpzWriter w(path);
  const std::int64_t F = lane.frames();
  const auto frames = [&](const char* name, Space space) {
    addFrames(w, name, F, lane, context, [&](std::int64_t k, float* into) { framePositions(s, lane, k, space, into); });
  };
  frames("tilde_xs", Space::dataUnscaled);
  frames("xs", Space::dataScaled);
  frames("tilde_xs_es", Space::latentUnscaled);
  frames("xs_es", Space::latentScaled);
  const Shape steps{F - 1, lane.n, lane.dim};
  if (!lane.out.empty()) {
    const auto size = static_cast<std::size_t>(lane.n * lane.dim);
    addFrames(w, "dxs", F - 1, lane, context, [&](std::int64_t k, float* into) {
      turned(s.basis, std::span<const float>(lane.dx).subspan(static_cast<std::size_t>(k) * size, size), std::span(into, size));
    });
    w.add("dxs_es", std::span<const float>(lane.dx), steps);
    w.add("unscaled_scores", std::span<const float>(lane.score), steps);
    w.add("gt_netout", std::span<const float>(lane.out), steps);
  }
  w.add("t", std::span<const double>(lane.t), {F});
  std::vector<double> sigma;
  for (double t : lane.t)
    for (int j = 0; j < lane.dim; ++j) sigma.push_back(std::sqrt(s.schedule.gamma(j, t)));
  w.add("sigma", std::span<const double>(sigma), {F, lane.dim});
  w.add("labels", std::span<const std::int32_t>(s.data.labels), {lane.n});
  if (s.data.units()) addOwnPoints(w, s, lane, units);
  if (s.data.origin && !s.data.rows.empty() && lane.direction != Direction::generation)
    w.add("rows", std::span<const std::int64_t>(s.data.rows), {lane.n});
  if (s.basis.dim > kMostInText) w.add("W", std::span<const double>(s.basis.W.data(), s.basis.W.size()), {lane.dim, lane.dim});
  w.addText("meta", jsonText(meta));
  w.commit();
}

nlohmann::json describe(const Simulation& s, const ToySimulateOptions& o) {
  nlohmann::json lanes = nlohmann::json::object();
  for (const auto& lane : s.lanes)
    lanes[fileWord(lane.direction)] = {
        {"frames", lane.frames()}, {"steps", lane.steps}, {"rejected", lane.rejected}, {"evaluations", lane.evaluations}};
  nlohmann::json j{{"program", "Inflaton " + systemInfo().version},
                   {"command", s.command},
                   {"seed", o.seed},
                   {"options", toJson(o)},
                   {"data_name", s.data_name},
                   {"schedule", s.schedule.name()},
                   {"g", s.schedule.g()},
                   {"rho", s.schedule.rho()},
                   {"gamma0", s.schedule.gamma0()},
                   {"t_max", s.schedule.tMax()},
                   {"mean", s.basis.mean},
                   {"eigenvalues", s.basis.eigenvalues},
                   {"latent_variance", s.latentVariance},
                   {"lanes", lanes}};
  if (s.basis.dim <= kMostInText) j["W"] = s.basis.W;
  if (s.data.origin) j["data"] = originJson(*s.data.origin);
  if (s.data.units()) j["x"] = o.units == "own" ? "the points at t = 0 in the units of data.columns" : "the points at t = 0, standardised";
  if (s.data.origin && o.initial.empty()) j["points"] = rowsText(s.data);
  if (!s.roundTripError.empty())
    j["round_trip"] = {{"rmse", s.roundTripRmse}, {"rmse_kept", s.roundTripRmseKept}, {"rmse_compressed", s.roundTripRmseCompressed}};
  return j;
}

std::vector<std::string> save(const Simulation& s, const ToySimulateOptions& o, const JobContext& context) {
  namespace fs = std::filesystem;
  const fs::path folder = folderOf(o);
  std::error_code error;
  fs::create_directories(folder, error);
  if (!fs::is_directory(folder))
    throw Error(ErrorCode::failed, "save_dir: cannot make the folder " + folder.string() +
                                       (error ? " (" + error.message() + ")" : " (something else has that name)"));
  const std::string stem = stemOf(s.data_name, s.schedule.name(), s.source);
  const auto meta = describe(s, o);
  std::vector<std::string> paths;
  for (const auto& lane : s.lanes) {
    context.report({"saving", static_cast<double>(paths.size()), static_cast<double>(s.lanes.size() + 1), -1, {}});
    paths.push_back(resultPath(folder, stem, lane.direction));
    writeLane(paths.back(), s, lane, o.units, meta, context);
  }
  paths.push_back(parametersPath(folder, stem));
  writeFileAtomically(paths.back(), jsonText(meta, 2) + "\n");
  return paths;
}

}  // namespace

std::vector<std::string> simulationFiles(const ToySimulateOptions& o) {
  std::string data = o.data_name, schedule;
  if (o.source == "net") {
    const auto network = networkInfo(o.network);
    if (!network) throw Error(network.error().code, network.error().message, network.error().hint);
    schedule = network->schedule;
  } else {
    schedule = Schedule::make(o, makePoints(o, 2, 0).dim, o.A0).name();
  }
  if (o.initial.empty() && o.data_name == "file") data = makePoints(o, 2, 0).name;
  const std::string stem = stemOf(data, schedule, o.source);
  const auto folder = folderOf(o);
  std::vector<std::string> paths;
  if (o.direction != "gen") paths.push_back(resultPath(folder, stem, Direction::inflation));
  if (o.direction == "all" || o.direction == "roundtrip") paths.push_back(resultPath(folder, stem, Direction::roundTrip));
  if (o.direction == "all" || o.direction == "gen") paths.push_back(resultPath(folder, stem, Direction::generation));
  paths.push_back(parametersPath(folder, stem));
  return paths;
}

Expected<std::vector<std::string>> saveSimulation(const Simulation& s, const ToySimulateOptions& o, const JobContext& context) {
  return atEdge([&] { return save(s, o, context); });
}

}  // namespace inflaton
