// The one reader of JSON from outside: what it refuses, in which words, and that it is bounded in stack, time and memory.
#include "core/api/json_text.h"

#include <chrono>

#include "core/io/json_fields.h"
#include "core/io/run_folder.h"
#include "tests/core/io/io_testing.h"

using namespace inflaton;
using namespace inflaton::testing;
using nlohmann::json;
using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

namespace {

std::string faultOf(std::string_view text, const JsonLimits& limits = {}) {
  const auto value = parseJson(text, limits);
  EXPECT_FALSE(value) << text.substr(0, 80);
  if (value) return {};
  EXPECT_THAT(value.error(), Not(HasSubstr("json.exception")));
  EXPECT_LT(value.error().size(), 400u);
  return value.error();
}

std::string nested(int levels) {
  std::string text;
  for (int i = 0; i < levels; ++i) text += i % 2 ? "[" : "{\"a\":";
  text += "1";
  for (int i = levels; i-- > 0;) text += i % 2 ? "]" : "}";
  return text;
}

}  // namespace

TEST(JsonText, ReadsWhatTheLibraryReads) {
  for (const char* text :
       {"null", "true", "-7", "18446744073709551615", "1.5e-3", "\"caf\u00e9 \\u00e9 \\n\"", "[]", "{}", "[[], {}, [1, [2]]]",
        R"({"a": {"b": [1, 2.5, {"c": null}], "d": "x"}, "e": false, "": [0]})", " \n{\"a\" : 1}\t"}) {
    const auto value = parseJson(text);
    ASSERT_TRUE(value) << text << ": " << value.error();
    EXPECT_EQ(*value, json::parse(text)) << text;
  }
  EXPECT_EQ(jsonOrNull("[1]"), json({1}));
  EXPECT_TRUE(jsonOrNull("[1").is_null());
  EXPECT_TRUE(jsonOrNull("").is_null());
}

TEST(JsonText, SaysWhereItIsWrong) {
  EXPECT_THAT(faultOf(""), HasSubstr("line 1, column 1: syntax error"));
  EXPECT_THAT(faultOf("{\n  \"a\": 1,\n  \"b\": ]\n}"), HasSubstr("line 3, column 8: syntax error"));
  EXPECT_THAT(faultOf("{\"a\": 1"), HasSubstr("unexpected end of input"));
  EXPECT_THAT(faultOf("[1] [2]"), HasSubstr("line 1, column 5"));
  EXPECT_THAT(faultOf("\"" + std::string(1000, 'x') + "\n\""), Not(HasSubstr("xxxx"))) << "what the file holds is not repeated";
  EXPECT_THAT(faultOf("\"\xFF\""), HasSubstr("UTF-8"));
  EXPECT_THAT(faultOf("[1e999]"), HasSubstr("number overflow"));
  EXPECT_THAT(faultOf(R"({"a": 1, "b": {"c": 1, "c": 2}})"), HasSubstr("the field \"b.c\" is there twice"));
  EXPECT_THAT(faultOf("{\"a\x1b\": 1, \"a\x1b\": 1}"), Not(HasSubstr("\x1b")));
  EXPECT_THAT(faultOf("[1, 2, 3]", {.bytes = 8}), HasSubstr("it has 9 bytes; at most 8 are allowed"));
}

TEST(JsonText, DepthIsBounded) {
  EXPECT_TRUE(parseJson(nested(64)));
  EXPECT_THAT(faultOf(nested(65)), HasSubstr("is nested deeper than the 64 levels allowed"));
  EXPECT_THAT(faultOf(R"({"x": {"y": [[1]]}})", {.depth = 3}), HasSubstr("the field \"x.y\" is nested deeper than the 3 levels allowed"));
  EXPECT_THAT(faultOf("[[]]", {.depth = 1}), HasSubstr("it is nested deeper"));
  // What made five commands and the window run out of stack.
  for (const int levels : {58'000, 2'000'000})
    EXPECT_THAT(faultOf(std::string(static_cast<std::size_t>(levels), '[')), HasSubstr("deeper"));
}

TEST(JsonText, TakesTimeInProportionToTheText) {
  // A million small lists in one: a builder that looks at all of them again after each would take hours.
  std::string text = "[";
  for (int i = 0; i < 1'000'000; ++i) text += "[1],";
  text += "[]]";
  const auto began = std::chrono::steady_clock::now();
  const auto value = parseJson(text);
  EXPECT_LT(std::chrono::steady_clock::now() - began, std::chrono::seconds(20));
  ASSERT_TRUE(value);
  EXPECT_EQ(value->size(), 1'000'001u);
}

TEST(JsonText, FilesAreNamed) {
  TempFolder folder;
  const auto path = folder.write("a.json", "{\"a\": \n}");
  EXPECT_THAT(errorOf([&] { readJsonObject(path); }),
              AllOf(HasSubstr(path + ": is not valid JSON (line 2, column 1: "), Not(HasSubstr("json."))));
  EXPECT_THAT(errorOf([&] { readJsonObject(folder.write("a.json", "[1]")); }), HasSubstr(path + ": is no JSON object"));
  EXPECT_THAT(errorOf([&] { readJsonObject(folder.write("a.json", nested(58'000))); }),
              HasSubstr(path + ": is not valid JSON (the field \"a.a."));
  EXPECT_THAT(errorOf([&] { readJsonObject(folder.file("none.json")); }), HasSubstr("there is no such file"));
  EXPECT_THAT(errorOf([&] { readJsonObject(folder.write("a.json", "{}    "), {.bytes = 4}); }), HasSubstr("has 6 bytes; at most 4"));
  EXPECT_EQ(readJsonObject(folder.write("a.json", "{\"a\": 1}")), json({{"a", 1}}));
  EXPECT_TRUE(readJsonOrNull(folder.file("none.json")).is_null());
  EXPECT_TRUE(readJsonOrNull(folder.write("a.json", nested(58'000))).is_null());
  EXPECT_THAT(errorOf([] { parseJsonObject("3", "n.safetensors, entry \"x\""); }),
              HasSubstr("n.safetensors, entry \"x\": is no JSON object"));
}

TEST(JsonText, FieldsAreLookedAtBeforeTheyAreTaken) {
  const json object{{"n", 1.5}, {"i", 7}, {"big", ~std::uint64_t{0}}, {"t", "x"}, {"o", {{"i", 3}}}, {"none", nullptr}};
  const JsonFields fields(object, [](const std::string& reason) { throw Error(ErrorCode::failed, "a.json: " + reason); });
  EXPECT_EQ(fields.number("n"), 1.5);
  EXPECT_EQ(fields.whole("i"), 7);
  EXPECT_EQ(fields.text("t"), "x");
  EXPECT_EQ(fields.object("o").whole("i"), 3);
  EXPECT_TRUE(fields.isNull("none"));
  EXPECT_FALSE(fields.isNull("gone"));
  EXPECT_THAT(errorOf([&] { fields.whole("n"); }), HasSubstr("a.json: has no whole number \"n\""));
  EXPECT_THAT(errorOf([&] { fields.whole("big"); }), HasSubstr("has no whole number \"big\""));
  EXPECT_THAT(errorOf([&] { fields.number("t"); }), HasSubstr("has no number \"t\""));
  EXPECT_THAT(errorOf([&] { fields.text("gone"); }), HasSubstr("has no text \"gone\""));
  EXPECT_THAT(errorOf([&] { fields.object("o").text("i"); }), HasSubstr("has no text \"i\""));
}

TEST(JsonText, ARunFolderOfHostileFilesIsRefusedInItsOwnWords) {
  TempFolder folder;
  for (const auto& text :
       {nested(58'000), std::string("{\"state\": 7}"), std::string("[]"), std::string("{\"state\": \"running\", \"stage\": []}")}) {
    folder.write("progress.json", text);
    EXPECT_THAT(errorOf([&] { readRunStatus(folder.path()); }),
                AllOf(HasSubstr(folder.file("progress.json") + ": is damaged ("), Not(HasSubstr("json.exception"))));
  }
  folder.write("stats.jsonl", nested(58'000) + "\n{\"step\": 1}\n" + std::string(3 << 20, '[') + "\n{\"step\": 2}\n");
  EXPECT_EQ(readStats(folder.path()).size(), 2u);
}
