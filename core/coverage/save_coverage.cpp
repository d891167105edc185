// What toy-coverage leaves: the small files first, so that a disk that fills up costs the flows and not the counts.
#include <filesystem>
#include <nlohmann/json.hpp>

#include "core/api/coverage.h"
#include "core/api/json_text.h"
#include "core/api/networks.h"
#include "core/api/system.h"
#include "core/api/trajectory.h"
#include "core/coverage/coverage_names.h"
#include "core/coverage/flow_file.h"
#include "core/coverage/latent_shells.h"
#include "core/data/rotation.h"
#include "core/io/atomic_file.h"
#include "core/nets/file/network_file.h"

namespace inflaton {
namespace {

namespace fs = std::filesystem;

constexpr std::array<CoveragePlace, kCoveragePlaces> kPlaces{CoveragePlace::latentStart, CoveragePlace::data, CoveragePlace::latentEnd};
constexpr std::array<BoundaryKind, kBoundaryKinds> kKinds{BoundaryKind::alphaShape, BoundaryKind::advected};

bool wanted(const ToyCoverageOptions& o, BoundaryKind kind) {
  return o.boundary == "both" || (kind == BoundaryKind::alphaShape ? o.boundary == "alpha" : o.boundary == "advected");
}

const std::vector<CoverageShell>& shellsOf(const CoverageRun& run, BoundaryKind kind, CoveragePlace place) {
  return run.shells[static_cast<std::size_t>(kind)][static_cast<std::size_t>(place)];
}

void makeFolder(const fs::path& folder) {
  std::error_code error;
  fs::create_directories(folder, error);
  if (!fs::is_directory(folder))
    throw Error(
        ErrorCode::failed,
        "save_dir: cannot make the folder " + folder.string() + (error ? " (" + error.message() + ")" : " (something else has that name)"),
        "Choose a folder that can be written to.");
}

std::string coveragesJson(const CoverageResult& r, const CoverageRun& run, BoundaryKind kind, CoveragePlace place) {
  nlohmann::ordered_json all = nlohmann::ordered_json::object();
  const auto& shells = shellsOf(run, kind, place);
  for (std::size_t k = 0; k < r.radii.size(); ++k) {
    const std::int64_t in = shells[k].inside, out = r.testPoints - in;
    const auto percent = [&](std::int64_t n) { return static_cast<double>(n) / static_cast<double>(r.testPoints) * 100; };
    all[pythonFloat(r.radii[k])] = {{"total_in", in}, {"total_out", out}, {"percent_in", percent(in)}, {"percent_out", percent(out)}};
  }
  return orderedJsonText(all) + "\n";
}

std::string table(const CoverageResult& r) {
  std::string text =
      "boundary,place,radius,ideal_percent,mean_percent,sd_percent,circumradius,mesh_points,mesh_cells,mesh_closed,mesh_components";
  for (const auto& run : r.runs) text += ",percent_seed" + std::to_string(run.seed);
  text += "\n";
  for (const auto kind : kKinds) {
    if (!r.has(kind)) continue;
    for (const auto place : kPlaces)
      for (std::size_t k = 0; k < r.radii.size(); ++k) {
        const CoverageShell& shell = shellsOf(r.runs.front(), kind, place)[k];
        const char* where[] = {"latent_start", "data", "latent_end"};
        text += std::string(kind == BoundaryKind::alphaShape ? "alpha" : "advected") + "," + where[static_cast<std::size_t>(place)];
        for (const double v : {r.radii[k], 100 * r.ideal[k], 100 * r.mean(kind, place, k)}) text += "," + formatParameter(v);
        text += "," + (r.runs.size() > 1 ? formatParameter(100 * r.sd(kind, place, k)) : std::string());
        text += "," + (shell.circumradius > 0 ? formatParameter(shell.circumradius) : std::string());
        text += "," + std::to_string(shell.mesh.pointCount()) + "," + std::to_string(shell.mesh.cellCount()) + "," +
                (shell.check.closed ? "1" : "0") + "," + std::to_string(shell.check.components);
        for (const auto& run : r.runs)
          text +=
              "," + formatParameter(100 * static_cast<double>(shellsOf(run, kind, place)[k].inside) / static_cast<double>(r.testPoints));
        text += "\n";
      }
  }
  return text;
}

/// To the coordinates of the flows' xs: the reference rotates what the flow has carried, not what was drawn.
Mesh asSaved(Mesh mesh, const Simulation& flows, CoveragePlace place) {
  if (place == CoveragePlace::latentStart) return mesh;
  const auto& b = flows.basis;
  const double t = place == CoveragePlace::data ? 0 : flows.lanes.front().t.front(), scale = flows.schedule.s(t, b.eigenvalues.front());
  auto shift = b.mean;
  for (double& v : shift) v *= scale;
  const std::vector<double> eigen = mesh.points;
  rotate(b, std::span(eigen), std::span(mesh.points), shift);
  return mesh;
}

nlohmann::json describe(const CoverageResult& r, const ToyCoverageOptions& o) {
  const Simulation& s = *r.flows;
  nlohmann::json lanes = nlohmann::json::object();
  for (const auto& lane : s.lanes)
    lanes[lane.direction == Direction::generation ? "gen" : "melt"] = {
        {"frames", lane.frames()}, {"steps", lane.steps}, {"rejected", lane.rejected}, {"evaluations", lane.evaluations}};
  nlohmann::json j{{"program", std::string("Inflaton ") + programVersion()},
                   {"command", r.command},
                   {"seed", o.seed},
                   {"options", toJson(o)},
                   {"data_name", r.data_name},
                   {"schedule", r.schedule},
                   {"g", s.schedule.g()},
                   {"rho", s.schedule.rho()},
                   {"gamma0", s.schedule.gamma0()},
                   {"t_max", s.lanes.front().t.front()},
                   {"mean", s.basis.mean},
                   {"eigenvalues", s.basis.eigenvalues},
                   {"W", s.basis.W},
                   {"latent_variance", r.latentVariance},
                   {"radii", r.radii},
                   {"test_pts", r.testPoints},
                   {"boundary_pts", r.boundaryPoints},
                   {"round_trip_rmse", r.runs.front().roundTripRmse},
                   {"lanes", lanes}};
  if (s.data.origin) j["data"] = originJson(*s.data.origin);
  return j;
}

/// Files one after another, their folders made first.
class Saver {
 public:
  Saver(const JobContext& context, std::size_t total) : context_(context), total_(static_cast<double>(total)) {}
  template <class Write>
  void file(const std::string& path, const Write& write) {
    context_.throwIfStopped();
    context_.report({"saving", static_cast<double>(paths.size()), total_, -1, {}});
    makeFolder(fs::path(path).parent_path());
    write();
    paths.push_back(path);
  }
  void text(const std::string& path, const std::string& content) {
    file(path, [&] { writeFileAtomically(path, content); });
  }
  std::vector<std::string> paths;

 private:
  const JobContext& context_;
  double total_;
};

std::vector<std::string> save(const CoverageResult& r, const ToyCoverageOptions& o, const JobContext& context) {
  if (r.runs.empty() || !r.flows) throw Error(ErrorCode::usage, "there is no coverage to save");
  makeFolder(o.save_dir);
  const CoverageNames names(o, r.data_name, r.flows->schedule);
  Saver saver(context, coverageFiles(o).size());
  for (std::size_t i = 0; i < r.runs.size(); ++i)
    for (const auto kind : kKinds) {
      if (!r.has(kind)) continue;
      for (const auto place : kPlaces)
        saver.text(names.coverages(kind, place, i == 0, r.runs[i].seed), coveragesJson(r, r.runs[i], kind, place));
    }
  saver.text(names.table(), table(r));
  for (const auto kind : kKinds) {
    if (!r.has(kind)) continue;
    for (const auto place : kPlaces)
      for (std::size_t k = 0; k < r.radii.size(); ++k)
        for (const std::string& path : names.meshes(kind, place, r.radii[k]))
          saver.file(path, [&] {
            const auto saved = saveMesh(asSaved(shellsOf(r.runs.front(), kind, place)[k].mesh, *r.flows, place), path);
            if (!saved) throw Error(saved.error().code, saved.error().message, saved.error().hint);
          });
  }
  if (o.trajectories) {
    const auto meta = describe(r, o);
    for (const Trajectory& lane : r.flows->lanes)
      saver.file(names.flow(lane.direction), [&] { writeFlow(names.flow(lane.direction), *r.flows, lane, meta, context); });
  }
  return std::move(saver.paths);
}

/// Name of the data, and the flow's schedule.
CoverageNames namesOf(const ToyCoverageOptions& o) {
  if (o.source == "net") {
    const auto network = networkInfo(o.network);
    if (!network) throw Error(network.error().code, network.error().message, network.error().hint);
    const bool ownNames = o.data_name == "file" && (o.data_file.empty() || network->data);
    const auto points = ownNames ? PointSet{} : makePoints(o, 2, 0);
    const auto net = loadNetwork(o.network);
    requireMatches(*net, o, ownNames ? network->dim : points.dim, o.network);
    const Schedule& trained = net->schedule();
    return {o, ownNames ? network->data_name : points.name, o.tmax != ScheduleOptions{}.tmax ? trained.withEnd(o.tmax) : trained};
  }
  const auto points = makePoints(o, 2, 0);
  return {o, points.name, Schedule::make(o, points.dim, o.end_vars)};
}

}  // namespace

std::vector<std::string> coverageFiles(const ToyCoverageOptions& o) {
  validate(o);
  const CoverageNames names = namesOf(o);
  std::vector<std::string> paths;
  for (std::int64_t i = 0; i < o.seeds; ++i)
    for (const auto kind : kKinds)
      for (const auto place : kPlaces)
        if (wanted(o, kind)) paths.push_back(names.coverages(kind, place, i == 0, static_cast<std::uint64_t>(o.seed + i)));
  paths.push_back(names.table());
  for (const auto kind : kKinds)
    for (const auto place : kPlaces)
      for (const double radius : coverageRadii(o))
        if (wanted(o, kind))
          for (auto& path : names.meshes(kind, place, radius)) paths.push_back(std::move(path));
  if (o.trajectories)
    for (const auto direction : {Direction::generation, Direction::inflation}) paths.push_back(names.flow(direction));
  return paths;
}

Expected<std::vector<std::string>> saveCoverage(const CoverageResult& r, const ToyCoverageOptions& o, const JobContext& context) {
  return atEdge([&] { return save(r, o, context); });
}

}  // namespace inflaton
