#include "core/coverage/coverage_names.h"

#include <array>
#include <charconv>
#include <cmath>
#include <string>

#include "core/api/number_text.h"
#include "core/api/solver_table.h"
#include "core/coverage/coverage_flow.h"

namespace inflaton {
namespace {

const char* spaceWord(CoveragePlace place) {
  switch (place) {
    case CoveragePlace::latentStart:
      return "ls";
    case CoveragePlace::data:
      return "ds";
    default:
      return "ls_end_rdtrp";
  }
}

}  // namespace

std::string pythonFloat(double value) {
  std::array<char, 400> text{};
  const double size = std::abs(value);
  const auto format = value == 0 || (size >= 1e-4 && size < 1e16) ? std::chars_format::fixed : std::chars_format::scientific;
  const auto end = std::to_chars(text.data(), text.data() + text.size(), value, format).ptr;
  std::string out(text.data(), end);
  if (out.find_first_of(".en") == std::string::npos) out += ".0";
  return out;
}

CoverageNames::CoverageNames(const ToyCoverageOptions& o, std::string dataName, const Schedule& s)
    : data_name(std::move(dataName)),
      schedule(s.name()),
      dim(s.dim()),
      gamma0(s.gamma0()),
      rho(s.rho()),
      A0(o.end_vars),
      testPoints(o.test_pts),
      folder(o.save_dir) {
  const SolverInfo& solver = solverInfo(o.solver);
  steps = std::to_string(solver.adaptive() ? kCoverageFrames : coverageSteps(o, s.tMax()));
  const double rounded = numberFrom(numberText(coverageStep(o, s.tMax()))).value_or(0);
  step = pythonFloat(solver.scaled() && o.h > 0 ? o.h : rounded);
}

std::string CoverageNames::coverages(BoundaryKind kind, CoveragePlace place, bool first, std::uint64_t seed) const {
  const std::string where = place == CoveragePlace::latentStart ? "init_ls" : spaceWord(place);
  const std::string name = data_name + "_" + schedule + "_" + std::to_string(testPoints) + "lssamples_" + where + "_coverages" +
                           (kind == BoundaryKind::advected ? "_advected" : "") + ".txt";
  return ((first ? folder : folder / ("seed" + std::to_string(seed))) / name).string();
}

std::string CoverageNames::flow(Direction direction) const {
  return (folder / (data_name + "_samples_bpts_" + schedule + (direction == Direction::generation ? "_gen_" : "_melt_") + steps +
                    "niters_" + step + "ss_" + pythonFloat(gamma0) + "gamma0_" + pythonFloat(rho) + "rho_" + pythonFloat(A0) + "A0.npz"))
      .string();
}

std::vector<std::string> CoverageNames::meshes(BoundaryKind kind, CoveragePlace place, double radius) const {
  const std::string stem = schedule + "_" + spaceWord(place);
  const std::string path = (folder / (stem + "_meshes") /
                            (stem + "_mesh_" + pythonFloat(radius) + "radius_" + (kind == BoundaryKind::advected ? "advected" : "bpts")))
                               .string();
  std::vector<std::string> paths{path + ".ply"};
  if (dim == 2) paths.push_back(path + ".vtp");
  return paths;
}

std::string CoverageNames::table() const { return (folder / "coverage.csv").string(); }

}  // namespace inflaton
