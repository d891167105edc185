#pragma once
// NumPy's .npy arrays (format versions 1 to 3): header, values, single files. Pickled objects are never read.
#include <cstddef>
#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <type_traits>
#include <vector>

#include "core/io/input_file.h"
#include "core/io/shape.h"

namespace inflaton {

/// What an array's header says. Values are always handed out in C order (last index fastest), whatever the file's order.
struct ArrayInfo {
  std::string name;                 ///< in an npz, without ".npy"; else empty
  std::string dtype;                ///< NumPy's: "<f4", "|b1", "<U12"
  std::vector<std::int64_t> shape;  ///< empty: a single value
  bool fortranOrder = false;
  char kind = 'f';           ///< f i u b, U (UCS-4 text) or S (bytes)
  std::size_t itemSize = 4;  ///< bytes
  bool bigEndian = false;
  std::int64_t count = 0;  ///< product of the shape
  bool isFloat() const { return kind == 'f'; }
  bool isInteger() const { return kind == 'i' || kind == 'u' || kind == 'b'; }
  std::uint64_t bytes() const { return static_cast<std::uint64_t>(count) * itemSize; }
};

/// Reads up to n bytes; fewer only at the end.
using ByteReader = std::function<std::size_t(void* into, std::size_t n)>;

/// Reads magic, version and header dictionary. `available` is the size of the whole .npy, `where` names it in messages.
/// Throws Error(failed) for foreign, truncated, pickled or structured data, absurd shapes, and sizes that do not match.
ArrayInfo readNpyHeader(const ByteReader& read, std::uint64_t available, const std::string& where);

/// The values behind a header, converted: any integer, float or bool of either endianness to T = float, double or int64_t.
/// To int64_t only whole numbers in range convert. Throws Error(failed), also when more than byteLimit bytes would be taken.
template <class T>
std::vector<T> readNpyValues(const ArrayInfo& info, const ByteReader& read, const std::string& where, std::uint64_t byteLimit);
/// A single text value (0-d or one element; U or S) as UTF-8.
std::string readNpyText(const ArrayInfo& info, const ByteReader& read, const std::string& where, std::uint64_t byteLimit);

/// One .npy file.
template <class T>
struct NpyArray {
  ArrayInfo info;
  std::vector<T> values;  ///< C order
};
ArrayInfo readNpyInfo(const std::string& path);
template <class T>  ///< T = float, double, std::int64_t
NpyArray<T> readNpy(const std::string& path, std::uint64_t byteLimit = kDefaultByteLimit);

/// NumPy's name of a C++ type.
template <class T>
constexpr const char* npyDtype() {
  if constexpr (std::is_same_v<T, float>) return "<f4";
  if constexpr (std::is_same_v<T, double>) return "<f8";
  if constexpr (std::is_same_v<T, std::int64_t>) return "<i8";
  if constexpr (std::is_same_v<T, std::int32_t>) return "<i4";
  if constexpr (std::is_same_v<T, std::uint8_t>) return "|u1";
}
/// Version 1.0 header, padded so that the values start at a multiple of 64 bytes.
std::string npyHeader(const std::string& dtype, const std::vector<std::int64_t>& shape);

/// Written atomically, little-endian, C order. T = float, double, std::int64_t, std::int32_t, std::uint8_t.
/// Throws Error(failed) when the shape does not hold values.size() values, or as AtomicFile.
template <class T>
void writeNpy(const std::string& path, std::span<const T> values, const std::vector<std::int64_t>& shape);
template <class T>
void writeNpy(const std::string& path, const std::vector<T>& values, const std::vector<std::int64_t>& shape) {
  writeNpy(path, std::span<const T>(values), shape);
}

}  // namespace inflaton
