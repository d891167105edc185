#pragma once
// Exact log-densities through the flow, and how much its map stretches neighbourhoods. Specification 7.
#include <memory>
#include <string>
#include <vector>

#include "core/api/job.h"
#include "core/api/options.h"
#include "core/api/points.h"

namespace inflaton {

struct DensityOptions : DenoiserOptions, UnitsOptions {
  std::string points;       ///< .csv .npy .npz of query points, in the units of UnitsOptions; empty: the starting points, or a grid
  std::int64_t grid = 0;    ///< 2-D only: a square grid with so many nodes a side
  double extent = 0;        ///< half side of the grid about the mean, data units; 0: 1.25 times the points' reach
  double t = 0;             ///< at which time the points live (unscaled coordinates of the smoothed data)
  double tolerance = 1e-5;  ///< of the adaptive solver
  std::int64_t probes = 0;  ///< Hutchinson probes; 0: exact trace up to 16 dimensions, 32 probes above
  bool stretch = true;      ///< singular values of the flow map's Jacobian too
  std::string output = "density.npz";
  bool operator==(const DensityOptions&) const = default;
};
template <>
const ParameterTable& parameterTable<DensityOptions>();

struct DensityResult {
  std::int64_t n = 0;
  int dim = 0;
  double t = 0;
  std::shared_ptr<const DataOrigin> origin;  ///< of own points that are not embedded: the way to their file's units; else null
  std::vector<float> points;                 ///< [n, dim] data coordinates, unscaled, at time t
  std::vector<double> logDensity;            ///< [n] natural log, per unit volume of `points`
  std::vector<float> latent;                 ///< [n, dim] where they arrive: whitened eigen-coordinates at t_max
  std::vector<float> singular;  ///< [n, dim] descending singular values of d latent(whitened) / d points(whitened); empty without stretch
  std::vector<double> standardError;                  ///< [n] of logDensity, by Hutchinson; empty with the exact trace
  int rows = 0, columns = 0;                          ///< of the grid; row r, column c is number r*columns + c; 0: no grid
  double left = 0, bottom = 0, stepX = 0, stepY = 0;  ///< of the grid: its first node and spacing, data coordinates
  int evaluations = 0;
  double seconds = 0;
};

/// log p_t at the asked points: the flow carries them to t_max, where the model is Gaussian, and the divergence is integrated along.
Expected<std::shared_ptr<const DensityResult>> density(const DensityOptions&, const JobContext&, const GivenPoints& = {});
/// Whose units the options ask to be told in; null: the result's own, which are standardised.
const DataOrigin* toldUnits(const DensityResult&, const UnitsOptions&);
/// [n] natural log of the density per unit volume of those units.
std::vector<double> toldLogDensity(const DensityResult&, const UnitsOptions&);
/// npz: x, log_density, latent, singular, standard_error, grid, meta, in the units that the options ask for. Atomically.
Expected<void> saveDensity(const DensityResult&, const DensityOptions&);

}  // namespace inflaton
