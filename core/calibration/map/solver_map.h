#pragma once
// The generative map through a solver: values and pullback of one written-out scheme.
#include <atomic>
#include <memory>

#include "core/calibration/map/generative_map.h"
#include "core/calibration/map/solver_scheme.h"

namespace inflaton {

class SolverMap : public GenerativeMap {
 public:
  static constexpr std::size_t kKeep = std::size_t{64} << 20;
  /// keepBytes: while the points of all evaluations take no more than this they are kept for the reverse sweep; beyond, the state is kept
  /// every sqrt(operations) operations and the stretch between is computed again.
  SolverMap(SolverScheme, const Problem&, std::function<void()> poll, std::size_t keepBytes = kKeep);

  int dim() const override { return dim_; }
  void values(std::span<const double> z, std::span<double> x) const override;
  void pullback(std::span<const double> z, std::span<double> x, const Cotangent&, std::span<double> zBar) const override;

  const SolverScheme& scheme() const { return scheme_; }
  std::size_t peakBytes() const { return peak_; }  ///< kept for the reverse sweep at most, in the last pullback

 private:
  using Rows = std::vector<double>;  ///< [padded rows, D]
  struct State {
    Rows v;
    std::vector<Rows> value;  ///< F of each evaluation while it is needed
    std::size_t evaluated = 0;
    std::size_t bytes() const;
  };
  State enter(std::span<const double> z) const;
  void leave(const State&, std::span<double> x) const;
  /// Operations [from, to); the points of evaluation go to `points` when not null.
  void advance(State&, std::size_t from, std::size_t to, std::vector<Rows>* points) const;
  /// The same backwards; `points` ends with that of the last evaluation in [from, to).
  void reverse(std::size_t from, std::size_t to, std::vector<Rows>& points, std::size_t evaluated, Rows& vBar,
               std::vector<Rows>& valueBar) const;
  void combine(const SolverScheme::Operation&, const State&, Rows& into) const;
  template <class Work>
  void forBatches(std::size_t rows, const Work&) const;  ///< work(first row, rows), on all threads
  Rows evaluate(const Rows& point, double t) const;
  Rows product(const Rows& point, double t, const Rows& valueBar) const;

  SolverScheme scheme_;
  std::shared_ptr<const Denoiser> denoiser_;
  std::function<void()> poll_;
  int dim_;
  bool host_;  ///< the denoiser computes on the processor
  std::size_t keepBytes_;
  std::vector<double> shift_;  ///< x = W (exit v) + shift
  mutable std::atomic<std::size_t> peak_ = 0;
};

}  // namespace inflaton
