#include "core/mcmc/kernels.h"

#include <cmath>
#include <cstring>

namespace inflaton::mcmc {
namespace {

typedef double Pair __attribute__((vector_size(16)));  // two lanes: every machine has them, so the order of sums is the same everywhere

template <class V>
V at(const double* p) {
  V v;
  std::memcpy(&v, p, sizeof v);
  return v;
}

template <class V>
void put(double* p, V v) {
  std::memcpy(p, &v, sizeof v);
}

/// body(i, sums) over all i, two at a time and the odd last one alone; sums[k] is added up over everything.
template <int K, class Body>
void sumOver(std::size_t n, double (&out)[K], Body body) {
  Pair wide[K] = {};
  double last[K] = {};
  std::size_t i = 0;
  for (; i + 2 <= n; i += 2) body(i, wide);
  if (i < n) body(i, last);
  for (int k = 0; k < K; ++k) out[k] = wide[k][0] + wide[k][1] + last[k];
}

template <class Body>
void forAll(std::size_t n, Body body) {
  std::size_t i = 0;
  for (; i + 2 <= n; i += 2) body(i, Pair{});
  if (i < n) body(i, double{});
}

}  // namespace

void kickDrift(std::size_t n, double step, double* p, double* q, const double* gradient, const double* inverseMetric, double* row) {
  const double half = 0.5 * step;
  forAll(n, [=]<class V>(std::size_t i, V) {
    const V moved = at<V>(p + i) + half * at<V>(gradient + i);
    const V there = at<V>(q + i) + step * (at<V>(inverseMetric + i) * moved);
    put(p + i, moved), put(q + i, there), put(row + i, there);
  });
}

double kick(std::size_t n, double step, double* p, double* gradient, const double* row, const double* inverseMetric) {
  const double half = 0.5 * step;
  double twice[1];
  sumOver(n, twice, [=]<class V>(std::size_t i, V* sums) {
    const V slope = at<V>(row + i), moved = at<V>(p + i) + half * slope;
    put(gradient + i, slope), put(p + i, moved);
    sums[0] += at<V>(inverseMetric + i) * (moved * moved);
  });
  return 0.5 * twice[0];
}

double kineticEnergy(std::size_t n, const double* p, const double* inverseMetric) {
  double twice[1];
  sumOver(n, twice, [=]<class V>(std::size_t i, V* sums) { sums[0] += at<V>(inverseMetric + i) * (at<V>(p + i) * at<V>(p + i)); });
  return 0.5 * twice[0];
}

void scaleMomentum(std::size_t n, double* p, const double* inverseMetric) {
  for (std::size_t i = 0; i < n; ++i) p[i] /= std::sqrt(inverseMetric[i]);
}

bool joinGoesOn(std::size_t n, Stretch a, Stretch b, const double* inverseMetric, double* sum) {
  double along[6];
  sumOver(n, along, [=]<class V>(std::size_t i, V* sums) {
    const V metric = at<V>(inverseMetric + i), sumA = at<V>(a.sum + i), sumB = at<V>(b.sum + i), whole = sumA + sumB;
    const V outerA = metric * at<V>(a.outer + i), outerB = metric * at<V>(b.outer + i);
    const V innerA = at<V>(a.inner + i), innerB = at<V>(b.inner + i), withB = sumA + innerB, withA = sumB + innerA;
    sums[0] += outerA * whole, sums[1] += outerB * whole;
    sums[2] += outerA * withB, sums[3] += metric * innerB * withB;
    sums[4] += outerB * withA, sums[5] += metric * innerA * withA;
    put(sum + i, whole);
  });
  for (const double s : along)
    if (!(s > 0)) return false;
  return true;
}

bool pairGoesOn(std::size_t n, const double* pa, const double* pb, const double* inverseMetric, double* sum) {
  double along[2];
  sumOver(n, along, [=]<class V>(std::size_t i, V* sums) {
    const V a = at<V>(pa + i), b = at<V>(pb + i), whole = a + b, metric = at<V>(inverseMetric + i) * whole;
    sums[0] += a * metric, sums[1] += b * metric;
    put(sum + i, whole);
  });
  return along[0] > 0 && along[1] > 0;
}

}  // namespace inflaton::mcmc
