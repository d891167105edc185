#pragma once
// NumPy's .npz archives: named arrays in a ZIP. The reader treats the file as hostile; the writer streams, atomically,
// and the same data give the same bytes. What it writes opens with numpy.load(f, allow_pickle=False).
#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "core/io/npy.h"

namespace inflaton {

/// Members that inflate to more than 100 times their packed bytes are taken for an attack once they have more than 64 MiB, and so is an
/// archive whose members do together.
inline constexpr std::uint64_t kMostInflation = 100, kAlwaysInflated = std::uint64_t{64} << 20;

/// Opening reads the headers only; values are read when asked for. Not for use by several threads at once.
/// An array that cannot be read (pickled objects, dates, complex numbers, records, too much inflation) stands in nobody's way until it is
/// asked for. What macOS packs beside files (__MACOSX/, ._names) is passed over, and "./x.npy" is "x".
class NpzReader {
 public:
  /// byteLimit: memory that one array may take. Reading one takes at most 16 times its unpacked bytes.
  /// Throws Error(failed) naming file, array and reason.
  explicit NpzReader(const std::string& path, std::uint64_t byteLimit = kDefaultByteLimit);
  ~NpzReader();
  NpzReader(NpzReader&&) noexcept;
  NpzReader& operator=(NpzReader&&) noexcept;

  const std::string& path() const;
  const std::vector<ArrayInfo>& arrays() const;                                ///< those that can be read, in the file's order
  const std::vector<std::pair<std::string, std::string>>& unreadable() const;  ///< name and reason of the others
  bool has(const std::string& name) const;                                     ///< also one that cannot be read: asking for it tells why
  /// Throws Error(failed) listing the arrays there are when `name` is not one of them.
  const ArrayInfo& info(const std::string& name) const;
  const std::vector<std::int64_t>& shape(const std::string& name) const { return info(name).shape; }
  /// Throws Error(failed) unless the shape is `expected`; -1 matches any extent.
  void expectShape(const std::string& name, const std::vector<std::int64_t>& expected) const;

  // Values in C order, converted as readNpyValues says; the checksum is verified.
  std::vector<float> floats(const std::string& name) const;
  std::vector<double> doubles(const std::string& name) const;
  std::vector<std::int64_t> int64s(const std::string& name) const;
  std::string text(const std::string& name) const;  ///< a single U or S value, as UTF-8
  /// One block take(k, values) after another along the first axis, so that memory holds one of them (all, for Fortran order).
  void blocks(const std::string& name, const std::function<void(std::int64_t, std::span<const float>)>& take) const;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

/// Uncompressed archive, written as arrays are given; nothing shows under `path` before commit().
/// Names are unique, without ".npy"; '/' groups them ("melt/xs").
class NpzWriter {
 public:
  explicit NpzWriter(const std::string& path);
  ~NpzWriter();  ///< without commit(): discards
  NpzWriter(NpzWriter&&) noexcept;
  NpzWriter& operator=(NpzWriter&&) noexcept;

  // A whole array. Throws Error(failed) when the shape does not hold values.size() values, or when the disk is full.
  void add(const std::string& name, std::span<const float> values, const std::vector<std::int64_t>& shape);
  void add(const std::string& name, std::span<const double> values, const std::vector<std::int64_t>& shape);
  void add(const std::string& name, std::span<const std::int64_t> values, const std::vector<std::int64_t>& shape);
  void add(const std::string& name, std::span<const std::int32_t> values, const std::vector<std::int64_t>& shape);
  /// A 0-d unicode array.
  void addText(const std::string& name, const std::string& utf8);

  /// An array by pieces, so that [F, N, D] needs no second copy: begin<float>(name, shape), append(...) until full.
  /// T = float, double, std::int64_t, std::int32_t; every piece is of the type of begin.
  template <class T>
  void begin(const std::string& name, const std::vector<std::int64_t>& shape);
  void append(std::span<const float> values);
  void append(std::span<const double> values);
  void append(std::span<const std::int64_t> values);
  void append(std::span<const std::int32_t> values);

  /// Writes the directory, flushes, renames. Throws Error(failed) when an array begun is not full.
  void commit();

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace inflaton
