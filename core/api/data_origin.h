#pragma once
// What ties numbers to a file of the user's own: which file, which bytes, and the way between its units and standardised coordinates.
#include <cstdint>
#include <nlohmann/json_fwd.hpp>
#include <span>
#include <string>
#include <vector>

namespace inflaton {

/// Everything is computed in standardised coordinates; column by column, own = offset + scale * standardised.
struct DataOrigin {
  std::string file;                   ///< absolute path
  std::string sha256;                 ///< of its bytes (core/io/sha256.h)
  std::int64_t rows = 0;              ///< that it holds
  std::vector<std::string> columns;   ///< [D] their names; empty where the file has none
  std::vector<std::string> units;     ///< [D] "kg", as the file says; empty where it does not
  std::vector<double> offset, scale;  ///< [D]; scales are above 0
  bool operator==(const DataOrigin&) const = default;

  int dim() const { return static_cast<int>(scale.size()); }
  /// "mass"; "x3" for the third column of a file without names.
  std::string column(std::size_t j) const;
  std::vector<std::string> columnNames() const;
  /// "mass (kg)", for axes.
  std::string label(std::size_t j) const;
  /// [n, D] either way, in float64 but for the rounding of standardised values to float32.
  std::vector<double> toOwn(std::span<const float> standardized) const;
  std::vector<float> toStandardized(std::span<const double> own) const;
  /// Sum of ln(scale), the logarithm of a standardised unit of volume in own units: ln p per own unit is ln p per standardised unit less
  /// this.
  double logVolume() const;
};

/// {file, sha256, rows, columns, units, offset, scale}
nlohmann::json originJson(const DataOrigin&);
/// Throws Error(failed) naming `where` and the field that is missing or cannot be.
DataOrigin originFromJson(const nlohmann::json&, const std::string& where);

}  // namespace inflaton
