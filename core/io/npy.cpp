#include "core/io/npy.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstring>
#include <limits>
#include <type_traits>

#include "core/api/number_text.h"
#include "core/io/atomic_file.h"
#include "core/io/half.h"

namespace inflaton {
namespace {

static_assert(std::endian::native == std::endian::little, "the writers store memory as it is");

constexpr std::size_t kChunkBytes = 1 << 20;

template <class Raw>
Raw load(const std::byte* at, bool bigEndian) {
  std::array<std::byte, sizeof(Raw)> bytes;
  std::memcpy(bytes.data(), at, sizeof(Raw));
  if (bigEndian) std::reverse(bytes.begin(), bytes.end());
  return std::bit_cast<Raw>(bytes);
}

template <class T, class Raw>
T convert(Raw v, const std::string& where) {
  if constexpr (std::is_floating_point_v<T>) {
    return static_cast<T>(v);
  } else if constexpr (std::is_floating_point_v<Raw>) {
    // 2^63 is exact in double; the comparison is false for NaN.
    const double d = static_cast<double>(v);
    if (!(d >= -0x1p63 && d < 0x1p63) || d != std::floor(d))
      throwBadFile(where, "holds " + numberText(d, 9) + " where whole numbers are needed");
    return static_cast<T>(d);
  } else {
    if constexpr (std::is_unsigned_v<Raw> && sizeof(Raw) == 8)
      if (v > static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max()))
        throwBadFile(where, "holds " + std::to_string(v) + ", too large for a 64-bit signed integer");
    return static_cast<T>(v);
  }
}

/// Reads chunk by chunk and hands each value over in file order.
template <class Raw, class T, class Decode>
void readAs(const ArrayInfo& info, const ByteReader& read, const std::string& where, std::vector<T>& out, Decode decode) {
  out.resize(static_cast<std::size_t>(info.count));
  const bool direct = std::is_same_v<Raw, T> && !info.bigEndian;
  if (direct) {
    const std::size_t bytes = out.size() * sizeof(T);
    if (read(out.data(), bytes) != bytes) throwBadFile(where, "is truncated");
    return;
  }
  std::vector<std::byte> chunk(std::min<std::size_t>(kChunkBytes, out.size() * sizeof(Raw)));
  for (std::size_t done = 0; done < out.size();) {
    const std::size_t n = std::min(out.size() - done, kChunkBytes / sizeof(Raw));
    if (read(chunk.data(), n * sizeof(Raw)) != n * sizeof(Raw)) throwBadFile(where, "is truncated");
    for (std::size_t i = 0; i < n; ++i)
      out[done + i] = convert<T>(decode(load<Raw>(chunk.data() + i * sizeof(Raw), info.bigEndian)), where);
    done += n;
  }
}

template <class Raw, class T>
void readAs(const ArrayInfo& info, const ByteReader& read, const std::string& where, std::vector<T>& out) {
  readAs<Raw>(info, read, where, out, [](Raw v) { return v; });
}

/// First index fastest -> last index fastest.
template <class T>
std::vector<T> toCOrder(const std::vector<T>& fortran, const std::vector<std::int64_t>& shape) {
  std::vector<T> out(fortran.size());
  std::vector<std::int64_t> index(shape.size(), 0);
  for (std::size_t from = 0; from < fortran.size(); ++from) {
    std::int64_t to = 0;
    for (std::size_t k = 0; k < shape.size(); ++k) to = to * shape[k] + index[k];
    out[static_cast<std::size_t>(to)] = fortran[from];
    for (std::size_t k = 0; k < shape.size() && ++index[k] == shape[k]; ++k) index[k] = 0;
  }
  return out;
}

std::string bytesText(std::uint64_t bytes) {
  const double gib = static_cast<double>(bytes) / (1 << 30);
  return gib >= 0.1 ? numberText(std::round(gib * 10) / 10, 9) + " GiB" : std::to_string(bytes) + " bytes";
}

void checkLimit(std::uint64_t bytes, const std::string& where, std::uint64_t limit) {
  if (bytes > limit) throwBadFile(where, "asks for " + bytesText(bytes) + " of memory; at most " + bytesText(limit) + " are allowed");
}

ByteReader readerOf(InputFile& file) {
  return [&file](void* into, std::size_t n) { return file.readSome(into, n); };
}

void appendUtf8(std::string& out, std::uint32_t c) {
  if (c < 0x80) {
    out += static_cast<char>(c);
  } else if (c < 0x800) {
    out += {static_cast<char>(0xC0 | c >> 6), static_cast<char>(0x80 | (c & 63))};
  } else if (c < 0x10000) {
    out += {static_cast<char>(0xE0 | c >> 12), static_cast<char>(0x80 | (c >> 6 & 63)), static_cast<char>(0x80 | (c & 63))};
  } else {
    out += {static_cast<char>(0xF0 | c >> 18), static_cast<char>(0x80 | (c >> 12 & 63)), static_cast<char>(0x80 | (c >> 6 & 63)),
            static_cast<char>(0x80 | (c & 63))};
  }
}

}  // namespace

template <class T>
std::vector<T> readNpyValues(const ArrayInfo& info, const ByteReader& read, const std::string& where, std::uint64_t byteLimit) {
  if (info.kind == 'U' || info.kind == 'S') throwBadFile(where, "holds text (" + info.dtype + ") where numbers are needed");
  // The reordering of a Fortran array needs a second copy.
  const std::uint64_t copies = info.fortranOrder && info.shape.size() > 1 ? 2 : 1;
  checkLimit(static_cast<std::uint64_t>(info.count) * std::max(sizeof(T) * copies, info.itemSize), where, byteLimit);
  std::vector<T> out;
  const auto code = [&](char kind, std::size_t size) { return info.kind == kind && info.itemSize == size; };
  if (code('f', 4))
    readAs<float>(info, read, where, out);
  else if (code('f', 8))
    readAs<double>(info, read, where, out);
  else if (code('f', 2))
    readAs<std::uint16_t>(info, read, where, out, [](std::uint16_t h) { return floatFromHalf(h); });
  else if (code('i', 8))
    readAs<std::int64_t>(info, read, where, out);
  else if (code('i', 4))
    readAs<std::int32_t>(info, read, where, out);
  else if (code('i', 2))
    readAs<std::int16_t>(info, read, where, out);
  else if (code('i', 1))
    readAs<std::int8_t>(info, read, where, out);
  else if (code('u', 8))
    readAs<std::uint64_t>(info, read, where, out);
  else if (code('u', 4))
    readAs<std::uint32_t>(info, read, where, out);
  else if (code('u', 2))
    readAs<std::uint16_t>(info, read, where, out);
  else if (code('u', 1))
    readAs<std::uint8_t>(info, read, where, out);
  else if (code('b', 1))
    readAs<std::uint8_t>(info, read, where, out, [](std::uint8_t b) { return std::uint8_t{b != 0}; });
  else
    throwBadFile(where, "has the unsupported type " + info.dtype);
  return copies == 2 ? toCOrder(out, info.shape) : out;
}
template std::vector<float> readNpyValues(const ArrayInfo&, const ByteReader&, const std::string&, std::uint64_t);
template std::vector<double> readNpyValues(const ArrayInfo&, const ByteReader&, const std::string&, std::uint64_t);
template std::vector<std::int64_t> readNpyValues(const ArrayInfo&, const ByteReader&, const std::string&, std::uint64_t);

std::string readNpyText(const ArrayInfo& info, const ByteReader& read, const std::string& where, std::uint64_t byteLimit) {
  if (info.kind != 'U' && info.kind != 'S') throwBadFile(where, "holds numbers (" + info.dtype + ") where text is needed");
  if (info.count != 1) throwBadFile(where, "has the shape " + shapeText(info.shape) + " where a single text is needed");
  checkLimit(2 * info.bytes(), where, byteLimit);
  std::vector<std::byte> raw(info.itemSize);
  if (read(raw.data(), raw.size()) != raw.size()) throwBadFile(where, "is truncated");
  std::string text;
  if (info.kind == 'S') {
    text.assign(reinterpret_cast<const char*>(raw.data()), raw.size());
  } else {
    for (std::size_t i = 0; i < raw.size(); i += 4) {
      const auto c = load<std::uint32_t>(raw.data() + i, info.bigEndian);
      if (c > 0x10FFFF || (c >= 0xD800 && c < 0xE000)) throwBadFile(where, "holds an invalid character");
      appendUtf8(text, c);
    }
  }
  text.resize(text.find_last_not_of('\0') + 1);  // NumPy pads with NULs
  return text;
}

ArrayInfo readNpyInfo(const std::string& path) {
  InputFile file(path);
  return readNpyHeader(readerOf(file), file.size(), path);
}

template <class T>
NpyArray<T> readNpy(const std::string& path, std::uint64_t byteLimit) {
  InputFile file(path);
  NpyArray<T> array{readNpyHeader(readerOf(file), file.size(), path), {}};
  array.values = readNpyValues<T>(array.info, readerOf(file), path, byteLimit);
  return array;
}
template NpyArray<float> readNpy(const std::string&, std::uint64_t);
template NpyArray<double> readNpy(const std::string&, std::uint64_t);
template NpyArray<std::int64_t> readNpy(const std::string&, std::uint64_t);

template <class T>
void writeNpy(const std::string& path, std::span<const T> values, const std::vector<std::int64_t>& shape) {
  checkShapeHolds(shape, values.size(), path);
  AtomicFile file(path);
  file.write(npyHeader(npyDtype<T>(), shape));
  file.write(std::as_bytes(values));
  file.commit();
}
template void writeNpy(const std::string&, std::span<const float>, const std::vector<std::int64_t>&);
template void writeNpy(const std::string&, std::span<const double>, const std::vector<std::int64_t>&);
template void writeNpy(const std::string&, std::span<const std::int64_t>, const std::vector<std::int64_t>&);
template void writeNpy(const std::string&, std::span<const std::int32_t>, const std::vector<std::int64_t>&);
template void writeNpy(const std::string&, std::span<const std::uint8_t>, const std::vector<std::int64_t>&);

}  // namespace inflaton
