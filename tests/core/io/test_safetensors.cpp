#include <chrono>
#include <nlohmann/json.hpp>

#include "core/io/atomic_file.h"
#include "core/io/safetensors.h"
#include "tests/core/io/io_testing.h"

using namespace inflaton;
using namespace inflaton::testing;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

namespace {

std::string file(const std::string& header, const std::string& data = {}) { return le<std::uint64_t>(header.size()) + header + data; }
std::string entry(const std::string& dtype, const std::string& shape, const std::string& offsets) {
  return R"({"dtype":")" + dtype + R"(","shape":)" + shape + R"(,"data_offsets":)" + offsets + "}";
}

struct Safetensors : ::testing::Test {
  TempFolder folder;
  /// Refused by both readers, with one message that names the file.
  std::string refusal(const std::string& bytes) {
    const auto path = folder.write("n.safetensors", bytes);
    const auto message = errorOf([&] { readSafetensors(path); });
    EXPECT_EQ(errorOf([&] { readSafetensorsHeader(path); }), message);
    EXPECT_THAT(message, HasSubstr(path));
    return message;
  }
};

}  // namespace

TEST_F(Safetensors, RoundTrip) {
  const auto path = folder.file("n.safetensors");
  SafetensorsFile f;
  f.metadata = {{"config", "{\"width\": 128}"}, {"name", "caf\u00e9"}};
  f.tensors["model.w"] = TensorData::of(std::vector<float>{1, 2, 3, 4, 5, 6}, {3, 2});
  f.tensors["eigs"] = TensorData::of(std::vector<double>{0.1, 0.2}, {2});
  f.tensors["step"] = TensorData::of(std::vector<std::int64_t>{-7}, {});
  f.tensors["mask"] = {"BOOL", {3}, {std::byte{1}, std::byte{0}, std::byte{1}}};
  f.tensors["none"] = {"F16", {0, 4}, {}};
  writeSafetensors(path, f);
  const auto back = readSafetensors(path);
  EXPECT_EQ(back.metadata, f.metadata);
  ASSERT_EQ(back.tensors.size(), 5u);
  for (const auto& [name, t] : f.tensors) {
    EXPECT_EQ(back.tensor(name, path).dtype, t.dtype);
    EXPECT_EQ(back.tensor(name, path).shape, t.shape);
    EXPECT_EQ(back.tensor(name, path).bytes, t.bytes);
  }
  EXPECT_THAT(back.tensor("eigs", path).doubles(), ElementsAre(0.1, 0.2));
  EXPECT_THAT(back.tensor("step", path).doubles(), ElementsAre(-7));
  EXPECT_THAT(back.tensor("mask", path).floats(), ElementsAre(1, 0, 1));
  EXPECT_THAT(errorOf([&] { back.tensor("W", path); }), HasSubstr(path + ": has no tensor \"W\"; it has eigs, mask, model.w, none, step"));

  const auto header = readSafetensorsHeader(path);
  EXPECT_EQ(header.metadata, f.metadata);
  EXPECT_THAT(header.tensors.at("model.w").shape, ElementsAre(3, 2));
  EXPECT_EQ(header.tensors.at("model.w").count(), 6);
  EXPECT_EQ(header.dataOffset % 8, 0u);
  for (const auto& [name, info] : header.tensors) EXPECT_EQ(info.begin % safetensorsItemSize(info.dtype), 0u) << name;

  writeSafetensors(folder.file("again.safetensors"), back);
  EXPECT_EQ(bytesOf(path), bytesOf(folder.file("again.safetensors")));
}

TEST_F(Safetensors, SixteenBitFloats) {
  const auto path = folder.write("n", file(R"({"h":)" + entry("F16", "[2]", "[0,4]") + R"(,"b":)" + entry("BF16", "[1]", "[4,6]") + "}   ",
                                           le<std::uint16_t>(0x3C00) + le<std::uint16_t>(0xC100) + le<std::uint16_t>(0x3FC0)));
  const auto f = readSafetensors(path);
  EXPECT_THAT(f.tensor("h", path).floats(), ElementsAre(1, -2.5));
  EXPECT_THAT(f.tensor("b", path).doubles(), ElementsAre(1.5));
}

TEST_F(Safetensors, ForeignTruncatedAndHugeHeaders) {
  EXPECT_THAT(refusal(""), HasSubstr("is not a safetensors file (0 bytes)"));
  EXPECT_THAT(refusal("PK\x03\x04 a zip archive, say"), HasSubstr("claims a header of"));
  EXPECT_THAT(refusal(le<std::uint64_t>(~0ull) + "{}"),
              HasSubstr("claims a header of 18446744073709551615 bytes; allowed: at most 16777216"));
  EXPECT_THAT(refusal(le<std::uint64_t>(3) + "{}"), HasSubstr("within the file's 10"));
  {  // 16 MiB + 1 that are really there (a sparse file)
    const auto path = folder.write("n.safetensors", le<std::uint64_t>(16'777'217) + "{");
    std::filesystem::resize_file(path, 16'777'300);
    EXPECT_THAT(errorOf([&] { readSafetensors(path); }), HasSubstr("claims a header of 16777217 bytes; allowed: at most 16777216"));
  }
  const std::string good = file(R"({"a":)" + entry("F32", "[2]", "[0,8]") + "}", "12345678");
  EXPECT_NO_THROW(readSafetensors(folder.write("g", good)));
  for (std::size_t n = 0; n < good.size(); ++n) EXPECT_FALSE(refusal(good.substr(0, n)).empty()) << n;
  EXPECT_THAT(refusal(good + "x"), HasSubstr("1 bytes after the last tensor"));
  EXPECT_THAT(errorOf([&] { readSafetensors(folder.file("g"), 7); }), HasSubstr("has 8 bytes of tensors; at most 7"));
  EXPECT_THAT(errorOf([&] { readSafetensors(folder.file("none")); }), HasSubstr("there is no such file"));
}

TEST_F(Safetensors, DamagedJson) {
  EXPECT_THAT(refusal(file("{\"a\":")), HasSubstr("damaged safetensors header"));
  EXPECT_THAT(refusal(file("[1]")), HasSubstr("no JSON object"));
  EXPECT_THAT(refusal(file("nonsense")), HasSubstr("damaged safetensors header (line 1, column 2: "));
  EXPECT_THAT(refusal(file("nonsense")), ::testing::Not(HasSubstr("json.exception")));
  EXPECT_THAT(refusal(file("{\"\xFF\": 1}")), HasSubstr("damaged safetensors header"));
  EXPECT_THAT(refusal(file("{\"a\":" + std::string(1'000'000, '[') + "}")),
              HasSubstr("damaged safetensors header (the field \"a\" is nested deeper than the 3 levels allowed)"));
  const auto e = entry("U8", "[1]", "[0,1]");
  EXPECT_THAT(refusal(file("{\"a\":" + e + ",\"a\":" + e + "}", "x")), HasSubstr("the field \"a\" is there twice"));
  EXPECT_THAT(refusal(file(R"({"a":{"dtype":"U8","dtype":"U8","shape":[1],"data_offsets":[0,1]}})", "x")),
              HasSubstr("the field \"a.dtype\" is there twice"));
  EXPECT_THAT(refusal(file(R"({"__metadata__":{"k":1}})")), HasSubstr("__metadata__ entry \"k\" that is not a text: 1"));
  EXPECT_THAT(refusal(file(R"({"__metadata__":[]})")), HasSubstr("__metadata__ that is not an object"));
}

TEST_F(Safetensors, ManyTensorsAreReadInProportionAndTooManyRefused) {
  const auto many = [](std::size_t n) {
    std::string header = "{";
    for (std::size_t i = 0; i < n; ++i) header += (i ? ",\"t" : "\"t") + std::to_string(i) + "\":" + entry("U8", "[0]", "[0,0]");
    return file(header + "}");
  };
  const auto began = std::chrono::steady_clock::now();
  EXPECT_EQ(readSafetensorsHeader(folder.write("n", many(65536))).tensors.size(), 65536u);
  EXPECT_LT(std::chrono::steady_clock::now() - began, std::chrono::seconds(10));
  EXPECT_THAT(refusal(many(65537)), HasSubstr("lists 65537 tensors; at most 65536 are allowed"));
}

TEST_F(Safetensors, NamesInMessagesAreBounded) { EXPECT_LT(refusal(file("{\"" + std::string(100'000, 'n') + "\":7}")).size(), 1000u); }

TEST_F(Safetensors, OneTensorAtATimeBothWays) {
  const auto path = folder.file("n.safetensors");
  const std::vector<double> wide{1, 2};
  const std::vector<float> narrow{3, 4, 5};
  std::vector<std::string> asked;
  writeSafetensors(path, {{"k", "v"}},
                   {{"a", {"F32", {3}, [&](AtomicFile& f) { asked.push_back("a"), f.write(std::as_bytes(std::span(narrow))); }}},
                    {"b", {"F64", {2}, [&](AtomicFile& f) { asked.push_back("b"), f.write(std::as_bytes(std::span(wide))); }}}});
  EXPECT_THAT(asked, ElementsAre("b", "a")) << "widest first";
  const SafetensorsReader reader(path);
  EXPECT_EQ(reader.header().metadata.at("k"), "v");
  std::vector<float> back(3);
  reader.read(reader.info("a"), std::as_writable_bytes(std::span(back)));
  EXPECT_EQ(back, narrow);
  EXPECT_THAT(errorOf([&] { reader.info("c"); }), HasSubstr("has no tensor \"c\"; it has a, b"));
  EXPECT_THAT(errorOf([&] { reader.read(reader.info("b"), std::as_writable_bytes(std::span(back))); }), HasSubstr("16 bytes; asked: 12"));
  EXPECT_THAT(errorOf([&] { SafetensorsReader(path, 27); }), HasSubstr("has 28 bytes of tensors; at most 27 are allowed"));
  const auto before = bytesOf(path);
  EXPECT_THAT(errorOf([&] {
                writeSafetensors(path, {}, {{"a", {"F32", {3}, [](AtomicFile& f) { f.write("12345678"); }}}});
              }),
              HasSubstr("tensor \"a\": its bytes do not fit the dtype F32 and the shape (3,)"));
  EXPECT_EQ(bytesOf(path), before);
}

TEST_F(Safetensors, LyingTensors) {
  const auto one = [&](const std::string& e, const std::string& data) {
    const auto message = refusal(file("{\"w\":" + e + "}", data));
    EXPECT_THAT(message, HasSubstr("tensor \"w\""));
    return message;
  };
  EXPECT_THAT(one(entry("F32", "[2]", "[0,16]"), "12345678"), HasSubstr("data_offsets [0, 16]; the file's tensors have 8 bytes"));
  EXPECT_THAT(one(entry("F32", "[2]", "[8,0]"), "12345678"), HasSubstr("data_offsets [8, 0]"));
  EXPECT_THAT(one(entry("F32", "[2]", "[4611686018427387900,4611686018427387904]"), "12345678"),
              HasSubstr("the file's tensors have 8 bytes"));
  EXPECT_THAT(one(entry("F32", "[3]", "[0,8]"), "12345678"), HasSubstr("do not hold F32 of the shape (3,)"));
  EXPECT_THAT(one(entry("F32", "[1]", "[0,7]"), "1234567"), HasSubstr("do not hold F32"));
  EXPECT_THAT(one(entry("F32", "[4294967296,4294967296,4294967296]", "[0,8]"), "12345678"), HasSubstr("absurd shape"));
  EXPECT_THAT(one(entry("F32", "[-2]", "[0,8]"), "12345678"), HasSubstr("has -2 in \"shape\"; allowed: whole numbers"));
  EXPECT_THAT(one(entry("F32", "[2.0]", "[0,8]"), "12345678"), HasSubstr("has 2.0 in \"shape\""));
  EXPECT_THAT(one(entry("F32", "[2]", "[0,99999999999999999999999]"), "12345678"), HasSubstr("in \"data_offsets\""));
  EXPECT_THAT(one(entry("F32", "[2]", "[0,4,8]"), "12345678"), HasSubstr("3 data_offsets; needed: 2"));
  EXPECT_THAT(one(entry("C64", "[1]", "[0,8]"), "12345678"), HasSubstr("unknown dtype \"C64\"; known: BF16, BOOL"));
  EXPECT_THAT(one("7", ""), HasSubstr("is not described by an object"));
  EXPECT_THAT(one("{}", ""), HasSubstr("has no \"dtype\""));
  EXPECT_THAT(one(R"({"dtype":"U8","shape":[1]})", "x"), HasSubstr("has no list \"data_offsets\""));
  EXPECT_THAT(one(R"({"dtype":"U8","shape":"[1]","data_offsets":[0,1]})", "x"), HasSubstr("has no list \"shape\""));
  EXPECT_THAT(one(R"({"dtype":"U8","shape":[1],"data_offsets":[0,1],"code":"x"})", "x"), HasSubstr("unknown field \"code\""));
}

TEST_F(Safetensors, OverlapsAndHoles) {
  const auto two = [&](const std::string& a, const std::string& b, const std::string& data) {
    return refusal(file("{\"a\":" + entry("U8", "[4]", a) + ",\"b\":" + entry("U8", "[4]", b) + "}", data));
  };
  EXPECT_THAT(two("[0,4]", "[3,7]", "1234567"), HasSubstr("tensor \"b\": overlaps the bytes of tensor \"a\""));
  EXPECT_THAT(two("[0,4]", "[0,4]", "1234"), HasSubstr("overlaps"));
  EXPECT_THAT(two("[0,4]", "[5,9]", "123456789"), HasSubstr("tensor \"b\": leaves a hole of 1 bytes before it"));
  EXPECT_THAT(two("[5,9]", "[1,5]", "123456789"), HasSubstr("tensor \"b\": leaves a hole of 1 bytes before it"));
}

TEST_F(Safetensors, TheWriterRefusesWhatItCouldNotRead) {
  const auto write = [&](const std::string& name, TensorData t) {
    SafetensorsFile f;
    f.tensors[name] = std::move(t);
    return errorOf([&] { writeSafetensors(folder.file("n"), f); });
  };
  EXPECT_THAT(write("w", {"F32", {2}, std::vector<std::byte>(7)}),
              HasSubstr("tensor \"w\": its bytes do not fit the dtype F32 and the shape (2,)"));
  EXPECT_THAT(write("w", {"F32", {2}, std::vector<std::byte>(4)}), HasSubstr("its bytes do not fit the dtype F32 and the shape (2,)"));
  EXPECT_THAT(write("w", {"F31", {1}, std::vector<std::byte>(4)}), HasSubstr("dtype \"F31\""));
  EXPECT_THAT(write("__metadata__", {"U8", {1}, std::vector<std::byte>(1)}), HasSubstr("name or dtype"));
  EXPECT_THAT(write("\xFF", {"U8", {1}, std::vector<std::byte>(1)}), HasSubstr("not valid UTF-8"));
  EXPECT_EQ(folder.entries(), 0u);
}
