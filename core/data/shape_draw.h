#pragma once
// How a point of a toy shape is drawn.
#include "core/api/data_sets.h"

namespace inflaton {

/// The shape's centre at (u, v) of one part, with noise: standard normals z for each axis. Writes x [dim].
void placePoint(const ToyShape&, double u, double v, int part, const std::array<double, 4>& z, std::span<double> x);

/// Label of a place along a curve: one of 8 bins.
std::int32_t curveBin(double u);

/// The usual draw of a set with a shape (DataSet::draw): parts in turn, u and v from block 0, noise from block 1.
std::int32_t drawFromShape(const DataSet&, const CounterRng&, std::uint64_t i, std::span<double> x);

}  // namespace inflaton
