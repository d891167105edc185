#pragma once
// Have the chains mixed, and how many independent draws are they worth? Vehtari, Gelman, Simpson, Carpenter, Bürkner (2021), with the
// conventions of the R package posterior 1.4: NaN where undefined (a draw that is not finite, all draws equal, for the ESS fewer than 3
// draws in half a chain).
#include <span>
#include <vector>

namespace inflaton::mcmc {

/// [chains][draws], all of one length; where they differ, the shortest counts and later draws are left out.
using Chains = std::vector<std::vector<double>>;

/// The greater of the rank-normalised split R-hats of the draws and of their distances from the median.
double rhat(const Chains&);
double rhatBasic(const Chains&);  ///< split, not rank-normalised
double essBulk(const Chains&);    ///< of the rank-normalised draws
double essTail(const Chains&);    ///< the lesser of those of the 5 % and 95 % quantiles
double essBasic(const Chains&);   ///< of the draws as they are: that of the mean
double mcseMean(const Chains&);   ///< sd / sqrt(essBasic)

/// Quantile between order statistics (R's type 7) of values in ascending order; NaN of none.
double quantile(std::span<const double> ascending, double probability);
/// Of lags 0 .. n - 1, divided by n (biased, as Geyer 1992 recommends).
std::vector<double> autocovariance(std::span<const double>);
/// Inverse of the standard normal distribution function, to rounding.
double normalQuantile(double probability);

}  // namespace inflaton::mcmc
