#pragma once
// What a simulation leaves: frames of N points along the flow, in eigen-coordinates, immutable and shared.
#include <array>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "core/api/points.h"
#include "core/api/schedule.h"

namespace inflaton {

enum class Direction { inflation, roundTrip, generation };  ///< melt, rdtrp, gen in file names

/// Coordinates in which frames are shown. scaled = s(t) x; whitened = x / sqrt(xi + gamma).
enum class Space { dataUnscaled, dataScaled, latentUnscaled, latentScaled, whitened };

/// One lane. Frames run in the order integrated: inflation 0 -> t_max; round trip and generation t_max -> 0.
struct Trajectory {
  Direction direction = Direction::inflation;
  std::int64_t n = 0;
  int dim = 0;
  std::vector<double> t;  ///< [F]
  std::vector<float> x;   ///< [F, n, dim] unscaled eigen-coordinates
  /// [F, n, dim] dy_j / dtheta_j = -F_j at the frames: y whitened, theta_j the angle of axis j (Schedule::angle; specification 7). With it
  /// positions between frames are the solver's dense output, for as much memory again as x. Empty: straight lines. 0 where an axis rests.
  std::vector<float> slope;
  std::vector<float> out;    ///< [F-1, n, dim] denoiser output D, eigen-coordinates: euler, heun: at the start of the step into
                             ///< frame k+1; angle-form solvers: at frame k. Empty unless options.outputs.
  std::vector<float> score;  ///< [F-1, n, dim] (D - x) / gamma at that same state; empty with `out`
  std::vector<float> dx;     ///< [F-1, n, dim] scaled eigen-coordinates: displacement of that step; angle form: from frame k to k+1
  int evaluations = 0;       ///< calls of the denoiser
  int steps = 0, rejected = 0;
  double seconds = 0;
  std::int64_t frames() const { return static_cast<std::int64_t>(t.size()); }
};

/// A whole simulation: data, basis, schedule and up to three lanes with the same points 0..n-1
/// (generation has its own draw from the latent Gaussian).
struct Simulation {
  std::string data_name;
  std::string source;  ///< "net" or "discrete"
  PointSet data;       ///< the starting points, data coordinates
  Eigenbasis basis;
  Schedule schedule{{0, 0}, 2, 5e-4, 7.01, 2};
  std::vector<Trajectory> lanes;
  std::vector<double> latentVariance;  ///< [D] of the scaled latent prior that generation drew from
  std::vector<float> roundTripError;   ///< [n] distance in data coordinates; empty without a round trip
  double roundTripRmse = 0;            ///< over all coordinates
  double roundTripRmseKept = 0;        ///< in the kept eigen-axes
  double roundTripRmseCompressed = 0;  ///< in the others; 0 for PRP
  std::string command;                 ///< reproduces it
  std::string optionsJson;
  const Trajectory* lane(Direction) const;
};

/// What stands between two frames: per axis j the whitened coordinate is
///   y_j(t) = value[0][j] y_j[from] + value[1][j] y_j[to] + slope[0][j] m_j[from] + slope[1][j] m_j[to],   m = Trajectory::slope.
/// Cubic Hermite in the axis's own angle, so every axis is followed in the variable in which it moves evenly; straight in t (and the
/// slopes' weights 0) for a lane without slopes. from == to: t is that frame's. t is clamped to the lane.
struct DenseWeights {
  std::int64_t from = 0, to = 0;
  std::array<std::vector<double>, 2> value, slope;  ///< [D] each
};
DenseWeights denseWeights(const Simulation&, const Trajectory&, double t);

/// Positions [n, dim] of a lane at time t in a space: the solution there (DenseWeights); `interpolated` tells whether t fell between
/// two frames. t is clamped to the lane.
std::vector<float> positionsAt(const Simulation&, const Trajectory&, double t, Space, bool* interpolated = nullptr);
/// The same into a caller's buffer of n*dim floats.
void positionsAt(const Simulation&, const Trajectory&, double t, Space, float* into, bool* interpolated = nullptr);
/// Frame k as it was kept.
void framePositions(const Simulation&, const Trajectory&, std::int64_t k, Space, float* into);

}  // namespace inflaton
