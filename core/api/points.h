#pragma once
// Points as plain immutable data, and the eigenbasis of their covariance.
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "core/api/data_origin.h"
#include "core/api/options.h"
#include "core/api/shared_numbers.h"

namespace inflaton {

/// N points in D dimensions, row-major, with an integer class each for colouring.
struct PointSet {
  std::string name;  ///< reference id, or the stem of the user's file
  std::int64_t n = 0;
  int dim = 0;
  std::vector<float> values;          ///< [n, dim]
  std::vector<std::int32_t> labels;   ///< [n]; class, or bin along the curve
  std::vector<double> offset, scale;  ///< [dim]: raw = values * scale + offset
  int embeddedFrom = 0;               ///< dimensions before augment_to; 0: not embedded
  /// Of the user's own points: the file they come from, and its units. Null: a toy set, or points from memory that know of none.
  std::shared_ptr<const DataOrigin> origin;
  std::vector<std::int64_t> rows;  ///< [n] which row of the file each is, from 0; empty: all of them once, in the file's order
  /// The units in which values can be told; null: they have none but their own. Embedded points have left their file's columns.
  const DataOrigin* units() const { return origin && embeddedFrom == 0 && origin->dim() == dim ? origin.get() : nullptr; }
  std::vector<std::string> notes;  ///< what the reader of a file left out or took for something, a sentence each, for people
  std::span<const float> row(std::int64_t i) const { return {values.data() + i * dim, static_cast<std::size_t>(dim)}; }
};

/// Points handed to a job in memory, in (standardised) data coordinates; each may be null. They stand in for what the options name, which
/// is then not read, and the jobs throw Error(usage) when they are not finite or do not fit.
struct GivenPoints {
  std::shared_ptr<const PointSet> start;       ///< of simulateToy: `initial`; of density: `points`
  std::shared_ptr<const PointSet> references;  ///< as a data file that holds them, embedding included: the exact score is theirs
};

/// Mean, eigenvalues (descending) and eigenvectors (columns of W, row-major [D, D]) of a covariance.
/// "ES" x_es = W^T (x - mean); "IS" x = W x_es + mean. The sign of each column is fixed: its largest entry is positive.
/// Held by value: copies share W, which is the one part of a size to mind.
struct Eigenbasis {
  int dim = 0;
  std::vector<double> mean, eigenvalues;
  SharedNumbers W;
};

struct ToySetInfo {
  std::string id;     ///< reference id
  std::string title;  ///< friendly name
  int dim;
  std::string about;  ///< one sentence
};

/// All toy sets in the order of the gallery (core/api/data_sets.h).
const std::vector<ToySetInfo>& toySets();

/// n fresh standardised points of a toy set. Same seed, same bytes, whatever the thread count.
/// Throws Error(usage) for an unknown name or n < 2.
PointSet sampleToy(const std::string& id, std::int64_t n, std::uint64_t seed);

/// Rows that data must have. Points at which something is asked may be fewer.
inline constexpr std::int64_t kLeastDataRows = 3;

/// The user's points as core/data/raw_points.h reads them. standardize: mean 0, population sd 1 per column, at least 3 rows. Otherwise as
/// they are, but for columns that lie more than 1600 standard deviations from 0: single precision would make their rows alike, so their
/// mean is taken off (`offset`). Both in double precision.
/// `units`, those of a network that is to see the points: its offset and scale stand in for moments of the file's own, one row is enough,
/// and where both have names the columns must be the same; without `standardize` the numbers are standardised already. A file with another
/// number of columns is read as if there were no units. Throws Error naming file, row, column and reason, also for a column whose standard
/// deviation is not within 1e-30 to 1e30.
PointSet loadPoints(const std::string& path, bool standardize, const DataOrigin* units = nullptr);

/// Points at which something is asked, one or more, in the units of data (as loadPoints reads them), or (null) standardised already.
PointSet loadQueries(const std::string& path, const DataOrigin* units = nullptr);

/// Toy sample or file, embedded, as the options say. Of a file: all rows in its order, each once, for n <= 0 or its own number of rows;
/// else n rows drawn with replacement. `units` as for loadPoints.
PointSet makePoints(const DataOptions&, std::int64_t n, std::uint64_t seed, const DataOrigin* units = nullptr);

/// How many points to ask makePoints for: as `asked`, where 0 is all rows of a file, and `usual` points of a toy set.
std::int64_t sampleCount(const DataOptions&, std::int64_t asked, std::int64_t usual = kToySamples);

/// n rows drawn with replacement. Points without labels get 0 for theirs.
PointSet resamplePoints(const PointSet&, std::int64_t n, std::uint64_t seed);

/// "all 60 rows of mine.csv, in the file's order", "1000 points drawn with replacement from the 60 rows of mine.csv"; empty for points that
/// come from no file.
std::string rowsText(const PointSet&);

/// Of the sample covariance, summed in double precision about the mean: its entries are right to 2e-14 of the largest eigenvalue, also
/// with a mean a million standard deviations away. Beyond the points it takes 64 MiB and a few matrices [dim, dim], however many points
/// there are.
/// Throws Error when the points span fewer than their dimensions, but for embedded ones (augment_to), whose empty axes get the
/// eigenvalue 1e-6 of the largest.
Eigenbasis eigenbasisOf(const PointSet&);

}  // namespace inflaton
