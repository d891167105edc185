#include <cmath>
#include <complex>
#include <numbers>
#include <utility>

#include "core/mcmc/diagnostics.h"

namespace inflaton::mcmc {
namespace {

using Complex = std::complex<double>;

Complex times(Complex a, Complex b) {  // without the care for infinities that operator* takes
  return {a.real() * b.real() - a.imag() * b.imag(), a.real() * b.imag() + a.imag() * b.real()};
}

/// In place, of a power of two.
void fourier(std::vector<Complex>& x) {
  const std::size_t n = x.size();
  for (std::size_t i = 1, j = 0; i < n; ++i) {  // bit reversal
    std::size_t bit = n / 2;
    for (; j & bit; bit /= 2) j ^= bit;
    j ^= bit;
    if (i < j) std::swap(x[i], x[j]);
  }
  std::vector<Complex> roots(n / 2);
  for (std::size_t k = 0; k < roots.size(); ++k)
    roots[k] = std::polar(1.0, -2 * std::numbers::pi * static_cast<double>(k) / static_cast<double>(n));
  for (std::size_t half = 1; half < n; half *= 2)
    for (std::size_t begin = 0; begin < n; begin += 2 * half)
      for (std::size_t k = 0; k < half; ++k) {
        const Complex a = x[begin + k], b = times(roots[k * (n / (2 * half))], x[begin + k + half]);
        x[begin + k] = a + b, x[begin + k + half] = a - b;
      }
}

}  // namespace

std::vector<double> autocovariance(std::span<const double> x) {
  const std::size_t n = x.size();
  if (n == 0) return {};
  double mean = 0;
  for (const double v : x) mean += v;
  mean /= static_cast<double>(n);
  std::size_t padded = 1;  // twice the length, so that the ends do not meet
  while (padded < 2 * n) padded *= 2;
  std::vector<Complex> f(padded);
  for (std::size_t i = 0; i < n; ++i) f[i] = x[i] - mean;
  fourier(f);
  for (Complex& v : f) v = std::norm(v);
  fourier(f);  // of a symmetric real sequence the inverse is the same but for the factor
  std::vector<double> result(n);
  for (std::size_t i = 0; i < n; ++i) result[i] = f[i].real() / (static_cast<double>(padded) * static_cast<double>(n));
  return result;
}

}  // namespace inflaton::mcmc
