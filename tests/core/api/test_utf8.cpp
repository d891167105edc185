// Text that goes into JSON.
#include "core/api/utf8.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "core/api/json_text.h"
#include "core/api/parameters.h"
#include "tests/core/api/all_options.h"

namespace inflaton {
namespace {

TEST(Utf8, KnowsWellFormedText) {
  for (const char* good :
       {"", "moons.csv", "m\xC3\xA4\xC3\x9F.csv", "\xE2\x82\xAC", "\xF0\x9F\x8C\x99", "\xED\x9F\xBF", "\xEF\xBF\xBF", "\xF4\x8F\xBF\xBF"})
    EXPECT_TRUE(isUtf8(good)) << good;
  for (const char* bad : {"m\xE4.csv", "\x80", "\xC3", "\xC0\xAF", "\xC1\xBF", "\xE0\x80\x80", "\xED\xA0\x80", "\xF0\x80\x80\x80",
                          "\xF4\x90\x80\x80", "\xF5\x80\x80\x80", "\xE2\x82", "\xFF"})
    EXPECT_FALSE(isUtf8(bad)) << shownUtf8(bad);
}

TEST(Utf8, ShowsOtherBytesAsTheirNumbers) {
  EXPECT_EQ(shownUtf8("m\xE4\xC3\xA4.csv"), "m\\xe4\xC3\xA4.csv");
  EXPECT_TRUE(isUtf8(shownUtf8("\xFF\xC3\xE2\x82")));
}

TEST(Utf8, JsonTextNeverThrows) {
  const nlohmann::json j{{"file", "m\xE4.csv"}};
  EXPECT_THROW(j.dump(), nlohmann::json::exception);  // what it is there for
  EXPECT_EQ(jsonText(j), "{\"file\":\"m\xEF\xBF\xBD.csv\"}");
  EXPECT_EQ(jsonText(nlohmann::json{{"a", 1}}, 2), "{\n  \"a\": 1\n}");
}

template <class O>
class Names : public ::testing::Test {};
TYPED_TEST_SUITE(Names, AllOptions);

// No option carries other bytes into the files that record it.
TYPED_TEST(Names, ThatAreNoUtf8AreRefusedInEveryRow) {
  const ParameterTable& table = parameterTable<TypeParam>();
  for (const auto& p : table.parameters) {
    const TypeParam defaults{};
    if (!std::holds_alternative<std::string>(p.get(&defaults))) continue;
    SCOPED_TRACE(p.name);
    EXPECT_THROW(validateParameter(p, std::string("m\xE4.csv")), Error);
    TypeParam o{};
    EXPECT_THROW(parametersFromJson(table, &o, nlohmann::json{{p.name, "m\xE4.csv"}}, "test"), Error);
    try {
      validateParameter(p, std::string("m\xE4.csv"));
    } catch (const Error& e) {
      EXPECT_EQ(e.code(), ErrorCode::usage);
      EXPECT_NE(std::string(e.what()).find("m\\xe4.csv"), std::string::npos) << e.what();
      EXPECT_TRUE(isUtf8(e.what()));
    }
    if (p.kind != ParameterKind::choice) {
      EXPECT_NO_THROW(validateParameter(p, std::string("m\xC3\xA4.csv")));
    }
  }
}

}  // namespace
}  // namespace inflaton
