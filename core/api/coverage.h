#pragma once
// Coverage: how many latent points lie inside shells of known Mahalanobis radius, before, in the middle of and after a round trip through
// the flow. Specification 4; names, files and keys are the reference's (toy alpha-shape and mesh experiments).
#include <array>
#include <memory>
#include <string>
#include <vector>

#include "core/api/job.h"
#include "core/api/mesh.h"
#include "core/api/options.h"
#include "core/api/trajectory.h"

namespace inflaton {

struct ToyCoverageOptions : DenoiserOptions {
  std::string save_dir = "coverage";
  std::string solver = "adams";  ///< as toy-simulate's
  std::int64_t steps = 0;        ///< in the solver's unit; 0: the solver's default
  double h = 0;                  ///< scaled form: step; 0: from tmax
  double tolerance = 1e-4;       ///< adaptive
  double end_vars = 1.0;         ///< A0, factor of the scale s(t): the kept latent axes have standard deviation A0
  double eps = 0;                ///< latent variance of the compressed axes; 0: closed form (specification 2.5)
  std::int64_t save_freq = 10;
  std::int64_t boundary_pts = 200;  ///< on each shell
  std::int64_t test_pts = 20000;
  double r_min = 0.5, r_max = 3.5;  ///< Mahalanobis radii of the shells, linearly spaced
  std::int64_t r_num = 7;
  std::int64_t seeds = 1;           ///< repetitions: seed, seed+1, ...
  std::string alpha = "reference";  ///< reference (circumradius below 200 in 2D, 10 in 3D) | auto | a circumradius
  std::string boundary = "both";    ///< alpha | advected | both
  bool trajectories = true;         ///< write the flows as npz
  bool operator==(const ToyCoverageOptions&) const = default;
};
template <>
const ParameterTable& parameterTable<ToyCoverageOptions>();

/// The three places at which coverage is counted, in order; `ls`, `ds`, `ls_end_rdtrp` in file names.
enum class CoveragePlace { latentStart, data, latentEnd };
/// What tells inside from outside.
enum class BoundaryKind { alphaShape, advected };
constexpr int kCoveragePlaces = 3, kBoundaryKinds = 2;

/// One shell at one place by one kind of boundary.
struct CoverageShell {
  Mesh mesh;  ///< scaled eigen-coordinates of that place, as the scene shows them
  MeshCheck check;
  double circumradius = 0;             ///< the limit used; 0 for the advected kind
  std::int64_t inside = 0;             ///< test points inside
  std::vector<std::uint8_t> isInside;  ///< [test_pts]
};

/// One repetition.
struct CoverageRun {
  std::uint64_t seed = 0;
  /// [kind][place][radius]; a kind that was not asked for has no shells. Those of all but the first run keep only `inside`.
  std::array<std::array<std::vector<CoverageShell>, kCoveragePlaces>, kBoundaryKinds> shells;
  double roundTripRmse = 0;  ///< of the test points, latent standard deviations
};

struct CoverageResult {
  std::string data_name, schedule;  ///< "circles", "PRP"
  int dim = 0;
  std::int64_t testPoints = 0, boundaryPoints = 0;
  std::vector<double> radii;           ///< [R]
  std::vector<double> ideal;           ///< [R] chi-square probability that a latent point lies within the radius
  std::vector<double> latentVariance;  ///< [D] scaled
  std::vector<CoverageRun> runs;
  /// Of the first run: positions [n, dim] of the test points at each place, scaled eigen-coordinates.
  std::array<std::vector<float>, kCoveragePlaces> points;
  /// Of the first run: lane 0 generation, lane 1 inflation back, for test points (0 .. testPoints-1) then boundary points shell by shell.
  /// Its data are these points as generated, labels 0 for test points and k for those of shell k (from 1).
  std::shared_ptr<const Simulation> flows;
  int evaluations = 0;
  double seconds = 0;
  std::string command;

  /// Share inside over all runs, and its standard deviation over runs (0 for one run).
  double mean(BoundaryKind, CoveragePlace, std::size_t radius) const;
  double sd(BoundaryKind, CoveragePlace, std::size_t radius) const;
  bool has(BoundaryKind) const;
};

/// Called when a run (a repetition) has been counted.
struct CoverageUpdate {
  std::shared_ptr<const CoverageResult> sofar;
};

Expected<std::shared_ptr<const CoverageResult>> toyCoverage(const ToyCoverageOptions&, const JobContext&,
                                                            const std::function<void(const CoverageUpdate&)>& update = {});
/// The reference's three .txt (JSON) files, the flows' npz, PLY meshes in its folders (curves as VTP too), coverage.csv; returns the paths.
Expected<std::vector<std::string>> saveCoverage(const CoverageResult&, const ToyCoverageOptions&, const JobContext&);
/// Those paths before anything is computed. Throws Error for options that cannot be.
std::vector<std::string> coverageFiles(const ToyCoverageOptions&);
/// The table, one line a radius; for people.
std::string coverageTable(const CoverageResult&);

/// One shape over given points, for the alpha slider. `circumradius` <= 0: auto.
struct AlphaShapeRequest {
  int dim = 2;
  std::vector<double> boundary;  ///< [m, dim]
  std::vector<float> queries;    ///< [n, dim]
  double circumradius = 0;
};
Expected<CoverageShell> alphaShapeOf(const AlphaShapeRequest&, const JobContext&);

/// Meshes and point clouds for other programs: .ply, .vtp, by the ending. Atomically.
Expected<void> saveMesh(const Mesh&, const std::string& path);

}  // namespace inflaton
