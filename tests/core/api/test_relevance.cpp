// The conditions under which parameters matter: the language, the words made of it, and the conditions that the tables hold.
#include "core/api/relevance.h"

#include <gtest/gtest.h>

#include "tests/core/api/all_options.h"

namespace inflaton {
namespace {

template <class O>
class Relevance : public ::testing::Test {};
TYPED_TEST_SUITE(Relevance, AllOptions);

TYPED_TEST(Relevance, ConditionsNameOtherParametersAndValuesThatExist) {
  const auto& table = parameterTable<TypeParam>();
  for (const Parameter& p : table.parameters)
    for (const RelevanceTerm& term : relevanceTerms(p.when)) {
      SCOPED_TRACE(p.name + ": " + p.when);
      EXPECT_NE(term.name, p.name);
      const Parameter* decides = table.find(term.name);
      ASSERT_TRUE(decides);
      EXPECT_FALSE(term.values.empty());
      for (const std::string& value : term.values) {
        EXPECT_NO_THROW(validateParameter(*decides, parseParameter(*decides, value)));
        EXPECT_EQ(formatParameter(parseParameter(*decides, value)), value) << "compared as text";
      }
    }
}

TEST(RelevanceTerms, AreNameSenseAndValues) {
  const auto terms = relevanceTerms("  arch=ToyConvUNet|Mlp   targets!=mean ");
  ASSERT_EQ(terms.size(), 2u);
  EXPECT_EQ(terms[0].name, "arch");
  EXPECT_FALSE(terms[0].other);
  EXPECT_EQ(terms[0].values, (std::vector<std::string>{"ToyConvUNet", "Mlp"}));
  EXPECT_EQ(terms[1].name, "targets");
  EXPECT_TRUE(terms[1].other);
  EXPECT_EQ(terms[1].values, std::vector<std::string>{"mean"});
  EXPECT_TRUE(relevanceTerms("").empty());
}

TEST(RelevanceTerms, Hold) {
  ToyTrainOptions o;
  const auto& table = parameterTable<ToyTrainOptions>();
  EXPECT_TRUE(holds("", table, &o));
  EXPECT_TRUE(holds("arch=Mlp", table, &o));
  EXPECT_TRUE(holds("arch=ToyConvUNet|Mlp targets!=mean", table, &o));
  EXPECT_FALSE(holds("arch=Mlp targets=mean", table, &o));
  EXPECT_FALSE(holds("arch!=ToyConvUNet|Mlp", table, &o));
  EXPECT_FALSE(holds("dims_to_keep!=0", table, &o));
  o.dims_to_keep = 1;
  EXPECT_TRUE(holds("dims_to_keep!=0", table, &o));
  EXPECT_TRUE(holds("nosubdir=false", table, &o));
  EXPECT_FALSE(holds("nothing=1", table, &o));
  EXPECT_TRUE(holds("nothing!=1", table, &o));
  EXPECT_FALSE(holds("arch", table, &o)) << "no value is like it";
}

TEST(RelevanceTexts, NameTheDecidingOptionItsValueAndTheValuesNeeded) {
  const auto& table = parameterTable<ToySimulateOptions>();
  ToySimulateOptions o;
  const auto says = [&](const char* name) { return noEffectText(table, *table.find(name), &o); };
  EXPECT_EQ(says("h"), "h has no effect with solver dopri5; it is for euler, heun");
  EXPECT_EQ(says("steps"), "steps has no effect with solver dopri5; it is for adams, rk4, heun_angle, euler, heun");
  EXPECT_EQ(says("eps"), "eps has no effect with dims_to_keep 0; it is for other than 0");
  EXPECT_EQ(says("data_file"), "data_file has no effect with data_name circles; it is for file");
  EXPECT_EQ(says("tolerance"), "");
  EXPECT_EQ(says("tmax"), "");
  o.solver = "euler", o.disc = "vp_ode", o.dims_to_keep = 1;
  EXPECT_EQ(says("h"), "h has no effect with disc vp_ode; it is for ifs");
  EXPECT_EQ(says("tolerance"), "tolerance has no effect with solver euler; it is for dopri5");
  EXPECT_EQ(says("steps"), "");
  EXPECT_EQ(says("eps"), "");
  EXPECT_EQ(says("inflation_gap"), "inflation_gap has no effect with g_type orig; it is for constant_inflation_gap");
  EXPECT_EQ(relevanceText(table, *table.find("h")), "for solver euler, heun and disc ifs");
  EXPECT_EQ(relevanceText(table, *table.find("frames")), "for solver dopri5, adams, rk4, heun_angle");
  EXPECT_EQ(relevanceText(table, *table.find("eps")), "for dims_to_keep other than 0");
  EXPECT_EQ(relevanceText(table, *table.find("tmax")), "");
}

}  // namespace
}  // namespace inflaton
