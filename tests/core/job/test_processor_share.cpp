#include <gtest/gtest.h>

#include <numeric>

#include "core/job/processor_share.h"

namespace inflaton {
namespace {

using Shares = std::vector<int>;

TEST(ProcessorShare, OneGetsAllItWants) {
  EXPECT_EQ(dealProcessors(8, {{0, false}}), Shares{8});
  EXPECT_EQ(dealProcessors(8, {{3, false}}), Shares{3});
  EXPECT_EQ(dealProcessors(8, {{30, true}}), Shares{8});
  EXPECT_EQ(dealProcessors(8, {}), Shares{});
}

TEST(ProcessorShare, SeveralShareAndThoseWhoAreFirstGetTheOddOne) {
  EXPECT_EQ(dealProcessors(8, {{0, false}, {0, true}}), (Shares{4, 4}));
  EXPECT_EQ(dealProcessors(7, {{0, false}, {0, true}}), (Shares{3, 4}));
  EXPECT_EQ(dealProcessors(8, {{2, false}, {0, true}, {0, false}}), (Shares{2, 3, 3}));
  EXPECT_EQ(dealProcessors(16, {{1, false}, {2, true}}), (Shares{1, 2})) << "nobody gets more than wanted";
}

TEST(ProcessorShare, EverybodyHasOneAndTheSumNeverExceedsTheBudgetOtherwise) {
  for (int budget = 1; budget <= 9; ++budget)
    for (int jobs = 1; jobs <= 6; ++jobs)
      for (int pattern = 0; pattern < 64; ++pattern) {
        std::vector<ProcessorWish> wishes;
        for (int i = 0; i < jobs; ++i) wishes.push_back({(pattern >> i) % 4, (pattern >> i) % 2 == 1});
        const Shares shares = dealProcessors(budget, wishes);
        ASSERT_EQ(shares.size(), wishes.size());
        for (std::size_t i = 0; i < shares.size(); ++i) {
          EXPECT_GE(shares[i], 1);
          if (wishes[i].wanted > 0) {
            EXPECT_LE(shares[i], wishes[i].wanted);
          }
        }
        EXPECT_LE(std::accumulate(shares.begin(), shares.end(), 0), std::max(budget, jobs));
      }
}

}  // namespace
}  // namespace inflaton
