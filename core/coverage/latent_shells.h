#pragma once
// Where the coverage experiment starts: radii, the shares they should hold, points of shells in the latent Gaussian. Specification 4.
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "core/api/coverage.h"

namespace inflaton {

/// r_num radii from r_min to r_max, as numpy.linspace has them to the last bit: the JSON files and mesh names spell them out.
std::vector<double> coverageRadii(const ToyCoverageOptions&);
/// Chi-square probability, `dim` degrees of freedom (2 or 3), that a point lies within Mahalanobis radius r.
double shareWithin(double r, int dim);
/// Of the scaled latent axes: A0^2 on the kept ones; on the others eps, or where that is 0 the closed form at t_end.
std::vector<double> coverageVariance(const ToyCoverageOptions&, const Schedule&, const std::vector<double>& eigenvalues, double tEnd);
/// [radii, n, dim] shell by shell: normalised Gaussian directions times the radius times each axis's standard deviation.
std::vector<double> boundaryPoints(std::span<const double> radii, std::int64_t n, std::span<const double> sd, std::uint64_t seed);
/// The circumradius limit that options.alpha means in so many dimensions; 0: auto.
double circumradiusLimit(const std::string& alpha, int dim);

}  // namespace inflaton
