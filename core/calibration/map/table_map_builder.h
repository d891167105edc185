#pragma once
// Makes a SplineTable of a dear function: coarse everywhere, then finer and finer where it is not yet met.
#include <functional>
#include <span>

#include "core/calibration/map/table_map_spline.h"

namespace inflaton {

struct TableSettings {
  double tolerance = 1e-3;    ///< a cell is split while at its middle, or that of a side, the function lies farther away than this
  double reach = 6;           ///< of the box, in units of `sd`
  double refined = 5;         ///< cells farther from the middle than this, in units of `sd`, stay coarse
  int side = 48;              ///< coarse cells along each axis
  int finest = 7;             ///< a coarse cell is halved at most so often
  std::size_t most = 400000;  ///< evaluations; where they run out the worst cells come first
};

/// values(z [n, D] in, x [n, D] out): may throw to cancel. told(level, done, total) after each batch.
template <int D>
class TableBuilder {
 public:
  using Function = std::function<void(std::span<const double> z, std::span<double> x)>;
  using Told = std::function<void(int level, std::size_t done, std::size_t total)>;
  TableBuilder(const TableSettings&, const std::array<double, D>& sd, Function, Told);
  SplineTable<D> build();
  std::size_t evaluated() const { return evaluated_; }
  std::size_t splines() const { return splines_; }  ///< B-splines in the sum

 private:
  struct Impl;
  TableSettings set_;
  std::array<double, D> sd_;
  Function function_;
  Told told_;
  std::size_t evaluated_ = 0, splines_ = 0;
};

extern template class TableBuilder<2>;
extern template class TableBuilder<3>;

}  // namespace inflaton
