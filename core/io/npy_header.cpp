// The header of an .npy: a short, closed piece of Python ("{'descr': '<f4', 'fortran_order': False, 'shape': (3, 4), }")
// that is parsed by hand, so that nothing else can be said in it.
#include <algorithm>
#include <charconv>
#include <cstring>
#include <optional>

#include "core/io/npy.h"
#include "core/io/shape.h"

namespace inflaton {
namespace {

constexpr std::size_t kMaxHeaderBytes = 1 << 20;
constexpr char kMagic[] = "\x93NUMPY";
constexpr const char* kPickleHint = "Save plain number arrays: numpy.asarray(x, dtype='float32') before numpy.save.";

class HeaderParser {
 public:
  HeaderParser(std::string_view text, const std::string& where) : text_(text), where_(where) {}

  void parse(ArrayInfo& info) {
    std::optional<std::string> dtype;
    std::optional<bool> fortran;
    std::optional<std::vector<std::int64_t>> shape;
    expect('{');
    while (!accept('}')) {
      const std::string key = string();
      expect(':');
      if (key == "descr" && !dtype)
        dtype = descr();
      else if (key == "fortran_order" && !fortran)
        fortran = boolean();
      else if (key == "shape" && !shape)
        shape = tuple();
      else
        bad("unexpected or repeated key '" + key + "'");
      if (!accept(',')) {
        expect('}');
        break;
      }
    }
    skip();
    if (at_ != text_.size()) bad("text after the dictionary");
    if (!dtype || !fortran || !shape) bad("'descr', 'fortran_order' or 'shape' is missing");
    info.dtype = *dtype, info.fortranOrder = *fortran, info.shape = *shape;
  }

 private:
  [[noreturn]] void bad(const std::string& what) const { throwBadFile(where_, "has a damaged .npy header (" + what + ")"); }
  void skip() {
    while (at_ < text_.size() && (text_[at_] == ' ' || text_[at_] == '\n' || text_[at_] == '\t' || text_[at_] == '\r')) ++at_;
  }
  char peek() {
    skip();
    return at_ < text_.size() ? text_[at_] : '\0';
  }
  bool accept(char c) {
    if (peek() != c) return false;
    ++at_;
    return true;
  }
  void expect(char c) {
    if (!accept(c)) bad(std::string("'") + c + "' expected");
  }
  std::string string() {
    const char quote = peek();
    if (quote != '\'' && quote != '"') bad("a quoted word expected");
    const auto end = text_.find(quote, ++at_);
    if (end == std::string_view::npos) bad("a quote is not closed");
    std::string word(text_.substr(at_, end - at_));
    if (word.size() > 64 || word.find('\\') != std::string::npos) bad("a strange word");
    at_ = end + 1;
    return word;
  }
  std::string descr() {
    if (peek() == '[')
      throwBadFile(where_, "is a structured array (records); only plain arrays of numbers or text can be read",
                   "numpy.lib.recfunctions.structured_to_unstructured(x) makes columns of its fields.");
    return string();
  }
  bool boolean() {
    skip();
    for (const bool value : {true, false}) {
      const std::string_view word = value ? "True" : "False";
      if (text_.substr(at_, word.size()) == word) return at_ += word.size(), value;
    }
    bad("True or False expected");
  }
  std::vector<std::int64_t> tuple() {
    std::vector<std::int64_t> shape;
    expect('(');
    while (!accept(')')) {
      skip();
      std::int64_t extent = 0;
      const auto [end, fault] = std::from_chars(text_.data() + at_, text_.data() + text_.size(), extent);
      if (fault == std::errc::result_out_of_range) bad("an extent of the shape is beyond 64 bits");
      if (fault != std::errc()) bad("a whole number expected in the shape");
      at_ = static_cast<std::size_t>(end - text_.data());
      if (at_ < text_.size() && text_[at_] == 'L') ++at_;  // Python 2
      shape.push_back(extent);
      if (shape.size() > kMaxDimensions) throwBadFile(where_, "has a shape of more than " + std::to_string(kMaxDimensions) + " dimensions");
      if (!accept(',')) {
        expect(')');
        break;
      }
    }
    return shape;
  }

  std::string_view text_;
  const std::string& where_;
  std::size_t at_ = 0;
};

/// What to do with an array of a kind that is no number.
const char* typeHint(char kind) {
  switch (kind) {
    case 'M':
      return "These are dates. Turn them into numbers: (x - x.min()) / numpy.timedelta64(1, 'D').";
    case 'm':
      return "These are spans of time. Turn them into numbers: x / numpy.timedelta64(1, 'D').";
    case 'c':
      return "These are complex numbers. Save their parts as columns: numpy.column_stack([x.real, x.imag]).";
    case 'f':
      return "Save it in double precision: x.astype('float64').";
    case 'V':
      return "These are bytes without a meaning. Save plain numbers.";
    default:
      return "";
  }
}

void readType(ArrayInfo& info, const std::string& where) {
  std::string_view d = info.dtype;
  const char order = d.empty() ? '\0' : d.front();
  if (order == '<' || order == '>' || order == '|' || order == '=') d.remove_prefix(1);
  const char kind = d.empty() ? '\0' : d.front();
  if (kind == 'O')
    throwBadFile(where, "holds pickled Python objects, which can run code when opened; pickled arrays are refused", kPickleHint);
  if (!d.empty()) d.remove_prefix(1);
  std::size_t size = 0;
  const auto [end, fault] = std::from_chars(d.data(), d.data() + d.size(), size);
  const auto any = [&](std::initializer_list<std::size_t> sizes) { return std::find(sizes.begin(), sizes.end(), size) != sizes.end(); };
  bool known = fault == std::errc() && end == d.data() + d.size();
  if (kind == 'f')
    known = known && any({2, 4, 8});
  else if (kind == 'i' || kind == 'u')
    known = known && any({1, 2, 4, 8});
  else if (kind == 'b')
    known = known && size == 1;
  else if (kind == 'U' || kind == 'S')
    known = known && size <= (std::size_t{1} << 40);
  else
    known = false;
  if (!known)
    throwBadFile(where, "has the type '" + info.dtype + "'; allowed: f2 f4 f8, i1 to i8, u1 to u8, b1 (numbers), U and S (text)",
                 typeHint(kind));
  info.kind = kind;
  info.itemSize = kind == 'U' ? 4 * size : size;
  info.bigEndian = order == '>';
}

void need(const ByteReader& read, void* into, std::size_t n, const std::string& where) {
  if (read(into, n) != n) throwBadFile(where, "is truncated inside the .npy header");
}

}  // namespace

ArrayInfo readNpyHeader(const ByteReader& read, std::uint64_t available, const std::string& where) {
  unsigned char start[8] = {};
  const std::size_t got = read(start, sizeof start);
  if (got == 0) throwBadFile(where, "is empty");
  if (std::memcmp(start, kMagic, std::min<std::size_t>(got, 6)) != 0) {
    if (start[0] == 0x80 && start[1] <= 5)
      throwBadFile(where, "is a Python pickle, which can run code when opened; pickled data are refused", kPickleHint);
    if (std::memcmp(start, "PK", 2) == 0)
      throwBadFile(where, "is a ZIP archive, not an .npy array", "If it is an npz, give it the ending .npz.");
    throwBadFile(where, "is not an .npy array (it does not start with \\x93NUMPY)");
  }
  if (got < sizeof start) throwBadFile(where, "is truncated inside the .npy header");
  const int version = start[6];
  if (version < 1 || version > 3 || start[7] != 0)
    throwBadFile(where,
                 "has the .npy format version " + std::to_string(version) + "." + std::to_string(start[7]) + "; allowed: 1.0, 2.0, 3.0");
  const std::size_t width = version == 1 ? 2 : 4;
  unsigned char length[4] = {};
  need(read, length, width, where);
  const std::size_t headerBytes = length[0] | length[1] << 8 | length[2] << 16 | static_cast<std::size_t>(length[3]) << 24;
  if (headerBytes > kMaxHeaderBytes || sizeof start + width + headerBytes > available)
    throwBadFile(where, "claims a header of " + std::to_string(headerBytes) + " bytes, more than there are");
  std::string text(headerBytes, '\0');
  need(read, text.data(), text.size(), where);

  ArrayInfo info;
  HeaderParser(text, where).parse(info);
  readType(info, where);
  info.count = checkedCount(info.shape, where);
  if (info.itemSize != 0 && static_cast<std::uint64_t>(info.count) > (std::uint64_t{1} << 62) / info.itemSize)
    throwBadFile(where, "has the absurd shape " + shapeText(info.shape));
  const std::uint64_t rest = available - sizeof start - width - headerBytes;
  if (info.bytes() > rest)
    throwBadFile(where, "is truncated: the shape " + shapeText(info.shape) + " of " + info.dtype + " needs " +
                            std::to_string(info.bytes()) + " bytes, and " + std::to_string(rest) + " follow the header");
  if (info.bytes() < rest) throwBadFile(where, "has " + std::to_string(rest - info.bytes()) + " bytes more than its header tells of");
  return info;
}

std::string npyHeader(const std::string& dtype, const std::vector<std::int64_t>& shape) {
  std::string text = "{'descr': '" + dtype + "', 'fortran_order': False, 'shape': " + shapeText(shape) + ", }";
  constexpr std::size_t preamble = 10;
  text.append(63 - (preamble + text.size()) % 64, ' ');
  text += '\n';
  std::string header(kMagic, 6);
  header += {'\x01', '\x00', static_cast<char>(text.size() & 0xFF), static_cast<char>(text.size() >> 8)};
  return header + text;
}

}  // namespace inflaton
