#include <gtest/gtest.h>
#include <omp.h>

#include <algorithm>
#include <cmath>
#include <numeric>

#include "core/api/points.h"
#include "core/data/counter_rng.h"
#include "core/io/npz.h"
#include "tests/golden.h"

namespace inflaton {
namespace {

using test::golden;

/// Sliced two-sample distance: over directions, the largest Kolmogorov-Smirnov statistic in units of its 1 % critical value.
double slicedKolmogorov(const std::vector<float>& a, const std::vector<float>& b, int dim) {
  double worst = 0;
  const CounterRng rng(7, 0);
  for (std::uint64_t k = 0; k < 24; ++k) {
    const auto w = rng.normals(k, 0);
    const auto project = [&](const std::vector<float>& x) {
      std::vector<double> p;
      for (std::size_t i = 0; i < x.size(); i += static_cast<std::size_t>(dim)) {
        double v = 0;
        for (int j = 0; j < dim; ++j) v += w[static_cast<std::size_t>(j)] * x[i + static_cast<std::size_t>(j)];
        p.push_back(v);
      }
      std::sort(p.begin(), p.end());
      return p;
    };
    const auto p = project(a), q = project(b);
    double gap = 0;
    for (std::size_t i = 0; i < p.size(); ++i) {
      const double here = static_cast<double>(i + 1) / static_cast<double>(p.size());
      const double there = static_cast<double>(std::upper_bound(q.begin(), q.end(), p[i]) - q.begin()) / static_cast<double>(q.size());
      gap = std::max(gap, std::abs(here - there));
    }
    const double n = static_cast<double>(p.size()), m = static_cast<double>(q.size());
    worst = std::max(worst, gap / (1.63 * std::sqrt((n + m) / (n * m))));
  }
  return worst;
}

TEST(ToySetsParity, SamplesComeFromTheReferenceDistributions) {
  const NpzReader file(golden("toy_samples.npz"));
  ASSERT_EQ(file.arrays().size(), 7u);
  for (const auto& array : file.arrays()) {
    SCOPED_TRACE(array.name);
    const auto theirs = file.floats(array.name);
    const auto ours = sampleToy(array.name, 20000, 3);
    ASSERT_EQ(array.shape[1], ours.dim);
    // 24 directions at the 1 % level each: 1.25 leaves room for the most extreme of them.
    EXPECT_LT(slicedKolmogorov(theirs, ours.values, ours.dim), 1.25);
  }
}

TEST(ToySets, TheTwoSampleTestCanFail) {
  const auto circles = sampleToy("circles", 5000, 1), moons = sampleToy("moons", 5000, 1);
  EXPECT_GT(slicedKolmogorov(circles.values, moons.values, 2), 1.25);
  EXPECT_LT(slicedKolmogorov(circles.values, sampleToy("circles", 5000, 2).values, 2), 1.25);
}

TEST(ToySets, StandardisedToTheLastDigit) {
  for (const auto& set : toySets()) {
    const auto p = sampleToy(set.id, 5000, 11);
    EXPECT_EQ(p.dim, set.dim);
    if (set.id.rfind("alt_", 0) == 0) continue;
    for (int j = 0; j < p.dim; ++j) {
      double mean = 0, square = 0;
      for (std::int64_t i = 0; i < p.n; ++i) mean += p.row(i)[static_cast<std::size_t>(j)];
      mean /= static_cast<double>(p.n);
      for (std::int64_t i = 0; i < p.n; ++i) square += std::pow(p.row(i)[static_cast<std::size_t>(j)] - mean, 2);
      EXPECT_NEAR(mean, 0, 1e-7) << set.id;
      EXPECT_NEAR(square / static_cast<double>(p.n), 1, 1e-6) << set.id;
    }
  }
}

TEST(ToySets, SameSeedSameBytesWhateverTheThreads) {
  for (const auto& set : toySets()) {
    const int before = omp_get_max_threads();
    omp_set_num_threads(1);
    const auto one = sampleToy(set.id, 50000, 5);
    omp_set_num_threads(3);
    const auto three = sampleToy(set.id, 50000, 5);
    omp_set_num_threads(before);
    EXPECT_EQ(one.values, three.values);
    EXPECT_EQ(one.labels, three.labels);
    EXPECT_NE(one.values, sampleToy(set.id, 50000, 6).values);
  }
}

TEST(ToySets, RefusalsNameWhatIsAllowed) {
  std::string known;
  for (const auto& set : toySets()) known += (known.empty() ? "" : ", ") + set.id;
  EXPECT_EQ(known.rfind("circles, sine2, moons", 0), 0u) << known;
  try {
    sampleToy("rings", 10, 0);
    FAIL();
  } catch (const Error& e) {
    EXPECT_EQ(e.what(), "data_name is \"rings\"; allowed: " + known);
  }
  EXPECT_THROW(sampleToy("circles", 1, 0), Error);
}

TEST(Eigenbasis, DiagonalisesTheCovariance) {
  for (const char* id : {"moons", "swirl"}) {
    const auto p = sampleToy(id, 20000, 1);
    const auto b = eigenbasisOf(p);
    const auto D = static_cast<std::size_t>(p.dim);
    for (std::size_t a = 0; a < D; ++a) {
      if (a > 0) {
        EXPECT_GE(b.eigenvalues[a - 1], b.eigenvalues[a]);
      }
      for (std::size_t c = 0; c < D; ++c) {
        double dot = 0, covariance = 0;
        for (std::size_t i = 0; i < D; ++i) dot += b.W[i * D + a] * b.W[i * D + c];
        EXPECT_NEAR(dot, a == c ? 1 : 0, 1e-12);
        for (std::int64_t n = 0; n < p.n; ++n) {
          double u = 0, v = 0;
          for (std::size_t i = 0; i < D; ++i) {
            const double x = p.row(n)[i] - b.mean[i];
            u += x * b.W[i * D + a], v += x * b.W[i * D + c];
          }
          covariance += u * v;
        }
        EXPECT_NEAR(covariance / static_cast<double>(p.n - 1), a == c ? b.eigenvalues[a] : 0, 1e-9);
      }
    }
  }
}

TEST(Eigenbasis, FlatPointsAreRefused) {
  PointSet p;
  p.name = "line", p.n = 50, p.dim = 2;
  for (int i = 0; i < 50; ++i) p.values.push_back(static_cast<float>(i)), p.values.push_back(2.0f * static_cast<float>(i));
  EXPECT_THROW(eigenbasisOf(p), Error);
}

}  // namespace
}  // namespace inflaton
