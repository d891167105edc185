#pragma once
// Two-dimensional low-discrepancy points, randomised. Sobol 1967; Owen 1995 (nested uniform scrambling).
#include <cstdint>
#include <vector>

namespace inflaton {

/// The first n points of the two-dimensional Sobol sequence, [n, 2] in the open unit square, each coordinate scrambled by an independent
/// nested uniform permutation of its binary digits: every point is uniform by itself, so means are unbiased, and errors of smooth
/// integrands fall as n^-3/2 nearly. Different seeds give independent randomisations, whose scatter tells the error. 1 <= n < 2^32.
std::vector<double> scrambledSobol(std::int64_t n, std::uint64_t seed);

/// z with Phi(z) = p for the standard normal, to full double precision; 0 < p < 1.
double normalQuantile(double p);

}  // namespace inflaton
