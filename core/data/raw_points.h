#pragma once
// The user's own points as their file has them, in its own units and in double precision. Specification 2.1.
#include <cstdint>
#include <functional>
#include <string>
#include <vector>

namespace inflaton {

struct RawPoints {
  std::int64_t rows = 0, columns = 0;
  std::vector<double> values;                        ///< [rows, columns], finite, at most 3.4e38: single precision must hold them, too
  std::vector<std::int64_t> labels;                  ///< [rows]; empty: the file has no classes
  std::function<std::string(std::int64_t)> rowName;  ///< "row 7" or "line 9"
  std::vector<std::string> names;                    ///< of the columns; may be empty
  std::vector<std::string> units;                    ///< of the columns, where the file has a row of them; may be empty
  std::vector<std::string> classes;                  ///< texts of labels 0, 1, ...; empty: the file has numbers
  std::vector<std::string> notes;                    ///< what was left out or taken for something, a sentence each, for people
  std::vector<int> fileColumns;                      ///< number of each column in the file, from 1; empty: all of them in order
  /// "column 3 (depth)", for messages.
  std::string columnName(std::int64_t j) const;
};

/// .csv (also .tsv, .txt, .dat; read as core/io/csv.h says), .npy or .npz, 2 to 4096 columns, at least 1 row. Of an npz: the array "x",
/// "data", "X" or "arr_0", else the first 2-D one of floats, else of integers, with integers [N] in "labels" as labels; or, in a trajectory
/// that this program wrote, the frame of "tilde_xs" at the least t. What else it holds is told in `notes`, and need not be readable. Takes
/// at most 16 times the bytes of the file (of a packed npz: of its unpacked array), and 64 MiB. Throws Error naming file, row, column and
/// reason.
RawPoints readRawPoints(const std::string& path);

}  // namespace inflaton
