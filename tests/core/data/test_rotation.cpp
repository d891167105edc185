#include "core/data/rotation.h"

#include <gtest/gtest.h>

#include <cmath>

namespace inflaton {
namespace {

const double kCos = std::cos(0.7), kSin = std::sin(0.7);

Eigenbasis turned() { return {3, {0, 0, 0}, {3, 2, 1}, {kCos, -kSin, 0, kSin, kCos, 0, 0, 0, 1}}; }

TEST(Rotation, TurnsEachRowAndShiftsIt) {
  const std::vector<double> x{1, 0, 2, 0, 1, -1}, shift{10, 20, 30};
  std::vector<double> out(6);
  rotate(turned(), std::span(x), std::span(out), shift);
  const double expected[] = {10 + kCos, 20 + kSin, 32, 10 - kSin, 20 + kCos, 29};
  for (std::size_t i = 0; i < 6; ++i) EXPECT_NEAR(out[i], expected[i], 1e-14) << i;
}

TEST(Rotation, TheWayBackUndoesIt) {
  const std::vector<double> x{1, 0.5, 2, -3, 1, -1};
  std::vector<double> there(6), back(6);
  rotate(turned(), std::span(x), std::span(there));
  EXPECT_GT(std::abs(there[0] - x[0]), 0.1);
  rotateBack(turned(), there, back);
  for (std::size_t i = 0; i < 6; ++i) EXPECT_NEAR(back[i], x[i], 1e-14) << i;
}

TEST(Rotation, SumsFloatsInDoublePrecision) {
  // In float the small part would be lost beside the large ones, which cancel.
  const Eigenbasis b{3, {0, 0, 0}, {1, 1, 1}, {1, 1, 1, 0, 1, 0, 0, 0, 1}};
  const std::vector<float> x{1e8f, 1, -1e8f};
  std::vector<float> out(3);
  rotate(b, std::span(x), std::span(out));
  EXPECT_EQ(out[0], 1.0f);
}

}  // namespace
}  // namespace inflaton
