#include "core/api/parameters.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <set>

#include "tests/core/api/all_options.h"

namespace inflaton {
namespace {

std::string refusal(const std::function<void()>& f) {
  try {
    f();
  } catch (const Error& e) {
    EXPECT_EQ(e.code(), ErrorCode::usage);
    return e.what();
  }
  return "accepted";
}

template <class O>
class Tables : public ::testing::Test {};
TYPED_TEST_SUITE(Tables, AllOptions);

TYPED_TEST(Tables, EveryRowIsCompleteAndUnique) {
  std::set<std::string> names;
  for (const auto& p : parameterTable<TypeParam>().parameters) {
    SCOPED_TRACE(p.name);
    EXPECT_TRUE(names.insert(p.name).second);
    EXPECT_FALSE(p.help.empty() || p.label.empty());
    EXPECT_EQ(p.help.back(), '.');
    if (p.kind == ParameterKind::choice) {
      EXPECT_FALSE(p.choices.empty());
      EXPECT_TRUE(p.choiceLabels.empty() || p.choiceLabels.size() == p.choices.size());
    }
  }
}

TYPED_TEST(Tables, DefaultsLieInTheirRanges) {
  const TypeParam defaults{};
  for (const auto& p : parameterTable<TypeParam>().parameters) EXPECT_NO_THROW(validateParameter(p, p.get(&defaults))) << p.name;
}

TYPED_TEST(Tables, EveryFieldOfTheStructHasARow) {
  // Writing a different value into each row must change the struct: no two rows share a field, and each reaches one.
  for (const auto& p : parameterTable<TypeParam>().parameters) {
    TypeParam o{};
    const auto value = p.get(&o);
    const ParameterValue other = std::visit(
        [](const auto& v) -> ParameterValue {
          using V = std::decay_t<decltype(v)>;
          if constexpr (std::is_same_v<V, bool>)
            return !v;
          else if constexpr (std::is_same_v<V, std::string>)
            return v + "x";
          else
            return static_cast<V>(v + 1);
        },
        value);
    p.set(&o, other);
    EXPECT_FALSE(o == TypeParam{}) << p.name;
    for (const auto& q : parameterTable<TypeParam>().parameters)
      if (q.name != p.name) {
        const TypeParam d{};
        EXPECT_EQ(q.get(&o), q.get(&d)) << p.name << " changed " << q.name;
      }
  }
}

TYPED_TEST(Tables, JsonRoundTrip) {
  TypeParam o{};
  for (const auto& p : parameterTable<TypeParam>().parameters)
    if (p.kind == ParameterKind::real && p.max > 1) p.set(&o, std::min(p.max, 0.1 + 1e-17 + 1.0 / 3));
  TypeParam back{};
  fromJson(back, nlohmann::json::parse(toJson(o).dump()), "test");
  EXPECT_TRUE(o == back);
}

TEST(Parameters, MessagesNameFieldValueAndRange) {
  const auto& table = parameterTable<ToySimulateOptions>();
  const auto parse = [&](const char* name, const char* text) {
    return refusal([&] {
      const auto& p = *table.find(name);
      validateParameter(p, parseParameter(p, text));
    });
  };
  EXPECT_EQ(parse("total_samples", "-1"), "total_samples is -1; allowed: 0 <= total_samples <= 10000000");
  EXPECT_EQ(parse("total-samples", "many"), "total_samples is \"many\" (not an integer); allowed: 0 <= total_samples <= 10000000");
  ToySimulateOptions one;
  one.total_samples = 1;
  EXPECT_EQ(refusal([&] { validate(one); }),
            "total_samples is 1; allowed: 2 to 10000000, or 0 for all rows of an own file and 1000 points of a toy set");
  ResidualsExtractOptions few;
  few.network = "n.safetensors", few.n_samples = 1;
  EXPECT_EQ(refusal([&] { validate(few); }),
            "n_samples is 1; allowed: 2 to 10000000, or 0 for all rows of an own file and 10000 points of a toy set");
  EXPECT_EQ(parse("tmax", "0"), "tmax is 0; allowed: 0 < tmax <= 30");
  EXPECT_EQ(parse("tmax", "nan"), "tmax is nan; allowed: 0 < tmax <= 30");
  EXPECT_EQ(parse("tmax", ""), "tmax is \"\" (not a number); allowed: 0 < tmax <= 30");
  EXPECT_EQ(parse("solver", "rk9"), "solver is \"rk9\"; allowed: dopri5, adams, rk4, heun_angle, euler, heun");
  EXPECT_EQ(parse("outputs", "maybe"), "outputs is \"maybe\"; allowed: true, false");
  EXPECT_EQ(parse("rho", "-1"), "rho is -1; allowed: 0 <= rho <= 20");
}

TEST(Parameters, JsonRefusalsLeaveOptionsAlone) {
  ToyTrainOptions o;
  const auto from = [&](const char* text) { return refusal([&] { fromJson(o, nlohmann::json::parse(text), "p.json"); }); };
  EXPECT_EQ(from(R"({"batch": 64, "lr": "big"})"), "p.json: lr is \"big\"; allowed: 0 < lr <= 1e+30");
  EXPECT_EQ(from(R"({"batch": 64, "typo": 1})"), "p.json: there is no option \"typo\" in toy-train");
  EXPECT_EQ(from(R"({"batch": 1})"), "p.json: batch is 1; allowed: 2 <= batch <= 1048576");
  EXPECT_EQ(from("[]"), "p.json: expected an object of options");
  EXPECT_TRUE(o == ToyTrainOptions{});
  EXPECT_EQ(from(R"({"batch": 64, "lr": 1})"), "accepted");
  EXPECT_EQ(o.batch, 64);
}

TEST(Parameters, KnownJsonReturnsUnknownNamesAndStillRefusesBadValues) {
  ToyTrainOptions o;
  const auto old = nlohmann::json::parse(R"({"batch": 64, "gone": 1, "not_yet": [1, {"a": 2}]})");
  EXPECT_EQ(fromJsonKnown(o, old, "old.json"), (std::vector<std::string>{"gone", "not_yet"}));
  EXPECT_EQ(o.batch, 64);
  const auto bad = nlohmann::json::parse(R"({"gone": 1, "lr": 0.5, "width": 1})");
  EXPECT_EQ(refusal([&] { fromJsonKnown(o, bad, "old.json"); }), "old.json: width is 1; allowed: 4 <= width <= 4096");
  EXPECT_EQ(o.lr, ToyTrainOptions{}.lr) << "all or nothing";
  EXPECT_EQ(refusal([&] { fromJsonKnown(o, nlohmann::json::parse("3"), "old.json"); }), "old.json: expected an object of options");
}

TEST(Parameters, SalvageTakesAllThatStillCanBe) {
  ToyTrainOptions o;
  const auto old = nlohmann::json::parse(R"({"arch": "Gone", "batch": 64, "gone": 1, "lr": "big", "seed": 7, "width": 1})");
  EXPECT_EQ(salvage(o, old), (std::vector<std::string>{"arch", "gone", "lr", "width"}));
  ToyTrainOptions wanted;
  wanted.batch = 64, wanted.seed = 7;
  EXPECT_TRUE(o == wanted);
  for (const char* text : {"", "[1, 2]", "null", "{\"batch\": 32"})
    EXPECT_TRUE(salvage(o, nlohmann::json::parse(text, nullptr, false)).empty()) << text;
  EXPECT_TRUE(o == wanted);
}

TEST(Parameters, CrossChecks) {
  ToySimulateOptions o;
  o.dims_to_keep = 3;
  EXPECT_EQ(refusal([&] { validate(o); }), "dims_to_keep is 3; allowed: 1 to 2 (circles has 2 dimensions), or 0 for all");
  o = {};
  o.source = "net";
  EXPECT_EQ(refusal([&] { validate(o); }), "network is empty; toy-simulate net needs a .safetensors file");
  ToyTrainOptions t;
  t.data_name = "file";
  EXPECT_EQ(refusal([&] { validate(t); }), "data_file is empty; data_name file needs a .csv, .npy or .npz");
}

TEST(Parameters, CommandLineSaysWhatDiffersAndQuotes) {
  ToySimulateOptions o;
  EXPECT_EQ(commandLine(o), "inflaton-cli toy-simulate discrete");
  o.data_name = "moons", o.save_dir = "my runs/it's", o.outputs = false, o.tolerance = 1e-5;
  EXPECT_EQ(commandLine(o),
            "inflaton-cli toy-simulate discrete --data_name moons --tolerance 1e-05 --outputs=false --save_dir 'my runs/it'\\''s'");
}

TEST(Parameters, ShortestTextReadsBack) {
  for (double v : {0.1, 1e-7, 7.01, 1.0 / 3, 5e-4, 1e30})
    EXPECT_EQ(std::get<double>(parseParameter(*parameterTable<ToyTrainOptions>().find("lr"), formatParameter(v))), v);
}

}  // namespace
}  // namespace inflaton
