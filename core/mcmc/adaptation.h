#pragma once
// What a chain learns in warm-up: its step size by dual averaging (Hoffman and Gelman 2014, section 3.2), and the scales of its parameters
// in windows of growing length, as Stan does. Both live in ChainState::adaptation as plain numbers.
#include <cstdint>
#include <span>
#include <vector>

namespace inflaton::mcmc {

/// Log step size x_t = mu - sqrt(t)/gamma s_t with s_t the damped mean of (target - acceptance); the average of x_t, weighted towards the
/// late ones, is the step size to keep. gamma 0.05, t0 10, kappa 0.75, mu = log(10 step).
struct DualAveraging {
  double count = 0, shortfall = 0, average = 0, mu = 0;
  void restart(double stepSize);
  /// One transition's acceptance statistic; returns the next step size.
  double learn(double accept, double target);
  double kept() const;  ///< the averaged step size
};

/// Which warm-up iterations feed the metric: a first stretch of 75 for the step size alone, then windows of 25, 50, 100, ..., the last one
/// stretched up to a closing stretch of 50; scaled to 15 %, 75 %, 10 % when the warm-up is shorter than 150, none when shorter than 20.
class Windows {
 public:
  explicit Windows(std::int64_t warmup);
  bool feeds(std::int64_t iteration) const;
  bool ends(std::int64_t iteration) const;  ///< the last iteration of a window
  const std::vector<std::int64_t>& lasts() const { return lasts_; }

 private:
  std::int64_t first_ = 0, stop_ = 0;
  std::vector<std::int64_t> lasts_;
};

/// The numbers of ChainState::adaptation in order: dual averaging [4], whether a search for a step size is due [1], then with an adapted
/// metric the running moments of the window: count [1], mean [size], sum of squared deviations [size]. Empty once warm-up is over.
struct Adaptation {
  DualAveraging step;
  bool searchDue = false;
};
inline constexpr std::size_t kAdaptationHead = 5;
std::size_t adaptationSize(std::size_t parameters, bool metric);
Adaptation readAdaptation(const std::vector<double>&);
void writeAdaptation(const Adaptation&, std::vector<double>&);

/// Welford's running moments over the tail of the adaptation vector.
void feedMoments(std::vector<double>& adaptation, std::span<const double> q);
/// Variances of the window, shrunk towards 1e-3 as if by five more draws, into inverseMetric; the moments start anew.
void takeMetric(std::vector<double>& adaptation, std::span<double> inverseMetric);

}  // namespace inflaton::mcmc
