#pragma once
// safetensors: u64 header size, JSON table of tensors, raw little-endian C-order bytes. No LibTorch here. ux.md section 3.
#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <span>
#include <string>
#include <vector>

#include "core/io/input_file.h"

namespace inflaton {

class AtomicFile;

// What a file may have. The format allows headers of 100 MB; the largest networks of the image half have 1000 tensors.
inline constexpr std::uint64_t kMostHeaderBytes = std::uint64_t{16} << 20;
inline constexpr std::size_t kMostTensors = 65536;

/// A row of the header's table.
struct TensorInfo {
  std::string dtype;                 ///< F64 F32 F16 BF16 I64 I32 I16 I8 U64 U32 U16 U8 BOOL F8_E5M2 F8_E4M3
  std::vector<std::int64_t> shape;   ///< empty: a single value
  std::uint64_t begin = 0, end = 0;  ///< bytes, counted from the end of the header
  std::int64_t count() const;        ///< product of the shape
};

struct SafetensorsHeader {
  std::map<std::string, std::string> metadata;  ///< "__metadata__"
  std::map<std::string, TensorInfo> tensors;
  std::uint64_t dataOffset = 0;  ///< where the tensors' bytes start in the file
};

/// One tensor with its bytes, C order, little-endian.
struct TensorData {
  std::string dtype;
  std::vector<std::int64_t> shape;
  std::vector<std::byte> bytes;
  static TensorData of(std::span<const float> values, std::vector<std::int64_t> shape);
  static TensorData of(std::span<const double> values, std::vector<std::int64_t> shape);
  static TensorData of(std::span<const std::int64_t> values, std::vector<std::int64_t> shape);
  /// From F64, F32, F16, BF16 and the integers; throws Error(failed) for others.
  std::vector<double> doubles() const;
  std::vector<float> floats() const;
};

struct SafetensorsFile {
  std::map<std::string, std::string> metadata;
  std::map<std::string, TensorData> tensors;
  /// Throws Error(failed) naming the tensors there are; `path` is for the message.
  const TensorData& tensor(const std::string& name, const std::string& path) const;
};

/// Bytes of one element; 0 for an unknown dtype.
std::size_t safetensorsItemSize(const std::string& dtype);

/// Header only, fully checked (sizes, ranges, overlaps, holes): no weights are read. Time and memory in proportion to the header, at
/// most 40 times its bytes. Throws Error(failed) naming file, tensor and reason.
SafetensorsHeader readSafetensorsHeader(const std::string& path);
/// Everything; at most byteLimit bytes of tensors.
SafetensorsFile readSafetensors(const std::string& path, std::uint64_t byteLimit = kDefaultByteLimit);

/// A file whose tensors are read one at a time, each straight to where it belongs.
class SafetensorsReader {
 public:
  /// Reads and checks the header; at most byteLimit bytes of tensors.
  explicit SafetensorsReader(std::string path, std::uint64_t byteLimit = kDefaultByteLimit);
  const std::string& path() const { return file_.path(); }
  const SafetensorsHeader& header() const { return header_; }
  /// Throws Error(failed) naming the tensors there are.
  const TensorInfo& info(const std::string& name) const;
  /// `into` has the size of the tensor in bytes.
  void read(const TensorInfo&, std::span<std::byte> into) const;

 private:
  InputFile file_;
  SafetensorsHeader header_;
};

/// A tensor to be written whose bytes are asked for when its turn comes, so that they need not be in memory together with all others.
struct TensorSource {
  std::string dtype;
  std::vector<std::int64_t> shape;
  std::function<void(AtomicFile&)> write;  ///< exactly the bytes that dtype and shape need
};

/// Atomically; the same content gives the same bytes. Throws Error(failed) for bytes that do not fit dtype and shape.
void writeSafetensors(const std::string& path, const SafetensorsFile& file);
void writeSafetensors(const std::string& path, const std::map<std::string, std::string>& metadata,
                      const std::map<std::string, TensorSource>& tensors);

}  // namespace inflaton
