#pragma once
// The vector work of a leapfrog step, each in one pass over contiguous memory. Sums run in a fixed order: same input, same bytes.
#include <cstddef>

namespace inflaton::mcmc {

/// First half of a leapfrog step: p += step/2 gradient; q += step inverseMetric p; row = q.
void kickDrift(std::size_t n, double step, double* p, double* q, const double* gradient, const double* inverseMetric, double* row);
/// Second half: gradient = row; p += step/2 gradient. Returns the kinetic energy, p inverseMetric p / 2.
double kick(std::size_t n, double step, double* p, double* gradient, const double* row, const double* inverseMetric);
double kineticEnergy(std::size_t n, const double* p, const double* inverseMetric);
/// p = normals / sqrt(inverseMetric), in place.
void scaleMomentum(std::size_t n, double* p, const double* inverseMetric);

/// A stretch of a trajectory as the criterion sees it: the sum of its momenta, and those at its ends.
struct Stretch {
  const double* sum;
  const double* outer;  ///< the end away from the other stretch
  const double* inner;  ///< the end beside it
};
/// Joins two neighbouring stretches: writes the sum of their momenta to `sum` (which may be one of theirs) and says whether the whole goes
/// on: the generalised criterion (Betancourt 2017, appendix A.4) over the whole, and over each stretch with the nearest point of the other,
/// which sees a turn that falls between the two.
bool joinGoesOn(std::size_t n, Stretch a, Stretch b, const double* inverseMetric, double* sum);
/// The same for two single points, where the three criteria are one.
bool pairGoesOn(std::size_t n, const double* pa, const double* pb, const double* inverseMetric, double* sum);

}  // namespace inflaton::mcmc
