#pragma once
// What the tests of core/geometry share: points of known shapes, errors as text.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <functional>
#include <numbers>
#include <string>
#include <vector>

#include "core/api/error.h"
#include "core/api/mesh.h"
#include "core/data/counter_rng.h"

namespace inflaton::testing {

using Points = std::vector<double>;

/// The message and hint of the Error that `work` throws; "" (and a failure) when it throws none.
inline std::string errorOf(const std::function<void()>& work, ErrorCode code = ErrorCode::failed) {
  try {
    work();
  } catch (const Error& e) {
    EXPECT_EQ(e.code(), code) << e.what();
    return std::string(e.what()) + (e.hint().empty() ? "" : " | " + e.hint());
  }
  ADD_FAILURE() << "no error was thrown";
  return {};
}

inline Points normals(std::int64_t n, int dim, std::uint64_t seed = 1) {
  const CounterRng rng(seed, 7);
  Points p;
  for (std::int64_t i = 0; i < n; ++i) {
    const auto z = rng.normals(static_cast<std::uint64_t>(i), 0);
    p.insert(p.end(), z.begin(), z.begin() + dim);
  }
  return p;
}

/// Uniform in the box [low, high]^dim.
inline Points uniforms(std::int64_t n, int dim, double low, double high, std::uint64_t seed = 1) {
  const CounterRng rng(seed, 8);
  Points p;
  for (std::int64_t i = 0; i < n; ++i) {
    const auto u = rng.uniforms(static_cast<std::uint64_t>(i), 0);
    for (int k = 0; k < dim; ++k) p.push_back(low + (high - low) * u[static_cast<std::size_t>(k)]);
  }
  return p;
}

/// Directions times radius, rounded to single precision as the experiment's are.
inline Points sphere(std::int64_t n, int dim, double radius, std::uint64_t seed = 1) {
  Points p = normals(n, dim, seed);
  for (std::size_t i = 0; i < p.size(); i += static_cast<std::size_t>(dim)) {
    double square = 0;
    for (int k = 0; k < dim; ++k) square += p[i + static_cast<std::size_t>(k)] * p[i + static_cast<std::size_t>(k)];
    for (int k = 0; k < dim; ++k) {
      auto& x = p[i + static_cast<std::size_t>(k)];
      x = static_cast<float>(radius * x / std::sqrt(square));
    }
  }
  return p;
}

/// Whole-numbered points 0 .. n-1 along each axis.
inline Points lattice(int n, int dim, double spacing = 1) {
  Points p;
  for (int i = 0; i < n; ++i)
    for (int j = 0; j < n; ++j)
      for (int k = 0; k < (dim == 3 ? n : 1); ++k) {
        p.insert(p.end(), {i * spacing, j * spacing});
        if (dim == 3) p.push_back(k * spacing);
      }
  return p;
}

inline Points moved(Points p, int dim, const Points& by) {
  for (std::size_t i = 0; i < p.size(); ++i) p[i] += by[i % static_cast<std::size_t>(dim)];
  return p;
}

inline Points operator+(Points a, const Points& b) {
  a.insert(a.end(), b.begin(), b.end());
  return a;
}

inline std::int64_t total(const std::vector<std::uint8_t>& in) { return std::count(in.begin(), in.end(), 1); }

}  // namespace inflaton::testing
