#pragma once
// The data sets that have a name: those that come with the program (core/data/toy_sets.cpp) and those registered beside them. Samplers,
// exact posteriors, option tables, galleries and `inflaton-cli info` all read this one list.
#include <array>
#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "core/api/points.h"

namespace inflaton {

class CounterRng;  // core/data/counter_rng.h

/// A curve or a sheet of 2 or 3 dimensions, in one or more parts, seen through Gaussian noise. Where a set has a shape, the exact denoiser
/// of its whole population is known by quadrature over the parameters.
struct ToyShape {
  int parts = 1;       ///< of equal weight: two rings, two moons
  int parameters = 1;  ///< 1: a curve, whose place depends on u; 2: a sheet, on u and v. Both are uniform on (0, 1)
  std::function<std::array<double, 3>(double u, double v, int part)> centre;
  std::array<double, 3> noise{};  ///< standard deviation per axis, in the units of centre
};

/// One data set. Either a shape or a draw is needed; with both, they must describe the same population.
struct DataSet {
  ToySetInfo info;           ///< id: letters, digits and '_', as it goes into file names; dim 2 to kMostToyDims, with a shape 2 or 3
  std::uint32_t stream = 0;  ///< of Philox, this set's alone and for good, since its points depend on it; 1 to 100 are the program's
  std::optional<ToyShape> shape;
  bool standardized = true;  ///< every sample to mean 0 and population standard deviation 1 per axis
  /// Writes the coordinates of point i [dim], which may depend on (rng, i) alone, and returns its label. Called from many threads at once.
  /// Empty: uniform on the shape's parameters, labelled by part, or by place along u where there is one part.
  std::function<std::int32_t(const DataSet&, const CounterRng& rng, std::uint64_t i, std::span<double> x)> draw{};
};

/// Adds a set after those there are. To be called before anything reads the list: option tables are made once, so a set that came later
/// would be missing from their choices. Throws Error(usage) naming the set and the reason: a bad or taken id or stream, neither shape nor
/// draw, a shape or dimensions out of range, or the list is frozen.
void registerDataSet(DataSet);

/// No set can be registered from here on. The programs call it once plug-ins are loaded; the first reader of the list does it too.
void freezeDataSets();

/// All of them, in the order of the gallery. Freezes the list.
const std::vector<DataSet>& dataSets();

/// nullptr for a name that none of them has. Freezes the list.
const DataSet* findDataSet(const std::string& id);

}  // namespace inflaton
