#include "core/data/random.h"

#include <gtest/gtest.h>

#include <set>

#include "core/data/counter_rng.h"
#include "core/data/xoshiro.h"

namespace inflaton {
namespace {

// What people have stored hangs on these: a number that changes here changes results of the same seed.
TEST(Random, SeedsOfPurposesAreFrozen) {
  const struct {
    Purpose purpose;
    std::uint64_t seed;
  } frozen[] = {{Purpose::references, 0x044c3cd7f43c661c},      {Purpose::simplexDraws, 0x044c3cd7f43c661c},
                {Purpose::latents, 0xe6984080bab12a02},         {Purpose::probes, 0x953aeb70673e29cb},
                {Purpose::residualNoise, 0x73d33b666a1e21da},   {Purpose::shellDirections, 0xf5ba4eb728dd632c},
                {Purpose::marginalLatents, 0xf5ba4eb728dd632c}, {Purpose::marginalDraws, 0xeb0354df4a45b34e},
                {Purpose::startPool, 0x1b5051c62d0332cd},       {Purpose::sbcReplicates, 0x1b5051c62d0332cd},
                {Purpose::startWeights, 0x582d6717a91d279d},    {Purpose::sbcLatents, 0x582d6717a91d279d},
                {Purpose::startChoice, 0x6c7c5b1c60b890ff},     {Purpose::sbcDraws, 0x6c7c5b1c60b890ff},
                {Purpose::chains, 0xe70cd6df5d49ce30},          {Purpose::demonstrationChain, 0xf5d81f333a1fb9e9},
                {Purpose::groundTruth, 0xeb7a07aacd555fc9},     {Purpose::tableCheck, 0x0ef74aa7dd7f4aec}};
  for (const auto& row : frozen) EXPECT_EQ(purposeSeed(7, row.purpose), row.seed) << static_cast<std::uint64_t>(row.purpose);
  EXPECT_EQ(numberedSeed(7, 0), 0x63cbe1e459320dd7u);
}

TEST(Random, SeedsOfTrainingAreFrozen) {
  const struct {
    TrainingPurpose purpose;
    std::uint64_t first, third;
  } frozen[] = {{TrainingPurpose::eigenbasis, 0x7010c70c013e27ec, 0xd11d9fdd9a9557bc},
                {TrainingPurpose::data, 0x81c67f1890b379dd, 0xab03565edcb53bcf},
                {TrainingPurpose::noise, 0x9c1b0b5b3e06cf11, 0x55a49c3247aed124},
                {TrainingPurpose::weights, 0xc6c96346f74faa4c, 0xb5a9aa4e0d7ccea6},
                {TrainingPurpose::references, 0x8b76d6143d34732a, 0xec4fee088277bccc},
                {TrainingPurpose::queries, 0xe5032bbd4bf602e4, 0x0d73022299f39304},
                {TrainingPurpose::preview, 0xa2149cab5c44545f, 0x8fa6da617c5ca2e7},
                {TrainingPurpose::order, 0x5ca3053b01506db6, 0x60d4ca666501da9a},
                {TrainingPurpose::dropout, 0xcc3d92f0c3d5adf7, 0x0dfb7bcc5586a4de}};
  std::set<std::uint64_t> all;
  for (const auto& row : frozen) {
    EXPECT_EQ(trainingSeed(7, row.purpose), row.first);
    EXPECT_EQ(trainingSeed(7, row.purpose, 3), row.third);
    EXPECT_NE(trainingSeed(7, row.purpose), trainingSeed(8, row.purpose));
    all.insert({row.first, row.third});
  }
  EXPECT_EQ(all.size(), 2 * std::size(frozen));
}

TEST(Random, StreamsOfPointsAreFrozen) {
  EXPECT_EQ(stream::resampling, 0u);
  EXPECT_EQ(stream::embeddingMap, 101u);
  EXPECT_EQ(stream::embeddingNoise, 102u);
}

TEST(Random, PhiloxKnownAnswers) {
  // Random123's kat_vectors: philox4x32 10 with all zero and all one bits.
  const std::array<std::uint32_t, 4> zero{0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8};
  EXPECT_EQ(CounterRng(0, 0).words(0, 0), zero);
  const std::array<std::uint32_t, 4> ones{0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd};
  EXPECT_EQ(CounterRng(0xffffffffffffffffull, 0xffffffffu).words(0xffffffffffffffffull, 0xffffffffu), ones);
}

TEST(Random, XoshiroOfChainsIsFrozen) {
  Xoshiro chain(7, 2);
  EXPECT_EQ(chain.next(), 0x0fa2149c7d138b68u);
  EXPECT_EQ(chain.next(), 0xa16e3c066bdcf02du);
  const auto saved = chain.save();
  EXPECT_EQ(chain.next(), 0x74f2014385f08ea7u);
  EXPECT_EQ(Xoshiro(saved).next(), 0x74f2014385f08ea7u);
}

TEST(Random, XoshiroKnownAnswers) {
  // The authors' xoshiro256plusplus.c from the state 1, 2, 3, 4.
  Xoshiro g(std::vector<std::uint64_t>{1, 2, 3, 4});
  EXPECT_EQ(g.next(), 41943041u);
  EXPECT_EQ(g.next(), 58720359u);
  EXPECT_EQ(g.next(), 3588806011781223u);
}

}  // namespace
}  // namespace inflaton
