#pragma once
// Fresh training batches. Batch k is a function of (seed, k) alone, so a resumed run sees what an uninterrupted one would.
#include <ATen/core/Tensor.h>
#include <c10/core/Device.h>

#include <cstdint>
#include <optional>

#include "core/api/points.h"
#include "core/api/schedule.h"

namespace inflaton {

/// Independent 64-bit seeds out of one.
enum class SeedStream : std::uint64_t { eigenbasis = 1, data, noise, weights, references, queries, preview };
std::uint64_t derivedSeed(std::uint64_t seed, SeedStream, std::uint64_t index = 0);

/// In whitened coordinates, where y = cos(theta) x0/sqrt(xi) + sin(theta) n and the network's target is
/// sin(theta) x0/sqrt(xi) - cos(theta) n, theta the angle of specification 7: both of unit variance at every time.
struct Batch {
  at::Tensor y, target;  ///< float32 [batch, D]
  at::Tensor t;          ///< float32 [batch], evenly stratified over [tmin, tmax]
};

/// Data in the form that training needs: a toy set by name, or the user's points, drawn with replacement.
class DataSource {
 public:
  /// Reads the file, if it is one. Throws as makePoints.
  explicit DataSource(const DataOptions&);
  int dim() const { return dim_; }
  const std::string& name() const { return name_; }
  PointSet draw(std::int64_t n, std::uint64_t seed) const;
  /// The points that stand for the data when there are only finitely many: the file's own, or n draws.
  PointSet references(std::int64_t n, std::uint64_t seed) const;

 private:
  DataOptions options_;
  std::optional<PointSet> own_;
  std::string name_;
  int dim_;
};

class BatchSource {
 public:
  /// Keeps a reference to `data`.
  BatchSource(const DataSource& data, const Schedule&, const Eigenbasis&, double tmin, std::int64_t batch, std::uint64_t seed, c10::Device);
  Batch at(std::int64_t step);

 private:
  void fillPool(std::int64_t index);

  const DataSource& data_;
  Schedule schedule_;
  Eigenbasis basis_;
  double tmin_, tmax_;
  std::int64_t batch_, batchesInPool_;
  std::uint64_t seed_;
  c10::Device device_;
  at::Tensor pool_;  ///< x0 / sqrt(xi), [batchesInPool * batch, D]
  std::int64_t poolIndex_ = -1;
};

}  // namespace inflaton
