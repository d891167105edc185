// The user's own points. Specification 2.1 (standardisation), ux.md section 2 item 1.
#include <algorithm>
#include <cmath>
#include <filesystem>
#include <functional>
#include <limits>

#include "core/api/number_text.h"
#include "core/api/points.h"
#include "core/io/csv.h"
#include "core/io/npz.h"

namespace inflaton {
namespace {

constexpr std::int64_t kMinColumns = 2, kMaxColumns = kMostToyDims, kMinRows = 3;

/// Points as the file has them, and how to name a place in it.
struct RawPoints {
  std::int64_t rows = 0, columns = 0;
  std::vector<double> values;
  std::vector<std::int64_t> labels;                  ///< may be empty
  std::function<std::string(std::int64_t)> rowName;  ///< "row 7" or "line 9"
  std::vector<std::string> names;                    ///< of the columns; may be empty
  std::string columnName(std::int64_t j) const {
    return "column " + std::to_string(j + 1) + (names.empty() ? "" : " (" + names[static_cast<std::size_t>(j)] + ")");
  }
};

void checkShape(std::int64_t rows, std::int64_t columns, const std::string& where) {
  if (columns < kMinColumns || columns > kMaxColumns)
    throwBadFile(where, "has " + std::to_string(columns) + " columns; allowed: " + std::to_string(kMinColumns) + " to " +
                            std::to_string(kMaxColumns));
  if (rows < kMinRows) throwBadFile(where, "has " + std::to_string(rows) + " rows; needed: at least " + std::to_string(kMinRows));
}

void checkArray(const ArrayInfo& info, const std::string& where) {
  if (!info.isFloat() && !info.isInteger()) throwBadFile(where, "holds text (" + info.dtype + "); needed: numbers");
  if (info.shape.size() != 2)
    throwBadFile(where, "has the shape " + shapeText(info.shape) + "; needed: (rows, columns) with 2 to " + std::to_string(kMaxColumns) +
                            " columns");
  checkShape(info.shape[0], info.shape[1], where);
}

std::string rowNumber(std::int64_t i) { return "row " + std::to_string(i + 1); }

RawPoints fromCsv(const std::string& path) {
  Table table = readCsv(path);
  checkShape(table.rows, table.columns, path);
  return {table.rows,
          table.columns,
          std::move(table.values),
          {},
          [lines = std::move(table.lines)](std::int64_t i) { return "line " + std::to_string(lines[static_cast<std::size_t>(i)]); },
          std::move(table.names)};
}

RawPoints fromNpy(const std::string& path) {
  checkArray(readNpyInfo(path), path);
  auto array = readNpy<double>(path);
  return {array.info.shape[0], array.info.shape[1], std::move(array.values), {}, rowNumber, {}};
}

/// "x", else "data", else the first 2-D array of floats.
const ArrayInfo& choosePoints(const NpzReader& npz) {
  for (const char* name : {"x", "data"})
    if (npz.has(name)) return npz.info(name);
  for (const auto& info : npz.arrays())
    if (info.isFloat() && info.shape.size() == 2) return info;
  std::string there;
  for (const auto& info : npz.arrays()) there += (there.empty() ? "" : ", ") + info.name + " " + shapeText(info.shape);
  throwBadFile(npz.path(), "has no array \"x\" or \"data\" and no 2-D array of floats; it has " + there.substr(0, 400));
}

RawPoints fromNpz(const std::string& path) {
  const NpzReader npz(path);
  const ArrayInfo& info = choosePoints(npz);
  checkArray(info, path + ", array \"" + info.name + "\"");
  RawPoints raw{info.shape[0], info.shape[1], npz.doubles(info.name), {}, rowNumber, {}};
  if (npz.has("labels")) {
    npz.expectShape("labels", {raw.rows});
    raw.labels = npz.int64s("labels");
    for (std::size_t i = 0; i < raw.labels.size(); ++i)
      if (raw.labels[i] != static_cast<std::int32_t>(raw.labels[i]))
        throwBadFile(path + ", array \"labels\"",
                     rowNumber(static_cast<std::int64_t>(i)) + " holds " + std::to_string(raw.labels[i]) + "; allowed: 32-bit integers");
  }
  return raw;
}

RawPoints readRaw(const std::string& path) {
  std::string ending = std::filesystem::path(path).extension().string();
  std::transform(ending.begin(), ending.end(), ending.begin(), [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  if (ending == ".npy") return fromNpy(path);
  if (ending == ".npz") return fromNpz(path);
  if (ending == ".csv" || ending == ".tsv" || ending == ".txt" || ending == ".dat") return fromCsv(path);
  throw Error(ErrorCode::usage, "data_file is \"" + path + "\"; allowed endings: .csv (also .tsv, .txt, .dat), .npy, .npz");
}

/// Points become float32, so that must hold them too.
void checkFinite(const RawPoints& raw, const std::string& path) {
  for (std::int64_t i = 0; i < raw.rows; ++i)
    for (std::int64_t j = 0; j < raw.columns; ++j) {
      const double v = raw.values[static_cast<std::size_t>(i * raw.columns + j)];
      if (!std::isfinite(v) || std::abs(v) > std::numeric_limits<float>::max())
        throwBadFile(path,
                     raw.rowName(i) + ", " + raw.columnName(j) + " holds " + numberText(v) + "; allowed: finite numbers up to 3.4e38");
    }
}

/// Mean 0 and population standard deviation 1, in float64.
void standardizeColumn(const RawPoints& raw, std::int64_t j, double& offset, double& scale, const std::string& path) {
  const auto at = [&](std::int64_t i) { return raw.values[static_cast<std::size_t>(i * raw.columns + j)]; };
  double sum = 0, squares = 0, largest = 0;
  for (std::int64_t i = 0; i < raw.rows; ++i) sum += at(i), largest = std::max(largest, std::abs(at(i)));
  const double mean = sum / static_cast<double>(raw.rows);
  for (std::int64_t i = 0; i < raw.rows; ++i) squares += (at(i) - mean) * (at(i) - mean);
  const double sd = std::sqrt(squares / static_cast<double>(raw.rows));
  // Below this a spread is rounding error of the file's own numbers.
  if (!(sd > 1e-12 * largest))
    throwBadFile(path, raw.columnName(j) + " has the same value " + numberText(at(0)) + " in every row and cannot be standardised",
                 "Leave the column out, or turn standardisation off.");
  offset = mean, scale = sd;
}

}  // namespace

PointSet loadPoints(const std::string& path, bool standardize) {
  const RawPoints raw = readRaw(path);
  checkFinite(raw, path);
  PointSet points;
  points.name = std::filesystem::path(path).stem().string();
  points.n = raw.rows;
  points.dim = static_cast<int>(raw.columns);
  points.offset.assign(static_cast<std::size_t>(raw.columns), 0.0);
  points.scale.assign(static_cast<std::size_t>(raw.columns), 1.0);
  if (standardize)
    for (std::size_t j = 0; j < points.offset.size(); ++j)
      standardizeColumn(raw, static_cast<std::int64_t>(j), points.offset[j], points.scale[j], path);
  points.values.resize(raw.values.size());
  for (std::size_t i = 0; i < raw.values.size(); ++i) {
    const std::size_t j = i % points.offset.size();
    points.values[i] = static_cast<float>((raw.values[i] - points.offset[j]) / points.scale[j]);
  }
  points.labels.resize(static_cast<std::size_t>(raw.rows), 0);
  std::transform(raw.labels.begin(), raw.labels.end(), points.labels.begin(), [](std::int64_t v) { return static_cast<std::int32_t>(v); });
  return points;
}

}  // namespace inflaton
