#include "core/nets/architectures.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "core/api/architectures.h"
#include "tests/core/nets/net_testing.h"

namespace inflaton {
namespace {

using testing::errorOf;
using ::testing::HasSubstr;
using testing::turnedBasis;

Schedule schedule() {
  ScheduleOptions o;
  return Schedule::make(o, 2);
}

TEST(Architectures, TheTwoTablesAreOneList) {
  std::vector<std::string> built;
  for (const auto& a : architectureTable()) built.push_back(a.id);
  EXPECT_EQ(built, architectureIds());
  EXPECT_EQ(architectureIds().front(), ToyTrainOptions{}.arch);
}

TEST(Architectures, OptionsThatTheyLookAtAreOptionsOfTraining) {
  for (const auto& a : architectures())
    for (const auto& option : a.options) EXPECT_NE(parameterTable<ToyTrainOptions>().find(option), nullptr) << a.id << " " << option;
  EXPECT_EQ(architectureWhen("width"), "arch=Mlp");
  EXPECT_EQ(architectureWhen("img_res"), "arch=ToySongUNet");
  EXPECT_THROW(architectureWhen("lr"), std::logic_error);
}

TEST(Architectures, AFreshOneIsBuiltAgainFromItsConfiguration) {
  for (const auto& a : architectureTable()) {
    SCOPED_TRACE(a.id);
    ToyTrainOptions o;
    o.arch = a.id;
    const auto network = freshNetwork(o, schedule(), turnedBasis());
    EXPECT_EQ(network->configuration().at("arch"), a.id);
    EXPECT_EQ(network->dim(), 2);
    const auto again = makeNetwork(network->configuration(), "here");
    EXPECT_EQ(again->configuration(), network->configuration());
    EXPECT_EQ(again->size(), network->size());
  }
}

TEST(Architectures, OthersAreRefused) {
  EXPECT_THAT(errorOf([] {
                makeNetwork({{"arch", "Perceptron"}}, "net.safetensors");
              }),
              HasSubstr("has the architecture \"Perceptron\"; known: Mlp, ToyConvUNet, ToySongUNet"));
  EXPECT_THAT(errorOf([] { makeNetwork({{"arch", 3}}, "net.safetensors"); }), HasSubstr("has the architecture \"\""));
  ToyTrainOptions o;
  o.arch = "Perceptron";
  EXPECT_THAT(errorOf([&] { freshNetwork(o, schedule(), turnedBasis()); }), HasSubstr("arch is \"Perceptron\"; allowed: Mlp"));
  o.arch = "ToySongUNet", o.img_res = 12;
  EXPECT_THAT(errorOf([&] { freshNetwork(o, schedule(), turnedBasis()); }), HasSubstr("--arch ToySongUNet"));
}

}  // namespace
}  // namespace inflaton
