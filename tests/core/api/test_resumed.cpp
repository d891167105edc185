// What may change when a run is gone on from: the rules, and what the tables of the two commands that can do it say.
#include "core/api/resumed.h"

#include <gtest/gtest.h>

#include <set>

#include "core/api/mcmc.h"
#include "core/api/options.h"

namespace inflaton {
namespace {

using Names = std::set<std::string>;

Names withRule(const ParameterTable& table, OnResume rule) {
  Names names;
  for (const Parameter& p : table.parameters)
    if (p.onResume == rule) names.insert(p.name);
  return names;
}

std::string refusal(const std::function<void()>& f) {
  try {
    f();
  } catch (const Error& e) {
    EXPECT_EQ(e.code(), ErrorCode::usage);
    EXPECT_EQ(e.hint(), "Leave it out, or start a new run.");
    return e.what();
  }
  return "accepted";
}

// A new option is fixed until it is decided that the bytes of a run do not depend on it from where it is gone on: decide it here, too.
TEST(OnResumeRules, OfToyTrain) {
  const auto& table = parameterTable<ToyTrainOptions>();
  EXPECT_EQ(withRule(table, OnResume::free),
            (Names{"preset", "duration", "ls", "bad_gradients", "lr", "lr_rampup", "lr_cosine", "ema", "outdir", "desc", "resume",
                   "nosubdir", "tick", "snap", "dump", "validation_references", "validation_queries", "device", "threads"}));
  EXPECT_EQ(withRule(table, OnResume::fixed), (Names{"data_name",
                                                     "data_file",
                                                     "standardize",
                                                     "data_dim",
                                                     "dims_to_keep",
                                                     "g_type",
                                                     "inflation_gap",
                                                     "g_rescaling",
                                                     "rho",
                                                     "gamma0",
                                                     "tmin",
                                                     "tmax",
                                                     "seed",
                                                     "batch",
                                                     "width",
                                                     "depth",
                                                     "eigenbasis_samples",
                                                     "augment_to",
                                                     "augment_noise",
                                                     "schedule",
                                                     "arch",
                                                     "precond",
                                                     "space",
                                                     "img_res",
                                                     "batch_gpu",
                                                     "targets",
                                                     "target_references"}));
}

TEST(OnResumeRules, OfToyMcmc) {
  const auto& table = parameterTable<ToyMcmcOptions>();
  EXPECT_EQ(withRule(table, OnResume::free), (Names{"checkpoint", "threads", "save_trajs", "resume"}));
  EXPECT_EQ(withRule(table, OnResume::grows), Names{"mcmc_n"});
  EXPECT_EQ(withRule(table, OnResume::folder), (Names{"outdir", "desc", "nosubdir"}));
}

TEST(Resumed, TakesWhatMayDifferAndWhatIsNotAtItsDefault) {
  ToyMcmcOptions started;
  started.outdir = "there", started.acpt = 0.9, started.mcmc_n = 100, started.seed = 5, started.save_trajs = true;
  ToyMcmcOptions asked;
  asked.resume = "there/00000-circles", asked.checkpoint = 7, asked.mcmc_n = 200, asked.outdir = "elsewhere";
  ToyMcmcOptions wanted = started;
  wanted.resume = asked.resume, wanted.checkpoint = 7, wanted.mcmc_n = 200;
  EXPECT_TRUE(resumedFrom(started, asked, "there") == wanted);
  asked.acpt = 0.9;
  EXPECT_TRUE(resumedFrom(started, asked, "there") == wanted) << "the same as it was is no change";
}

TEST(Resumed, RefusesOtherChangesByNameAndBothValues) {
  ToyMcmcOptions started;
  started.acpt = 0.9, started.mcmc_n = 100;
  ToyMcmcOptions asked;
  asked.acpt = 0.8;
  EXPECT_EQ(refusal([&] { resumedFrom(started, asked, "there"); }),
            "acpt is 0.8; allowed when resuming there: 0.9, what the run was started with");
  asked = {};
  asked.mcmc_n = 99;
  EXPECT_EQ(refusal([&] { resumedFrom(started, asked, "there"); }),
            "mcmc_n is 99; allowed when resuming there: at least 100, what the run was started with");
  ToyTrainOptions trained, other;
  other.width = 64, other.lr = 0.5;
  EXPECT_EQ(refusal([&] { resumedFrom(trained, other, "state.pt"); }),
            "width is 64; allowed when resuming state.pt: 128, what the run was started with");
}

TEST(Resumed, WhatIsTypedIsHeldAgainstTheRunAlsoWhereItIsADefault) {
  const Parameter& outdir = *parameterTable<ToyMcmcOptions>().find("outdir");
  EXPECT_EQ(refusal([&] { requireResumable(outdir, std::string("mcmc-runs"), std::string("there"), "there"); }),
            "outdir is mcmc-runs; allowed when resuming there: there, what the run was started with");
  EXPECT_EQ(refusal([&] { requireResumable(outdir, std::string("there"), std::string("there"), "there"); }), "accepted");
}

}  // namespace
}  // namespace inflaton
