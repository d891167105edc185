// The way between the units of a file and standardised coordinates, and its JSON.
#include "core/api/data_origin.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <nlohmann/json.hpp>

#include "core/api/error.h"

namespace inflaton {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

DataOrigin two() { return {"/data/mine.csv", std::string(64, 'a'), 60, {"mass", "length"}, {"kg", ""}, {1e6, -0.25}, {3.7, 1e-4}}; }

TEST(DataOrigin, ThereAndBackIsExactToRounding) {
  const DataOrigin o = two();
  std::vector<double> own;
  for (int i = 0; i < 500; ++i) own.push_back(1e6 + 3.7 * std::sin(i)), own.push_back(-0.25 + 1e-4 * std::cos(3 * i));
  const auto standardized = o.toStandardized(own);
  EXPECT_NEAR(standardized[2], std::sin(1), 1e-7);
  const auto back = o.toOwn(standardized);
  // Half a unit in the last place of a float of size below 1 is 3e-8, in units of the column's scale.
  for (std::size_t i = 0; i < own.size(); ++i) ASSERT_NEAR(back[i], own[i], 6e-8 * o.scale[i % 2] + 1e-15 * std::abs(own[i])) << i;
  EXPECT_EQ(o.toStandardized(back), standardized);
}

TEST(DataOrigin, AUnitOfVolumeIsTheProductOfTheScales) {
  EXPECT_NEAR(two().logVolume(), std::log(3.7 * 1e-4), 1e-14);
  DataOrigin many;
  many.scale.assign(4096, 1e-3), many.offset.assign(4096, 0.0);  // the product itself would be zero
  EXPECT_NEAR(many.logVolume(), 4096 * std::log(1e-3), 1e-8);
}

TEST(DataOrigin, ColumnsHaveNames) {
  EXPECT_THAT(two().columnNames(), ElementsAre("mass", "length"));
  EXPECT_EQ(two().label(0), "mass (kg)");
  EXPECT_EQ(two().label(1), "length");
  DataOrigin bare = two();
  bare.columns.clear();
  EXPECT_THAT(bare.columnNames(), ElementsAre("x1", "x2"));
}

TEST(DataOrigin, JsonKeepsEveryBit) {
  DataOrigin o = two();
  o.offset[1] = 0.1 + 1e-17 + 1.0 / 3, o.scale[0] = std::nextafter(3.7, 4);
  EXPECT_EQ(originFromJson(nlohmann::json::parse(originJson(o).dump()), "net"), o);
  o.columns.clear();
  EXPECT_EQ(originFromJson(originJson(o), "net"), o);
}

TEST(DataOrigin, DamagedJsonIsRefusedByField) {
  const auto refusal = [](auto change) -> std::string {
    auto j = originJson(two());
    change(j);
    try {
      originFromJson(j, "net.safetensors");
    } catch (const Error& e) {
      EXPECT_THAT(e.what(), HasSubstr("net.safetensors"));
      return e.what();
    }
    return "accepted";
  };
  EXPECT_THAT(refusal([](auto& j) { j = 3; }), HasSubstr("no JSON object"));
  EXPECT_THAT(refusal([](auto& j) { j.erase("sha256"); }), HasSubstr("says no \"sha256\""));
  EXPECT_THAT(refusal([](auto& j) { j["file"] = 3; }), HasSubstr("\"file\" of its data is no text"));
  EXPECT_THAT(refusal([](auto& j) { j["rows"] = 0; }), HasSubstr("\"rows\" of its data is 0"));
  EXPECT_THAT(refusal([](auto& j) { j["scale"] = {1, 0}; }), HasSubstr("\"scale\" of its data holds 0.0; allowed: scales > 0"));
  EXPECT_THAT(refusal([](auto& j) { j["scale"] = {1, "a"}; }), HasSubstr("\"scale\" of its data holds \"a\""));
  EXPECT_THAT(refusal([](auto& j) { j["offset"] = {1}; }), HasSubstr("1 offsets, 2 scales, 2 column names and 2 units"));
  EXPECT_THAT(refusal([](auto& j) { j["columns"] = {"a"}; }), HasSubstr("2 offsets, 2 scales, 1 column names"));
  EXPECT_THAT(refusal([](auto& j) { j["columns"] = {"a", 2}; }), HasSubstr("\"columns\" of its data holds 2"));
  EXPECT_THAT(refusal([](auto& j) { j["offset"] = std::vector<double>(5000); }), HasSubstr("1 to 4096 numbers"));
}

}  // namespace
}  // namespace inflaton
