#pragma once
// Where random numbers come from. Every draw of a job starts from the job's one seed: a seed of its own is derived for each purpose, so
// that no two draws of a job see the same numbers and none of them moves when another asks for more. The numbers below are frozen, because
// results that people have stored depend on them; a new purpose takes a new number.
//
// The generators: Philox, core/data/counter_rng.h, wherever draw i must not depend on who makes it; xoshiro, core/data/xoshiro.h, for
// chains, which go on from saved words; and ATen's Mersenne twister for tensors in training, seeded by trainingSeed.
#include <cstdint>

namespace inflaton {

/// One step of splitmix64 (Steele, Lea and Flood 2014): a 64-bit mixing in which every bit of z reaches every bit of the result.
constexpr std::uint64_t splitmix64(std::uint64_t z) {
  z += 0x9E3779B97F4A7C15ull;
  z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9ull;
  z = (z ^ (z >> 27)) * 0x94D049BB133111EBull;
  return z ^ (z >> 31);
}

/// What a draw of a job other than training is for. Two purposes of one number belong to different jobs, or one of them starts from a seed
/// that is derived already; they stay as they are, and no further number is to be shared.
enum class Purpose : std::uint64_t {
  references = 1,           ///< points of the exact score, where they are not the samples themselves
  simplexDraws = 1,         ///< draws from the posterior of mixture weights; shares 1: its seed is that of marginalDraws or sbcDraws
  latents = 2,              ///< start of generation
  probes = 3,               ///< signs that estimate a trace (density)
  residualNoise = 4,        ///< noise at the times of a residual walk
  shellDirections = 11,     ///< directions of the points on coverage shells
  marginalLatents = 11,     ///< latents that the marginal likelihood sums over; shares 11: another job
  marginalDraws = 12,       ///< draws from the marginal posterior
  startPool = 21,           ///< latents among which chains choose their starts
  sbcReplicates = 21,       ///< weights, latents and noise of simulated experiments; shares 21: another job
  startWeights = 22,        ///< mixture weights at which chains start
  sbcLatents = 22,          ///< latents that the likelihood of simulated experiments sums over; shares 22: another job
  startChoice = 23,         ///< which latent of the pool a chain starts from
  sbcDraws = 23,            ///< posterior draws that the true weights are ranked among; shares 23: another job
  chains = 24,              ///< the chains of the joint sampler
  demonstrationChain = 25,  ///< the chain whose leapfrog steps are shown
  groundTruth = 41,         ///< components, latents and noise of the experiment that is sampled
  tableCheck = 43,          ///< latents on which a table is compared with its solver
};

/// What a draw of training is for.
enum class TrainingPurpose : std::uint64_t {
  eigenbasis = 1,  ///< points whose covariance gives the basis
  data = 2,        ///< clean points, by pool
  noise = 3,       ///< times and noise, by step; in the yardstick by time
  weights = 4,     ///< initial weights
  references = 5,  ///< points of the yardstick's exact denoiser
  queries = 6,     ///< points at which the yardstick asks
  preview = 7,     ///< latents of the generated points that are shown
  order = 8,       ///< shuffling of a pool, by pool
  dropout = 9,     ///< by round of accumulation
};

/// The number-th seed of many that are alike: of chains, replicates, groups.
constexpr std::uint64_t numberedSeed(std::uint64_t seed, std::uint64_t number) { return splitmix64(seed + number * 0x9E3779B97F4A7C15ull); }

/// The seed of one purpose. Mixed as numberedSeed, so a seed must not serve both.
constexpr std::uint64_t purposeSeed(std::uint64_t seed, Purpose purpose) { return numberedSeed(seed, static_cast<std::uint64_t>(purpose)); }

/// The index-th seed (step, pool, round) of one purpose of training: three steps of splitmix64, in which seed, purpose and index enter
/// apart.
constexpr std::uint64_t trainingSeed(std::uint64_t seed, TrainingPurpose purpose, std::uint64_t index = 0) {
  return splitmix64(splitmix64(splitmix64(seed) ^ static_cast<std::uint64_t>(purpose)) ^ index);
}

/// Streams of Philox under one seed that makes points. Data sets have theirs in their registration (core/api/data_sets.h), from 1 to 100
/// those that come with the program; none may take one of these.
namespace stream {
inline constexpr std::uint32_t resampling = 0;        ///< which rows of the user's points
inline constexpr std::uint32_t embeddingMap = 101;    ///< the orthonormal map of augment_to, under a seed of its own
inline constexpr std::uint32_t embeddingNoise = 102;  ///< the noise added after it
}  // namespace stream

}  // namespace inflaton
