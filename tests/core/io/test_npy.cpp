#include <cmath>
#include <limits>
#include <numeric>

#include "core/io/half.h"
#include "core/io/npy.h"
#include "tests/core/io/io_testing.h"

using namespace inflaton;
using namespace inflaton::testing;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

namespace {

/// A .npy made by hand: any dictionary, any version, any values.
std::string npy(const std::string& dictionary, const std::string& values, int version = 1) {
  const std::string length =
      version == 1 ? le(static_cast<std::uint16_t>(dictionary.size())) : le(static_cast<std::uint32_t>(dictionary.size()));
  return std::string("\x93NUMPY") + static_cast<char>(version) + '\0' + length + dictionary + values;
}
std::string dict(const std::string& descr, const std::string& shape, const std::string& fortran = "False") {
  return "{'descr': '" + descr + "', 'fortran_order': " + fortran + ", 'shape': " + shape + ", }\n";
}
template <class T>
std::string raw(std::initializer_list<T> values) {
  std::string s;
  for (const T v : values) s += le(v);
  return s;
}
template <class T>
std::string swapped(std::initializer_list<T> values) {
  std::string s;
  for (const T v : values) {
    std::string one = le(v);
    s.append(one.rbegin(), one.rend());
  }
  return s;
}

struct Npy : ::testing::Test {
  TempFolder folder;
  std::string refusal(const std::string& bytes) {
    const auto path = folder.write("a.npy", bytes);
    const auto message = errorOf([&] { readNpy<double>(path); });
    EXPECT_THAT(message, HasSubstr(path));
    return message;
  }
  template <class T>
  std::vector<T> values(const std::string& bytes) {
    return readNpy<T>(folder.write("a.npy", bytes)).values;
  }
  template <class T>
  void roundTrip(const std::vector<T>& v) {
    const auto path = folder.file("r.npy");
    writeNpy(path, v, {static_cast<std::int64_t>(v.size()) / 2, 2});
    const auto back = readNpy<std::conditional_t<std::is_integral_v<T>, std::int64_t, T>>(path);
    EXPECT_EQ(back.info.dtype, npyDtype<T>());
    EXPECT_THAT(back.info.shape, ElementsAre(static_cast<std::int64_t>(v.size()) / 2, 2));
    EXPECT_TRUE(std::equal(v.begin(), v.end(), back.values.begin(), back.values.end()));
  }
};

}  // namespace

TEST_F(Npy, RoundTripsEveryTypeExactly) {
  roundTrip<float>({1.5f, -0.0f, std::numeric_limits<float>::denorm_min(), std::numeric_limits<float>::max(), INFINITY, 0.1f});
  roundTrip<double>({0.1, -1e300, 5e-324, 3});
  roundTrip<std::int64_t>({std::numeric_limits<std::int64_t>::min(), std::numeric_limits<std::int64_t>::max(), 0, -7});
  roundTrip<std::int32_t>({std::numeric_limits<std::int32_t>::min(), std::numeric_limits<std::int32_t>::max()});
  roundTrip<std::uint8_t>({0, 255});
}

TEST_F(Npy, ManyChunksConvert) {
  std::vector<std::int32_t> v(1'000'003);
  std::iota(v.begin(), v.end(), -5);
  writeNpy(folder.file("a.npy"), v, {static_cast<std::int64_t>(v.size())});
  const auto back = readNpy<double>(folder.file("a.npy")).values;
  ASSERT_EQ(back.size(), v.size());
  for (std::size_t i = 0; i < v.size(); ++i) ASSERT_EQ(back[i], v[i]);
}

TEST_F(Npy, ReadsEveryNumberTypeInBothByteOrders) {
  EXPECT_THAT(values<double>(npy(dict("<f8", "(2,)"), raw({0.1, -2.0}))), ElementsAre(0.1, -2.0));
  EXPECT_THAT(values<double>(npy(dict(">f8", "(2,)"), swapped({0.1, -2.0}))), ElementsAre(0.1, -2.0));
  EXPECT_THAT(values<float>(npy(dict(">f4", "(2,)"), swapped({0.1f, -2.0f}))), ElementsAre(0.1f, -2.0f));
  EXPECT_THAT(values<float>(npy(dict("<f2", "(4,)"), raw<std::uint16_t>({0x3C00, 0xC100, 0x0001, 0x7BFF}))),
              ElementsAre(1.0f, -2.5f, std::ldexp(1.0f, -24), 65504.0f));
  EXPECT_THAT(values<double>(npy(dict(">i2", "(2,)"), swapped<std::int16_t>({-2, 300}))), ElementsAre(-2, 300));
  EXPECT_THAT(values<double>(npy(dict("|i1", "(2,)"), raw<std::int8_t>({-2, 100}))), ElementsAre(-2, 100));
  EXPECT_THAT(values<double>(npy(dict(">i4", "(1,)"), swapped<std::int32_t>({-70000}))), ElementsAre(-70000));
  EXPECT_THAT(values<double>(npy(dict(">i8", "(1,)"), swapped<std::int64_t>({-70000}))), ElementsAre(-70000));
  EXPECT_THAT(values<std::int64_t>(npy(dict("<u2", "(1,)"), raw<std::uint16_t>({65535}))), ElementsAre(65535));
  EXPECT_THAT(values<std::int64_t>(npy(dict("<u4", "(1,)"), raw<std::uint32_t>({4294967295u}))), ElementsAre(4294967295));
  EXPECT_THAT(values<std::int64_t>(npy(dict("<u8", "(1,)"), raw<std::uint64_t>({7}))), ElementsAre(7));
  EXPECT_THAT(values<std::int64_t>(npy(dict("|b1", "(3,)"), raw<std::uint8_t>({1, 0, 2}))), ElementsAre(1, 0, 1));
  EXPECT_THAT(values<std::int64_t>(npy(dict("<f4", "(2,)"), raw({3.0f, -4.0f}))), ElementsAre(3, -4));
}

TEST_F(Npy, VersionsScalarsEmptyAndFortranOrder) {
  for (const int version : {1, 2, 3}) EXPECT_THAT(values<float>(npy(dict("<f4", "(1,)"), raw({2.0f}), version)), ElementsAre(2.0f));
  EXPECT_THAT(values<float>(npy(dict("<f4", "()"), raw({2.0f}))), ElementsAre(2.0f));
  EXPECT_TRUE(values<float>(npy(dict("<f4", "(0, 3)"), "")).empty());
  EXPECT_THAT(values<float>(npy("{\"shape\": (2L, 1L), 'fortran_order':False,'descr':'<f4'}", raw({2.0f, 3.0f}))), ElementsAre(2.0f, 3.0f));
  // (2, 3) column by column
  EXPECT_THAT(values<double>(npy(dict("<f8", "(2, 3)", "True"), raw<double>({11, 21, 12, 22, 13, 23}))),
              ElementsAre(11, 12, 13, 21, 22, 23));
  EXPECT_THAT(values<double>(npy(dict("<f8", "(2, 1, 2)", "True"), raw<double>({0, 2, 1, 3}))), ElementsAre(0, 1, 2, 3));
}

TEST_F(Npy, WholeNumbersOnly) {
  const auto whole = [&](const std::string& bytes) {
    const auto path = folder.write("a.npy", bytes);
    return errorOf([&] { readNpy<std::int64_t>(path); });
  };
  EXPECT_THAT(whole(npy(dict("<f8", "(1,)"), raw({2.5}))), HasSubstr("holds 2.5 where whole numbers are needed"));
  EXPECT_THAT(whole(npy(dict("<f8", "(1,)"), raw({std::nan("")}))), HasSubstr("whole numbers"));
  EXPECT_THAT(whole(npy(dict("<f8", "(1,)"), raw({0x1p63}))), HasSubstr("whole numbers"));
  EXPECT_THAT(whole(npy(dict("<u8", "(1,)"), raw<std::uint64_t>({~0ull}))), HasSubstr("too large for a 64-bit"));
}

TEST_F(Npy, PickledObjectsAreRefused) {
  EXPECT_THAT(refusal(npy(dict("|O", "(2,)"), "\x80\x04]")), HasSubstr("pickled arrays are refused"));
  EXPECT_THAT(refusal("\x80\x04\x95" + std::string(40, 'x')), HasSubstr("is a Python pickle, which can run code"));
  EXPECT_THAT(refusal(npy("{'descr': [('a', '<f4'), ('b', '|O')], 'fortran_order': False, 'shape': (1,), }", std::string(12, 'x'))),
              HasSubstr("structured array"));
}

TEST_F(Npy, ForeignAndTruncatedFilesAreRefused) {
  const std::string good = npy(dict("<f8", "(4,)"), raw<double>({1, 2, 3, 4}));
  EXPECT_THAT(refusal(""), HasSubstr("is empty"));
  EXPECT_THAT(refusal("PK\x03\x04 whatever"), HasSubstr("is a ZIP archive"));
  EXPECT_THAT(refusal("<html><body>404"), HasSubstr("is not an .npy array"));
  for (std::size_t n = 1; n < good.size(); ++n)
    EXPECT_THAT(refusal(good.substr(0, n)), ::testing::AnyOf(HasSubstr("truncated"), HasSubstr("more than there are"))) << n;
  EXPECT_THAT(refusal(good + "x"), HasSubstr("1 bytes more than its header tells of"));
  EXPECT_THAT(refusal(npy(dict("<f8", "(1,)"), "12345678", 9)), HasSubstr("format version 9.0; allowed: 1.0, 2.0, 3.0"));
}

TEST_F(Npy, LyingHeadersAreRefusedBeforeMemoryIsTaken) {
  EXPECT_THAT(refusal(npy(dict("<f8", "(1000000000000,)"), "")), HasSubstr("needs 8000000000000 bytes, and 0 follow"));
  EXPECT_THAT(refusal(npy(dict("<f8", "(4294967296, 4294967296, 4294967296)"), "")), HasSubstr("absurd shape"));
  EXPECT_THAT(refusal(npy(dict("<f8", "(4611686018427387904,)"), "")), HasSubstr("absurd shape"));
  EXPECT_THAT(refusal(npy(dict("<f8", "(99999999999999999999,)"), "")), HasSubstr("beyond 64 bits"));
  EXPECT_THAT(refusal(npy(dict("<f8", "(-1, -1)"), "12345678")), HasSubstr("impossible shape (-1, -1)"));
  std::string many = "(";
  for (int i = 0; i < 33; ++i) many += "1,";
  EXPECT_THAT(refusal(npy(dict("<f8", many + ")"), "12345678")), HasSubstr("more than 32 dimensions"));
  EXPECT_THAT(refusal(std::string("\x93NUMPY\x02\x00", 8) + le(0xFFFFFFFFu) + "{'descr'"),
              HasSubstr("claims a header of 4294967295 bytes"));
  const auto path = folder.write("big.npy", npy(dict("<f4", "(64,)"), std::string(256, '\0')));
  EXPECT_THAT(errorOf([&] { readNpy<double>(path, 500); }), HasSubstr("asks for 512 bytes of memory; at most 500"));
  EXPECT_NO_THROW(readNpy<float>(path, 500));
}

TEST_F(Npy, DamagedDictionariesAreRefused) {
  for (const char* text :
       {"", "{", "{}", "[]", "{'descr': '<f8'}", "{'descr': '<f8', 'fortran_order': False, 'shape': (1,), 'more': 1}",
        "{'descr': '<f8', 'descr': '<f8', 'fortran_order': False, 'shape': (1,)}",
        "{'descr': '<f8', 'fortran_order': Maybe, 'shape': (1,)}", "{'descr': '<f8', 'fortran_order': False, 'shape': 1}",
        "{'descr': '<f8', 'fortran_order': False, 'shape': (1,)} import os", "{'descr': '<f8, 'fortran_order': False, 'shape': (1,)}",
        "{'descr': '<f8', 'fortran_order': False, 'shape': (1.5,)}", "{'descr': __import__('os'), 'fortran_order': False, 'shape': (1,)}",
        "{'descr': '<f8', 'fortran_order': False, 'shape': (1 1)}"})
    EXPECT_THAT(refusal(npy(text, "12345678")), HasSubstr("damaged .npy header")) << text;
  for (const char* type : {"<c16", "<f3", "<f16", "<i3", "<M8[ns]", "|V8", "<f", "", "f8f8", "<f-8"})
    EXPECT_THAT(refusal(npy(dict(type, "(1,)"), "12345678")), HasSubstr("has the type '" + std::string(type) + "'; allowed:")) << type;
  EXPECT_THAT(refusal(npy(dict("<U2", "(1,)"), "12345678")), HasSubstr("holds text"));
}

TEST_F(Npy, TheWriterRefusesAWrongShape) {
  EXPECT_THAT(errorOf([&] {
                writeNpy(folder.file("a.npy"), std::vector<float>{1, 2, 3}, {2, 2});
              }),
              HasSubstr("the shape (2, 2) does not hold 3 values"));
  EXPECT_EQ(folder.entries(), 0u);
}

TEST_F(Npy, NumPyReadsWhatIsWrittenAndTheOtherWayRound) {
  if (!numpyHere()) GTEST_SKIP() << "no NumPy here";
  writeNpy(folder.file("ours.npy"), std::vector<float>{1, 2, 3, 4, 5, 6}, {3, 2});
  ASSERT_EQ(numpy(folder, R"(
a = np.load('ours.npy', allow_pickle=False)
assert a.dtype == np.float32 and a.flags.c_contiguous and a.tolist() == [[1, 2], [3, 4], [5, 6]]
b = np.arange(24).reshape(2, 3, 4)
np.save('f.npy', np.asfortranarray(b.astype('>f8'))); np.save('h.npy', b.astype('f2')); np.save('s.npy', np.float32(2.5))
np.save('o.npy', np.array([1, {}], dtype=object), allow_pickle=True); np.save('c.npy', b.astype('c8'))
)"),
            0);
  std::vector<double> b(24);
  std::iota(b.begin(), b.end(), 0);
  EXPECT_EQ(readNpy<double>(folder.file("f.npy")).values, b);
  EXPECT_EQ(readNpy<double>(folder.file("h.npy")).values, b);
  EXPECT_THAT(readNpy<float>(folder.file("s.npy")).values, ElementsAre(2.5f));
  EXPECT_THAT(errorOf([&] { readNpyInfo(folder.file("o.npy")); }), HasSubstr("pickled"));
  EXPECT_THAT(errorOf([&] { readNpyInfo(folder.file("c.npy")); }), HasSubstr("'<c8'"));
}

TEST(Half, SpecialValues) {
  EXPECT_EQ(floatFromHalf(0x7C00), INFINITY);
  EXPECT_EQ(floatFromHalf(0xFC00), -INFINITY);
  EXPECT_TRUE(std::isnan(floatFromHalf(0x7E00)));
  EXPECT_TRUE(std::signbit(floatFromHalf(0x8000)));
  EXPECT_EQ(floatFromBfloat16(0x3FC0), 1.5f);
}
