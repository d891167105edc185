#pragma once
// Disjoint sets of the numbers 0 .. n-1.
#include <cstddef>
#include <cstdint>
#include <numeric>
#include <utility>
#include <vector>

namespace inflaton {

class Groups {
 public:
  explicit Groups(std::size_t n) : parent_(n) { std::iota(parent_.begin(), parent_.end(), 0); }
  /// The least member of i's group: its name.
  std::int32_t of(std::int32_t i) {
    while (at(i) != i) i = at(i) = at(at(i));
    return i;
  }
  /// False where they were one already.
  bool join(std::int32_t i, std::int32_t j) {
    i = of(i), j = of(j);
    if (i == j) return false;
    if (j < i) std::swap(i, j);
    at(j) = i;
    return true;
  }

 private:
  std::int32_t& at(std::int32_t i) { return parent_[static_cast<std::size_t>(i)]; }
  std::vector<std::int32_t> parent_;
};

}  // namespace inflaton
