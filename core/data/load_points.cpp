// The user's own points. Specification 2.1 (standardisation), ux.md section 2 item 1.
#include <algorithm>
#include <cmath>
#include <filesystem>

#include "core/api/number_text.h"
#include "core/api/points.h"
#include "core/data/raw_points.h"
#include "core/io/input_file.h"
#include "core/io/sha256.h"

namespace inflaton {
namespace {

constexpr double kLeastSpread = 1e-30, kMostSpread = 1e30;  // well within what single precision holds, also in the file's units
constexpr double kFarAway = 1600;                           // standard deviations from 0: 4 digits are left for the differences

/// Of one column, in float64.
struct Moments {
  double mean = 0, sd = 0;  ///< sd 0: what there is is rounding error of the file's own numbers
};

/// Throws Error(failed) for a spread out of range.
Moments momentsOf(const RawPoints& raw, std::int64_t j, const std::string& path) {
  const auto at = [&](std::int64_t i) { return raw.values[static_cast<std::size_t>(i * raw.columns + j)]; };
  double sum = 0, squares = 0, largest = 0, furthest = 0;
  for (std::int64_t i = 0; i < raw.rows; ++i) sum += at(i), largest = std::max(largest, std::abs(at(i)));
  const double mean = sum / static_cast<double>(raw.rows);
  for (std::int64_t i = 0; i < raw.rows; ++i) furthest = std::max(furthest, std::abs(at(i) - mean));
  if (!(furthest > 1e-12 * largest)) return {mean, 0};
  // In units of a power of two, which rounds nothing: the square of 1e-200 would be 0.
  const double unit = std::ldexp(1.0, std::max(std::ilogb(furthest), -1000));
  for (std::int64_t i = 0; i < raw.rows; ++i) {
    const double d = (at(i) - mean) / unit;
    squares += d * d;
  }
  const double sd = unit * std::sqrt(squares / static_cast<double>(raw.rows));
  if (!(sd >= kLeastSpread && sd <= kMostSpread))
    throwBadFile(path, raw.columnName(j) + " has the standard deviation " + numberText(sd) + "; allowed: 1e-30 to 1e30",
                 "Give the column in other units.");
  return {mean, sd};
}

/// Mean 0 and population standard deviation 1, in float64.
void standardizeColumn(const RawPoints& raw, std::int64_t j, double& offset, double& scale, const std::string& path) {
  if (raw.rows < kLeastDataRows)
    throwBadFile(path, "has " + std::to_string(raw.rows) + " rows; needed: at least " + std::to_string(kLeastDataRows));
  const auto [mean, sd] = momentsOf(raw, j, path);
  if (sd == 0)
    throwBadFile(path,
                 raw.columnName(j) + " has the same value " + numberText(raw.values[static_cast<std::size_t>(j)]) +
                     " in every row and cannot be standardised",
                 "Leave the column out, or turn standardisation off.");
  offset = mean, scale = sd;
}

/// Columns that stay as they are, but for those where single precision would make rows alike: their mean is taken off.
void centreFarColumn(const RawPoints& raw, std::int64_t j, double& offset, std::vector<std::string>& notes, const std::string& path) {
  const auto [mean, sd] = momentsOf(raw, j, path);
  if (sd == 0 || std::abs(mean) <= kFarAway * sd) return;
  offset = mean;
  notes.push_back(raw.columnName(j) + " lies far from 0 for its spread: its mean " + numberText(mean) +
                  " is taken off, so that single precision keeps its rows apart");
}

/// Columns in another order would be told as one another.
void requireColumns(const RawPoints& raw, const DataOrigin& units, const std::string& path) {
  if (!raw.units.empty() && !units.units.empty())
    for (std::size_t j = 0; j < units.units.size(); ++j)
      if (raw.units[j] != units.units[j])
        throw Error(ErrorCode::usage,
                    path + ": " + raw.columnName(static_cast<std::int64_t>(j)) + " is in \"" + raw.units[j] +
                        "\"; the data whose units hold, " + units.file + ", are in \"" + units.units[j] + "\" there",
                    "Convert the column, or leave the row of units out.");
  if (raw.names.empty() || units.columns.empty()) return;
  for (std::size_t j = 0; j < units.columns.size(); ++j)
    if (raw.names[j] != units.columns[j])
      throw Error(ErrorCode::usage,
                  path + ": column " + std::to_string(j + 1) + " is \"" + raw.names[j] + "\"; the data whose units hold, " + units.file +
                      ", have \"" + units.columns[j] + "\" there",
                  "Put the columns into that order and give them those names, or leave the names out.");
}

/// The file, and `units` or units of its own: moments of its columns, or none.
std::shared_ptr<const DataOrigin> originOf(RawPoints& raw, const std::string& path, bool standardize, const DataOrigin* units) {
  auto origin = std::make_shared<DataOrigin>();
  if (units) {
    if (standardize) requireColumns(raw, *units, path);
    *origin = *units;
  } else {
    origin->columns = raw.names, origin->units = raw.units;
    origin->offset.assign(static_cast<std::size_t>(raw.columns), 0.0);
    origin->scale.assign(origin->offset.size(), 1.0);
    for (std::size_t j = 0; j < origin->offset.size(); ++j)
      if (standardize)
        standardizeColumn(raw, static_cast<std::int64_t>(j), origin->offset[j], origin->scale[j], path);
      else
        centreFarColumn(raw, static_cast<std::int64_t>(j), origin->offset[j], raw.notes, path);
  }
  origin->file = std::filesystem::absolute(path).lexically_normal().string();
  origin->sha256 = sha256OfFile(path);
  origin->rows = raw.rows;
  return origin;
}

/// All but the values.
PointSet pointsOf(const RawPoints& raw, const std::string& path) {
  PointSet points;
  points.name = std::filesystem::path(path).stem().string();
  points.n = raw.rows;
  points.dim = static_cast<int>(raw.columns);
  points.notes = raw.notes;
  points.labels.resize(static_cast<std::size_t>(raw.rows), 0);
  std::transform(raw.labels.begin(), raw.labels.end(), points.labels.begin(), [](std::int64_t v) { return static_cast<std::int32_t>(v); });
  return points;
}

/// In units that are not of this file a value may lie anywhere.
std::vector<float> standardised(const RawPoints& raw, const DataOrigin& units, const std::string& path) {
  auto values = units.toStandardized(raw.values);
  for (std::size_t i = 0; i < values.size(); ++i)
    if (!std::isfinite(values[i])) {
      const auto row = static_cast<std::int64_t>(i) / raw.columns, column = static_cast<std::int64_t>(i) % raw.columns;
      throwBadFile(path, raw.rowName(row) + ", " + raw.columnName(column) + " holds " + numberText(raw.values[i]) +
                             ", which is further from the data whose units hold than single precision reaches");
    }
  return values;
}

}  // namespace

PointSet loadPoints(const std::string& path, bool standardize, const DataOrigin* units) {
  RawPoints raw = readRawPoints(path);
  if (units && units->dim() != raw.columns) units = nullptr;
  const auto origin = originOf(raw, path, standardize, units);
  PointSet points = pointsOf(raw, path);
  points.origin = origin, points.offset = origin->offset, points.scale = origin->scale;
  // Scales of 1: the network saw the file's own numbers, but for a mean taken off.
  const bool unscaled = units && std::all_of(units->scale.begin(), units->scale.end(), [](double s) { return s == 1; });
  if (units && !standardize && !unscaled && origin->sha256 == units->sha256)
    throw Error(ErrorCode::usage, "standardize is false, but the network saw " + path + " standardised",
                "Leave standardize out: its points are told in the file's units all the same.");
  if (standardize || !units || unscaled)
    points.values = standardised(raw, *origin, path);
  else
    points.values.assign(raw.values.begin(), raw.values.end());
  return points;
}

PointSet loadQueries(const std::string& path, const DataOrigin* units) {
  const RawPoints raw = readRawPoints(path);
  if (units && units->dim() != raw.columns) units = nullptr;
  PointSet points = pointsOf(raw, path);
  points.offset.assign(static_cast<std::size_t>(raw.columns), 0.0), points.scale.assign(points.offset.size(), 1.0);
  if (units) {
    requireColumns(raw, *units, path);
    points.offset = units->offset, points.scale = units->scale;
    points.values = standardised(raw, *units, path);
  } else {
    points.values.assign(raw.values.begin(), raw.values.end());
  }
  return points;
}

}  // namespace inflaton
