#include <signal.h>
#include <zlib.h>

#include <cmath>
#include <numeric>
#include <optional>

#include "core/io/npz.h"
#include "tests/core/io/io_testing.h"

using namespace inflaton;
using namespace inflaton::testing;
using ::testing::AnyOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

namespace {

std::string floatsNpy(const std::vector<float>& v) {
  std::string s = npyHeader("<f4", {static_cast<std::int64_t>(v.size())});
  for (const float x : v) s += le(x);
  return s;
}

std::uint32_t checksum(const std::string& s) {
  return static_cast<std::uint32_t>(crc32_z(0, reinterpret_cast<const Bytef*>(s.data()), s.size()));
}

/// One member of a ZIP made by hand; every field may lie.
struct Member {
  std::string name = "x.npy", data = floatsNpy({1, 2, 3});
  std::uint16_t method = 0, flags = 0;
  std::optional<std::uint32_t> crc = {}, size = {}, packed = {};
};

std::string zip(const std::vector<Member>& members) {
  std::string out, directory;
  for (const Member& m : members) {
    const std::string shared = le(m.flags) + le(m.method) + le<std::uint16_t>(0) + le<std::uint16_t>(0x21) +
                               le(m.crc.value_or(checksum(m.data))) + le(m.packed.value_or(static_cast<std::uint32_t>(m.data.size()))) +
                               le(m.size.value_or(static_cast<std::uint32_t>(m.data.size()))) +
                               le(static_cast<std::uint16_t>(m.name.size())) + le<std::uint16_t>(0);
    directory += "PK\x01\x02" + le<std::uint16_t>(20) + le<std::uint16_t>(20) + shared + std::string(10, '\0') +
                 le(static_cast<std::uint32_t>(out.size())) + m.name;
    out += "PK\x03\x04" + le<std::uint16_t>(20) + shared + m.name + m.data;
  }
  const auto n = static_cast<std::uint16_t>(members.size());
  return out + directory + "PK\x05\x06" + std::string(4, '\0') + le(n) + le(n) + le(static_cast<std::uint32_t>(directory.size())) +
         le(static_cast<std::uint32_t>(out.size())) + std::string(2, '\0');
}

struct Npz : ::testing::Test {
  TempFolder folder;
  std::string refusal(const std::string& bytes, const std::string& array = "x") {
    const auto path = folder.write("a.npz", bytes);
    const auto message = errorOf([&] { NpzReader(path).doubles(array); });
    EXPECT_THAT(message, HasSubstr(path));
    return message;
  }
};

}  // namespace

TEST_F(Npz, RoundTripsEveryType) {
  const auto path = folder.file("a.npz");
  const std::vector<float> f{1.5f, -2, 0.1f, 4, 5, 6};
  const std::vector<double> d{0.1, 1e300};
  const std::vector<std::int64_t> l{1, std::int64_t{1} << 60};
  const std::vector<std::int32_t> i{-7};
  NpzWriter w(path);
  w.add("melt/x", f, {3, 2});
  w.add("d", d, {2});
  w.add("l", l, {2, 1});
  w.add("i", i, {});
  w.addText("meta", "{\"name\": \"caf\u00e9 \U0001D6FC\"}");
  w.addText("none", "");
  w.add("empty", std::span<const float>(), {0, 5});
  EXPECT_FALSE(std::filesystem::exists(path));
  w.commit();
  const NpzReader r(path);
  ASSERT_EQ(r.arrays().size(), 7u);
  EXPECT_EQ(r.arrays()[0].name, "melt/x");
  EXPECT_THAT(r.shape("melt/x"), ElementsAre(3, 2));
  EXPECT_EQ(r.info("melt/x").dtype, "<f4");
  EXPECT_EQ(r.floats("melt/x"), f);
  EXPECT_EQ(r.doubles("d"), d);
  EXPECT_EQ(r.int64s("l"), l);
  EXPECT_THAT(r.int64s("i"), ElementsAre(-7));
  EXPECT_TRUE(r.shape("i").empty());
  EXPECT_EQ(r.text("meta"), "{\"name\": \"caf\u00e9 \U0001D6FC\"}");
  EXPECT_EQ(r.text("none"), "");
  EXPECT_TRUE(r.floats("empty").empty());
  EXPECT_EQ(r.floats("melt/x"), f);  // a second time
  EXPECT_NO_THROW(r.expectShape("melt/x", {-1, 2}));
  EXPECT_THAT(errorOf([&] { r.expectShape("melt/x", {-1, 3}); }), HasSubstr("array \"melt/x\": has the shape (3, 2); needed: (any, 3)"));
  EXPECT_THAT(errorOf([&] { r.floats("xs"); }), HasSubstr("has no array \"xs\"; it has melt/x, d, l, i, meta, none, empty"));
  EXPECT_THAT(errorOf([&] { r.floats("meta"); }), HasSubstr("holds text"));
  EXPECT_THAT(errorOf([&] { r.text("d"); }), HasSubstr("holds numbers"));
}

TEST_F(Npz, PiecesGiveTheSameBytesAsAWholeAndTheSameDataTheSameFile) {
  std::vector<float> v(7 * 100'000);
  std::iota(v.begin(), v.end(), 0.0f);
  NpzWriter whole(folder.file("a.npz"));
  whole.add("x", v, {7, 100'000});
  whole.commit();
  NpzWriter pieces(folder.file("b.npz"));
  pieces.begin<float>("x", {7, 100'000});
  for (std::size_t k = 0; k < 7; ++k) pieces.append(std::span<const float>(v).subspan(k * 100'000, 100'000));
  pieces.commit();
  EXPECT_EQ(bytesOf(folder.file("a.npz")), bytesOf(folder.file("b.npz")));
  EXPECT_EQ(NpzReader(folder.file("b.npz")).floats("x"), v);
}

TEST_F(Npz, TheWriterRefusesMisuseAndLeavesNothing) {
  const std::vector<float> v{1, 2, 3};
  const std::vector<double> d{1};
  {
    NpzWriter w(folder.file("a.npz"));
    w.add("x", v, {3});
    EXPECT_THAT(errorOf([&] { w.add("x", v, {3}); }), HasSubstr("this name was used before"));
    EXPECT_THAT(errorOf([&] { w.add("y", v, {2}); }), HasSubstr("does not hold 3 values"));
    EXPECT_THAT(errorOf([&] { w.add("../y", v, {3}); }), HasSubstr("path out of the archive"));
    EXPECT_THAT(errorOf([&] { w.addText("m", "\xFF"); }), HasSubstr("not valid UTF-8"));
    EXPECT_THAT(errorOf([&] { w.append(v); }), HasSubstr("without an array begun"));
    w.begin<float>("z", {4});
    EXPECT_THAT(errorOf([&] { w.append(d); }), HasSubstr("was begun as <f4 and gets <f8"));
    w.append(v);
    EXPECT_THAT(errorOf([&] { w.append(v); }), HasSubstr("more values than its shape holds"));
    EXPECT_THAT(errorOf([&] { w.commit(); }), HasSubstr("4 bytes short of its shape"));
  }
  EXPECT_EQ(folder.entries(), 0u);
}

TEST_F(Npz, AKilledWriterLeavesTheOldFile) {
  const std::vector<float> v(100'000, 1.0f);
  const auto path = folder.file("a.npz");
  NpzWriter w(path);
  w.add("x", v, {100'000});
  w.commit();
  const std::string before = bytesOf(path);
  EXPECT_EQ(inChild([&] {
              NpzWriter again(path);
              again.add("y", v, {100'000});
              ::raise(SIGKILL);
              return 0;
            }),
            1000 + SIGKILL);
  EXPECT_EQ(bytesOf(path), before);
}

TEST_F(Npz, ReadsWhatNumPyWrote) {
  const NpzReader r(golden("discrete_prp.npz"));
  EXPECT_GE(r.arrays().size(), 3u);
  const auto x = r.floats("x0");
  ASSERT_EQ(r.shape("x0").size(), 2u);
  EXPECT_EQ(x.size(), static_cast<std::size_t>(r.shape("x0")[0] * r.shape("x0")[1]));
  for (const float v : x) ASSERT_TRUE(std::isfinite(v));
  EXPECT_TRUE(r.has("melt/xs"));
}

TEST_F(Npz, AgreesWithNumPy) {
  if (!numpyHere()) GTEST_SKIP() << "no NumPy here";
  const std::vector<float> v{1, 2, 3, 4, 5, 6};
  NpzWriter w(folder.file("ours.npz"));
  w.add("melt/x", v, {3, 2});
  w.addText("meta", "{\"a\": \"\u00e9\"}");
  w.addText("none", "");
  w.add("g\u00e9", v, {6});
  w.commit();
  ASSERT_EQ(numpy(folder, R"(
import json, zipfile
f = np.load('ours.npz', allow_pickle=False)
assert zipfile.ZipFile('ours.npz').testzip() is None
assert sorted(f.files) == sorted(['melt/x', 'meta', 'none', 'g\u00e9']), f.files
assert f['melt/x'].dtype == np.float32 and f['melt/x'].tolist() == [[1, 2], [3, 4], [5, 6]]
assert f['meta'].shape == () and json.loads(str(f['meta'])) == {'a': '\u00e9'} and str(f['none']) == ''
big = np.zeros((300, 1000)); big[7] = 3
np.savez_compressed('z.npz', big=big, name=np.array('caf\u00e9'), raw=np.array(b'ab'))
np.savez('o.npz', a=np.zeros(3), b=np.array([None, {}], dtype=object))
np.savez('u.npz', np.arange(4))
)"),
            0);
  const NpzReader z(folder.file("z.npz"));
  const auto big = z.floats("big");
  EXPECT_EQ(std::accumulate(big.begin(), big.end(), 0.0), 3000);
  EXPECT_EQ(z.text("name"), "caf\u00e9");
  EXPECT_EQ(z.text("raw"), "ab");
  EXPECT_THAT(NpzReader(folder.file("u.npz")).int64s("arr_0"), ElementsAre(0, 1, 2, 3));
  const NpzReader o(folder.file("o.npz"));
  EXPECT_EQ(o.doubles("a").size(), 3u);
  EXPECT_THAT(errorOf([&] { o.doubles("b"); }),
              HasSubstr("array \"b\": holds pickled Python objects, which can run code when opened; pickled arrays are refused"));
}

TEST_F(Npz, TheHandMadeArchiveIsFineUntilItLies) {
  const std::string data = floatsNpy({1, 2, 3});
  EXPECT_THAT(NpzReader(folder.write("a.npz", zip({{}}))).doubles("x"), ElementsAre(1, 2, 3));
  // Deflate with one stored block.
  const auto n = static_cast<std::uint16_t>(data.size());
  Member deflated;
  deflated.data = "\x01" + le(n) + le(static_cast<std::uint16_t>(~n)) + data;
  deflated.method = 8, deflated.size = n, deflated.crc = checksum(data);
  EXPECT_THAT(NpzReader(folder.write("a.npz", zip({deflated}))).doubles("x"), ElementsAre(1, 2, 3));
  deflated.size = n + 4;
  EXPECT_THAT(refusal(zip({deflated})), HasSubstr("4 bytes more than its header"));
  // The header asks for what the directory admits, but the stream is shorter.
  const std::string longer = npyHeader("<f4", {4}) + data.substr(data.size() - 12);
  Member shorter = deflated;
  shorter.data = "\x01" + le(n) + le(static_cast<std::uint16_t>(~n)) + longer;
  shorter.crc = checksum(longer);
  EXPECT_THAT(refusal(zip({shorter})), HasSubstr("truncated"));
}

TEST_F(Npz, DamageIsFound) {
  Member wrong;
  wrong.crc = 12345;
  EXPECT_THAT(refusal(zip({wrong})), HasSubstr("array \"x\": is damaged: the checksum does not match"));
  const std::string good = zip({{}, {"y.npy"}});
  std::string flipped = good;
  flipped[140] ^= 1;
  EXPECT_THAT(refusal(flipped), AnyOf(HasSubstr("checksum"), HasSubstr("damaged")));
  for (std::size_t n = 0; n < good.size(); n += 3) EXPECT_FALSE(refusal(good.substr(0, n)).empty()) << n;
}

TEST_F(Npz, ForeignFilesAreRefused) {
  EXPECT_THAT(refusal(""), HasSubstr("is empty"));
  EXPECT_THAT(refusal("x"), HasSubstr("is not an npz archive"));
  EXPECT_THAT(refusal(floatsNpy({1})), HasSubstr("is a single .npy array"));
  EXPECT_THAT(refusal("\x80\x04\x95 a pickle"), HasSubstr("is a Python pickle"));
  EXPECT_THAT(refusal("\x89PNG\r\n\x1a\n"), HasSubstr("is not an npz archive"));
  EXPECT_THAT(refusal("PK\x03\x04" + std::string(100, 'x')), HasSubstr("truncated or damaged"));
  EXPECT_THAT(refusal(zip({{"readme.txt", "hello"}})), HasSubstr("holds no arrays"));
  EXPECT_THAT(refusal(zip({})), AnyOf(HasSubstr("holds no arrays"), HasSubstr("damaged")));
  EXPECT_THAT(errorOf([&] { NpzReader r(folder.file("none.npz")); }), HasSubstr("there is no such file"));
  EXPECT_THAT(errorOf([&] { NpzReader r(folder.path()); }), HasSubstr("is a folder"));
}

TEST_F(Npz, AClaimOfTerabytesIsRefusedBeforeMemoryIsTaken) {
  Member m;
  m.data = npyHeader("<f8", {1'000'000'000'000});
  EXPECT_THAT(refusal(zip({m})), HasSubstr("needs 8000000000000 bytes"));
  m.size = 0xFFFFFFF0;  // stored, yet larger than its bytes
  EXPECT_THAT(refusal(zip({m})), HasSubstr("claims 4294967280 bytes out of"));
  m.method = 8;  // no deflate stream packs like this
  EXPECT_THAT(refusal(zip({m})), HasSubstr("claims 4294967280 bytes out of"));
  m.method = 0, m.packed = 0xFFFFFFF0;
  EXPECT_THAT(refusal(zip({m})), HasSubstr("claims"));
  // The limit of the caller.
  const auto path = folder.write("b.npz", zip({{"x.npy", floatsNpy(std::vector<float>(100))}}));
  EXPECT_THAT(errorOf([&] { NpzReader(path, 300).floats("x"); }), HasSubstr("asks for 400 bytes of memory; at most 300"));
  EXPECT_NO_THROW(NpzReader(path, 400).floats("x"));
}

namespace {

std::string header(const std::string& descr, const std::string& shape) {
  std::string text = "{'descr': " + descr + ", 'fortran_order': False, 'shape': " + shape + ", }";
  text.append(117 - text.size() % 64 + 64, ' ');
  text += '\n';
  return std::string("\x93NUMPY\x01\x00", 8) + le(static_cast<std::uint16_t>(text.size())) + text;
}

/// `zeros` times as many zeros after the header of as many bytes, deflated.
Member inflating(std::size_t zeros) {
  const std::string data = npyHeader("|u1", {static_cast<std::int64_t>(zeros)}) + std::string(zeros, '\0');
  uLongf n = compressBound(static_cast<uLong>(data.size()));
  std::string packed(n, '\0');
  compress2(reinterpret_cast<Bytef*>(packed.data()), &n, reinterpret_cast<const Bytef*>(data.data()), static_cast<uLong>(data.size()), 9);
  Member m;
  m.name = "zeros.npy";
  m.data = packed.substr(2, n - 6);  // without the frame of zlib
  m.method = 8, m.size = static_cast<std::uint32_t>(data.size()), m.crc = checksum(data);
  return m;
}

}  // namespace

TEST_F(Npz, WhatCannotBeReadStandsInNobodysWay) {
  struct Beside {
    const char *descr, *bytes, *reason, *hint;
  };
  for (const Beside& beside : {Beside{"'|O'", "\x80\x03cos", "pickled Python objects", "numpy.asarray"},
                               {"'<M8[ns]'", "12345678", "'<M8[ns]'", "These are dates"},
                               {"'<m8[s]'", "12345678", "'<m8[s]'", "spans of time"},
                               {"'<c16'", "1234567812345678", "'<c16'", "complex numbers"},
                               {"'<f16'", "1234567812345678", "'<f16'", "double precision"},
                               {"'|V8'", "12345678", "'|V8'", "plain numbers"},
                               {"[('a', '<f4'), ('b', '<f4')]", "12345678", "structured array", "structured_to_unstructured"}}) {
    SCOPED_TRACE(beside.descr);
    const NpzReader r(folder.write("a.npz", zip({{"odd.npy", header(beside.descr, "()") + beside.bytes}, {}})));
    EXPECT_THAT(r.doubles("x"), ElementsAre(1, 2, 3));
    ASSERT_EQ(r.arrays().size(), 1u);
    ASSERT_EQ(r.unreadable().size(), 1u);
    EXPECT_EQ(r.unreadable()[0].first, "odd");
    EXPECT_THAT(r.unreadable()[0].second, ::testing::Not(HasSubstr("\"odd\""))) << "the name stands beside it";
    EXPECT_TRUE(r.has("odd"));
    const auto message = errorOf([&] { r.doubles("odd"); });
    EXPECT_THAT(message, HasSubstr("array \"odd\": "));
    EXPECT_THAT(message, HasSubstr(beside.reason));
    EXPECT_THAT(message, HasSubstr(beside.hint));
    // Alone, it is what the file is refused for.
    EXPECT_THAT(refusal(zip({{"odd.npy", header(beside.descr, "()") + beside.bytes}})), HasSubstr(beside.reason));
  }
}

TEST_F(Npz, WhatMacOSAddsIsPassedOver) {
  const std::string fork(64, '\x05');
  const NpzReader r(folder.write("a.npz", zip({{"./x.npy"}, {"__MACOSX/._x.npy", fork}, {"sub/._y.npy", fork}, {".DS_Store", fork}})));
  ASSERT_EQ(r.arrays().size(), 1u);
  EXPECT_TRUE(r.unreadable().empty());
  EXPECT_THAT(r.doubles("x"), ElementsAre(1, 2, 3));
  EXPECT_THAT(refusal(zip({{"./x.npy"}, {"x.npy"}})), AnyOf(HasSubstr("appears more than once"), HasSubstr("damaged")));
}

TEST_F(Npz, WhatInflatesTooMuchIsRefused) {
  const Member small = inflating(1 << 20), big = inflating(70u << 20);
  ASSERT_LT(big.data.size() * 900, 70u << 20) << "it is packed by deflate's best";
  EXPECT_EQ(NpzReader(folder.write("a.npz", zip({small}))).int64s("zeros").size(), 1u << 20);
  EXPECT_THAT(refusal(zip({big}), "zeros"), HasSubstr("times as many; allowed: 64 MiB, or 100 times as many"));
  // Beside enough that does not inflate, only the one array is in doubt.
  Member plain;
  plain.data = floatsNpy(std::vector<float>(200'000, 1.0f));
  const NpzReader r(folder.write("b.npz", zip({plain, big})));
  EXPECT_EQ(r.floats("x").size(), 200'000u);
  EXPECT_THAT(errorOf([&] { r.int64s("zeros"); }), HasSubstr("array \"zeros\": unpacks from "));
  // Many that each are small enough.
  std::vector<Member> many(70, small);
  for (std::size_t i = 0; i < many.size(); ++i) many[i].name = "zeros" + std::to_string(i) + ".npy";
  EXPECT_THAT(refusal(zip(many)), HasSubstr("a.npz: unpacks from "));
}

TEST_F(Npz, ADirectoryOfBillionsOfEntriesIsRefused) {
  const std::string good = zip({{}});
  const std::uint64_t many = std::uint64_t{1} << 33, start = good.size() - 22;
  const std::string end64 = "PK\x06\x06" + le<std::uint64_t>(44) + le<std::uint16_t>(45) + le<std::uint16_t>(45) + std::string(8, '\0') +
                            le(many) + le(many) + le<std::uint64_t>(51) + le<std::uint64_t>(start - 51);
  const std::string locator = "PK\x06\x07" + std::string(4, '\0') + le(start) + le<std::uint32_t>(1);
  const std::string end = "PK\x05\x06" + std::string(4, '\0') + le<std::uint16_t>(0xFFFF) + le<std::uint16_t>(0xFFFF) +
                          le<std::uint32_t>(51) + le<std::uint32_t>(0xFFFFFFFF) + std::string(2, '\0');
  EXPECT_THAT(refusal(good.substr(0, start) + end64 + locator + end), HasSubstr("claims 8589934592 arrays"));
}

TEST_F(Npz, MoreArraysThanThePlainZipFormatCounts) {
  NpzWriter w(folder.file("a.npz"));
  constexpr std::int64_t many = 65'540;
  for (std::int64_t i = 0; i < many; ++i) w.add("a" + std::to_string(i), std::span<const std::int64_t>(&i, 1), {});
  w.commit();
  const NpzReader r(folder.file("a.npz"));
  EXPECT_EQ(r.arrays().size(), static_cast<std::size_t>(many));
  EXPECT_THAT(r.int64s("a65539"), ElementsAre(65539));
}

TEST_F(Npz, NamesThatArePathsOrTwinsAreRefused) {
  for (const char* name : {"../x.npy", "/etc/x.npy", "a/../x.npy", "a//x.npy", "a\\x.npy", "C:x.npy", "a/./x.npy"})
    EXPECT_THAT(refusal(zip({{name}})), HasSubstr("path out of the archive")) << name;
  EXPECT_THAT(refusal(zip({{"a\nb.npy"}})), HasSubstr("control character"));
  EXPECT_THAT(refusal(zip({{}, {}})), AnyOf(HasSubstr("appears more than once"), HasSubstr("damaged")));
  Member locked;
  locked.flags = 1;
  EXPECT_THAT(refusal(zip({locked})), HasSubstr("is encrypted"));
  Member odd;
  odd.method = 12;
  EXPECT_THAT(refusal(zip({odd})), HasSubstr("compression method 12; allowed: stored, deflated"));
}
