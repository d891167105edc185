// The smoothed loss lies among the losses that it smooths, also where they fall by decades.
#include <gtest/gtest.h>

#include <cmath>
#include <random>

#include "core/train/smoothed_loss.h"

using inflaton::smoothedLoss;

TEST(SmoothedLoss, DoesNotLagWhereTheLossFallsByDecades) {
  for (const double decay : {20.0, 60.0, 200.0}) {
    std::mt19937 random(7);
    std::normal_distribution<double> noise(0, 0.15);
    double smooth = 0;
    for (int step = 0; step < 3000; ++step) {
      const double truth = 0.5 + 100 * std::exp(-step / decay);
      smooth = smoothedLoss(smooth, truth * std::exp(noise(random)), step);
      if (step < 10) continue;
      EXPECT_LT(smooth / truth, 2) << "step " << step << ", decay " << decay;
      EXPECT_GT(smooth / truth, 0.7) << "step " << step << ", decay " << decay;
    }
  }
}

TEST(SmoothedLoss, IsQuietOnceTheLossIs) {
  std::mt19937 random(3);
  std::normal_distribution<double> noise(0, 0.2);
  double smooth = 0;
  for (int step = 0; step < 5000; ++step) {
    smooth = smoothedLoss(smooth, 2 * std::exp(noise(random)), step);
    if (step > 1000) {
      EXPECT_NEAR(smooth, 2, 0.2) << step;
    }
  }
  EXPECT_EQ(smoothedLoss(99, 3, 0), 3) << "the first is what there is";
  EXPECT_EQ(smoothedLoss(3, 3, 500), 3);
  EXPECT_TRUE(std::isfinite(smoothedLoss(0, 0, 5)));
}
