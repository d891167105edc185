#include "core/data/raw_points.h"

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <limits>

#include "core/api/number_text.h"
#include "core/api/options.h"
#include "core/io/csv.h"
#include "core/io/npz.h"

namespace inflaton {
namespace {

constexpr std::int64_t kMinColumns = 2, kMaxColumns = kMostDims;

void checkShape(std::int64_t rows, std::int64_t columns, const std::string& where) {
  if (columns < kMinColumns || columns > kMaxColumns)
    throwBadFile(where, "has " + std::to_string(columns) + " columns; allowed: " + std::to_string(kMinColumns) + " to " +
                            std::to_string(kMaxColumns));
  if (rows < 1) throwBadFile(where, "has no rows");
}

void checkArray(const ArrayInfo& info, const std::string& where) {
  if (!info.isFloat() && !info.isInteger()) throwBadFile(where, "holds text (" + info.dtype + "); needed: numbers");
  if (info.shape.size() != 2)
    throwBadFile(
        where, "has the shape " + shapeText(info.shape) + "; needed: (rows, columns) with 2 to " + std::to_string(kMaxColumns) + " columns",
        info.shape.size() == 1 ? "Columns go side by side: numpy.column_stack([x, y])." : "");
  checkShape(info.shape[0], info.shape[1], where);
}

std::string rowNumber(std::int64_t i) { return "row " + std::to_string(i + 1); }

RawPoints sized(std::int64_t rows, std::int64_t columns) {
  RawPoints raw;
  raw.rows = rows, raw.columns = columns;
  raw.rowName = rowNumber;
  return raw;
}

RawPoints fromCsv(const std::string& path) {
  Table table = readCsv(path);
  checkShape(table.rows, table.columns, path);
  RawPoints raw = sized(table.rows, table.columns);
  raw.values = std::move(table.values), raw.classes = std::move(table.classes), raw.labels.assign(table.labels.begin(), table.labels.end());
  raw.names = std::move(table.names), raw.units = std::move(table.units), raw.notes = std::move(table.notes);
  raw.fileColumns = std::move(table.fileColumns);
  Table lines;
  lines.lines = std::move(table.lines);
  raw.rowName = [lines = std::move(lines)](std::int64_t i) { return "line " + std::to_string(lines.line(i)); };
  return raw;
}

RawPoints fromNpy(const std::string& path) {
  checkArray(readNpyInfo(path), path);
  auto array = readNpy<double>(path);
  RawPoints raw = sized(array.info.shape[0], array.info.shape[1]);
  raw.values = std::move(array.values);
  return raw;
}

bool isTable(const ArrayInfo& info) { return info.shape.size() == 2 && (info.isFloat() || info.isInteger()); }

std::string listed(const NpzReader& npz, const std::string& except) {
  std::string there;
  const auto add = [&](const std::string& name, const std::string& what) {
    if (name != except && there.size() < 400) there += (there.empty() ? "" : ", ") + name + " " + what;
  };
  for (const auto& info : npz.arrays()) add(info.name, info.isFloat() || info.isInteger() ? shapeText(info.shape) : "(text)");
  for (const auto& [name, reason] : npz.unreadable()) add(name, "(" + reason + ")");
  return there;
}

const ArrayInfo& choosePoints(const NpzReader& npz) {
  for (const char* name : {"x", "data", "X", "arr_0"})
    if (npz.has(name)) return npz.info(name);
  const auto& arrays = npz.arrays();
  for (const bool floats : {true, false}) {
    const auto it = std::find_if(arrays.begin(), arrays.end(), [&](const auto& a) { return isTable(a) && a.isFloat() == floats; });
    if (it != arrays.end()) return *it;
  }
  throwBadFile(npz.path(), "has no array \"x\" or \"data\" and no 2-D array of numbers; it has " + listed(npz, ""),
               "Columns go side by side in one array: numpy.savez(file, x=numpy.column_stack([a, b])).");
}

void takeLabels(const NpzReader& npz, RawPoints& raw) {
  if (!npz.has("labels")) return;
  const std::string where = npz.path() + ", array \"labels\"";
  npz.expectShape("labels", {raw.rows});
  auto labels = npz.int64s("labels");
  for (std::size_t i = 0; i < labels.size(); ++i)
    if (labels[i] != static_cast<std::int32_t>(labels[i]))
      throwBadFile(where, rowNumber(static_cast<std::int64_t>(i)) + " holds " + std::to_string(labels[i]) + "; allowed: 32-bit integers");
  raw.labels = std::move(labels);
}

/// Of a trajectory that this program wrote, the points where it is nearest to the data.
RawPoints fromTrajectory(const NpzReader& npz) {
  const auto& shape = npz.shape("tilde_xs");
  const auto t = npz.doubles("t");
  checkShape(shape[1], shape[2], npz.path() + ", array \"tilde_xs\"");
  const auto frame = std::min_element(t.begin(), t.end()) - t.begin();
  RawPoints points = sized(shape[1], shape[2]);
  npz.blocks("tilde_xs", [&](std::int64_t k, std::span<const float> x) {
    if (k == frame) points.values.assign(x.begin(), x.end());
  });
  points.notes.push_back("it is a trajectory: its points at t = " + numberText(t[static_cast<std::size_t>(frame)]) + " were taken (frame " +
                         std::to_string(frame) + " of tilde_xs)");
  return points;
}

bool isTrajectory(const NpzReader& npz) {
  const auto& arrays = npz.arrays();
  const auto find = [&](const char* name) {
    return std::find_if(arrays.begin(), arrays.end(), [&](const auto& a) { return a.name == name; });
  };
  const auto x = find("tilde_xs"), t = find("t");
  return x != arrays.end() && t != arrays.end() && x->isFloat() && x->shape.size() == 3 && x->shape[0] > 0 && t->isFloat() &&
         t->shape.size() == 1 && t->shape[0] == x->shape[0];
}

RawPoints fromNpz(const std::string& path) {
  const NpzReader npz(path);
  RawPoints raw;
  if (!npz.has("x") && !npz.has("data") && isTrajectory(npz)) {
    raw = fromTrajectory(npz);
  } else {
    const ArrayInfo& info = choosePoints(npz);
    checkArray(info, path + ", array \"" + info.name + "\"");
    raw = sized(info.shape[0], info.shape[1]);
    raw.values = npz.doubles(info.name);
    if (const std::string beside = listed(npz, info.name); !beside.empty() && beside != "labels (" + std::to_string(raw.rows) + ",)")
      raw.notes.push_back("the array \"" + info.name + "\" was taken; beside it there are " + beside);
  }
  takeLabels(npz, raw);
  return raw;
}

RawPoints readAny(const std::string& path) {
  std::string ending = std::filesystem::path(path).extension().string();
  std::transform(ending.begin(), ending.end(), ending.begin(), [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  if (ending == ".npy") return fromNpy(path);
  if (ending == ".npz") return fromNpz(path);
  if (ending == ".csv" || ending == ".tsv" || ending == ".txt" || ending == ".dat") return fromCsv(path);
  throw Error(ErrorCode::usage, "data_file is \"" + path + "\"; allowed endings: .csv (also .tsv, .txt, .dat), .npy, .npz");
}

/// Points become single precision in the end, so that must hold them too.
void checkFinite(const RawPoints& raw, const std::string& path) {
  for (std::size_t i = 0; i < raw.values.size(); ++i)
    if (const double v = raw.values[i]; !std::isfinite(v) || std::abs(v) > std::numeric_limits<float>::max())
      throwBadFile(path, raw.rowName(static_cast<std::int64_t>(i) / raw.columns) + ", " +
                             raw.columnName(static_cast<std::int64_t>(i) % raw.columns) + " holds " + numberText(v) +
                             "; allowed: finite numbers up to 3.4e38");
}

}  // namespace

std::string RawPoints::columnName(std::int64_t j) const {
  const auto k = static_cast<std::size_t>(j);
  return "column " + std::to_string(fileColumns.empty() ? j + 1 : fileColumns[k]) +
         (names.empty() || names[k].empty() ? "" : " (" + names[k] + ")");
}

RawPoints readRawPoints(const std::string& path) {
  RawPoints raw = readAny(path);
  checkFinite(raw, path);
  return raw;
}

}  // namespace inflaton
