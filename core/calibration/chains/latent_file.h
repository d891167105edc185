#pragma once
// The latents of all draws while a run goes on: a plain file of float32 rows, one after each kept transition, [draw][chain][n * dim].
// Memory holds none of it, a checkpoint only says how many rows count, and what a killed program wrote beyond those is cut off again.
#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <vector>

#include "core/api/mcmc.h"

namespace inflaton {

class LatentFile {
 public:
  /// Opens or makes the file. `width`: numbers of one chain's row. Throws Error(failed).
  LatentFile(std::string path, int chains, std::int64_t width);
  ~LatentFile();
  LatentFile(const LatentFile&) = delete;
  LatentFile& operator=(const LatentFile&) = delete;

  std::int64_t draws() const { return draws_; }  ///< of every chain
  std::int64_t width() const { return width_; }
  int chains() const { return chains_; }
  /// Keeps the first `draws`. Throws Error(failed) when the file holds fewer.
  void cutTo(std::int64_t draws);
  /// One draw of all chains [chains, width]. Throws Error(failed) when the disk is full; then nothing was added.
  void append(std::span<const float> rows);
  void sync();  ///< flushes to the disk
  /// Row of one chain's draw into `row` [width].
  void read(int chain, std::int64_t draw, std::span<float> row) const;
  /// Columns from .. from + count of all rows: [chain][draw][count], by one pass over the file.
  std::vector<float> columns(std::int64_t from, std::int64_t count, const std::function<void()>& poll) const;
  const std::string& path() const { return path_; }

 private:
  void readAt(std::uint64_t offset, std::span<float> into) const;
  std::string path_;
  int chains_, fd_ = -1;
  std::int64_t width_, draws_ = 0;
};

/// Of every column: "z[i,j]", observation i, axis j. Memory: a few columns at a time.
std::vector<Diagnostic> diagnoseLatents(const LatentFile&, int dim, const std::function<void()>& poll);

}  // namespace inflaton
