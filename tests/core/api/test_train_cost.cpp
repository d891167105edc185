// Costs in words, and the trainings that need no measuring.
#include "core/api/train_cost.h"

#include <gtest/gtest.h>

namespace inflaton {
namespace {

TEST(RoughTime, IsWhatPeopleSay) {
  EXPECT_EQ(roughTime(0.2), "1 s");
  EXPECT_EQ(roughTime(25.4), "25 s");
  EXPECT_EQ(roughTime(240), "4 min");
  EXPECT_EQ(roughTime(89 * 60), "89 min");
  EXPECT_EQ(roughTime(3.5 * 3600), "3.5 h");
  EXPECT_EQ(roughTime(4.02 * 3600), "4 h");
  EXPECT_EQ(roughTime(14 * 86400), "14 days");
}

TEST(CostWords, NameTimeStepMemoryAndTargets) {
  TrainCost cost;
  cost.seconds = 854493 * 1.4, cost.secondsPerStep = 1.4, cost.memory = 1.6e9;
  auto words = costWords(cost);
  EXPECT_EQ(words.time, "14 days");
  EXPECT_EQ(words.each, "1.4 s");
  EXPECT_EQ(words.memory, "1.6 GB");
  EXPECT_EQ(words.targets, "");
  cost.secondsPerStep = 2.54e-4, cost.memory = 6e8, cost.targetShare = 0.123;
  words = costWords(cost);
  EXPECT_EQ(words.each, "0.25 ms");
  EXPECT_EQ(words.memory, "600 MB");
  EXPECT_EQ(words.targets, "12");
  cost.secondsPerStep = 0.0347;
  EXPECT_EQ(costWords(cost).each, "35 ms");
}

TEST(SurelyWithin, IsForSmallNetworksAndFewSamplesInProportionToTheTime) {
  ToyTrainOptions o;  // six Mimg in batches of 1024
  EXPECT_TRUE(surelyWithin(o, 600));
  o.duration = 10;
  EXPECT_TRUE(surelyWithin(o, 600));
  o.duration = 10.1;
  EXPECT_FALSE(surelyWithin(o, 600));
  EXPECT_TRUE(surelyWithin(o, 1800));
  o.duration = 30, o.batch = 256;
  EXPECT_TRUE(surelyWithin(o, 1800));
  o.batch = 128;
  EXPECT_FALSE(surelyWithin(o, 1800)) << "twice as many steps";
  o.duration = 0.01, o.batch = 16;
  EXPECT_TRUE(surelyWithin(o, 600)) << "few steps, however small";
  for (const auto change : {+[](ToyTrainOptions& t) { t.arch = "ToyConvUNet"; }, +[](ToyTrainOptions& t) { t.width = 257; },
                            +[](ToyTrainOptions& t) { t.depth = 9; }}) {
    auto larger = o;
    change(larger);
    EXPECT_FALSE(surelyWithin(larger, 600));
  }
}

TEST(SurelyWithin, PosteriorMeanTargetsTakeLonger) {
  ToyTrainOptions o;
  o.targets = "mean", o.duration = 5;
  EXPECT_TRUE(surelyWithin(o, 1800));
  EXPECT_FALSE(surelyWithin(o, 600));
  o.target_references = 200000;
  EXPECT_FALSE(surelyWithin(o, 1800));
  o.targets = "sample";
  EXPECT_TRUE(surelyWithin(o, 1800)) << "they are not looked at";
}

}  // namespace
}  // namespace inflaton
