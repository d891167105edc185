#pragma once
// The model's log-density at one time, on a lattice along the eigen-axes: thin directions get as many nodes as wide ones, and one
// lattice serves the data view and the latent view alike, which are that plane turned and scaled.
#include <QTransform>
#include <memory>
#include <vector>

#include "core/api/density.h"
#include "core/api/trajectory.h"

namespace inflaton::ui {

struct DensityMap {
  std::shared_ptr<const Simulation> simulation;
  double t = 0;
  int nodes = 0;                                      ///< a side
  double left = 0, bottom = 0, stepX = 0, stepY = 0;  ///< first node and spacing, unscaled eigen-coordinates at t
  std::vector<float> logDensity;                      ///< [nodes, nodes], row by row from the bottom; natural log per unit of unscaled area
  double peak = 0;                                    ///< the largest of them
  double mass = 0;                                    ///< sum of density times cell: near 1 when the lattice is fine enough

  /// From the lattice's own coordinates (column, row; 0, 0 is the first node) to a space's.
  QTransform toSpace(Space) const;
  /// Natural log of the factor that takes densities per unscaled area to those of a space.
  double logFactor(Space) const;
};

/// Where to ask, without values: all that the points of any lane reach at t, and the density with them. Two dimensions only.
DensityMap densityLattice(std::shared_ptr<const Simulation>, double t, int nodes);
/// Its nodes [nodes*nodes, 2] in unscaled data coordinates.
std::vector<float> latticePoints(const DensityMap&);
/// The lattice with what was found there.
std::shared_ptr<const DensityMap> withValues(DensityMap lattice, const std::vector<double>& logDensity);

}  // namespace inflaton::ui
