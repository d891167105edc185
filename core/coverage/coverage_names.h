#pragma once
// Where the coverage experiment's results lie: the reference's names, spelt as it spells them.
#include <filesystem>
#include <string>
#include <vector>

#include "core/api/coverage.h"

namespace inflaton {

/// As Python prints a float: the shortest text that reads back, with ".0" where it is whole. "0.5", "1.0", "5e-05".
std::string pythonFloat(double);

struct CoverageNames {
  std::string data_name, schedule;  ///< "circles", "PRP"
  int dim = 0;
  double gamma0 = 0, rho = 0, A0 = 1;
  std::string steps, step;  ///< "701", "0.01"
  std::int64_t testPoints = 0;
  std::filesystem::path folder;

  CoverageNames(const ToyCoverageOptions&, std::string dataName, const Schedule&);

  /// Of the first seed; for the others in a folder of their own.
  std::string coverages(BoundaryKind, CoveragePlace, bool first, std::uint64_t seed) const;
  std::string flow(Direction) const;
  /// Of a shell as PLY, then, where it is a curve, as VTP too: many programs read no edges from a PLY.
  std::vector<std::string> meshes(BoundaryKind, CoveragePlace, double radius) const;
  std::string table() const;
};

}  // namespace inflaton
