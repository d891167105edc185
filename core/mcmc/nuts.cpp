#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <utility>

#include "core/mcmc/kernels.h"
#include "core/mcmc/walk.h"

namespace inflaton::mcmc {
namespace {

double logSum(double a, double b) {
  const double top = std::max(a, b);
  return std::isinf(top) ? top : top + std::log1p(std::exp(std::min(a, b) - top));
}

/// Vectors for the momenta that the criterion still needs, all made beforehand: nothing is allocated while the tree grows.
class MomentumPool {
 public:
  void reset(std::size_t size, std::size_t slots) {
    vectors_.resize(slots);
    free_.clear();
    for (std::size_t i = slots; i-- > 0;) free_.push_back(static_cast<int>(i));
    for (auto& v : vectors_) v.resize(size);
  }
  int get() {
    const int slot = free_.back();
    free_.pop_back();
    return slot;
  }
  void put(int slot) { free_.push_back(slot); }
  double* operator[](int slot) { return vectors_[static_cast<std::size_t>(slot)].data(); }

 private:
  std::vector<std::vector<double>> vectors_;
  std::vector<int> free_;
};

/// 2^level neighbouring points of the half of the trajectory that is being built; slots of the pool. Of a single point all three are one.
struct Subtree {
  int level, sum, first, last;  ///< first: the end towards where the building began
};

class NutsWalk final : public Walk {
 public:
  using Walk::Walk;

  void begin(const ChainState& state, double stepSize, Xoshiro& generator) override {
    Phase& back = ends_[0];
    start(state, stepSize, generator, back);
    ends_[1] = back;
    sum_ = back.p;
    size_ = back.p.size();
    for (Candidate* c : {&chosen_, &offered_}) c->q.resize(size_), c->gradient.resize(size_);
    moved_ = false;
    energy_ = startEnergy_;
    logWeight_ = 0;
    depth_ = 0;
    pool_.reset(size_,
                3 * static_cast<std::size_t>(settings_.maxDepth) + 2);  // of each level one subtree at most, and the point that is added
    halfSize_ = 0;
    grow();
  }

  void move(double* row) override {
    Phase& end = ends_[forward_];
    kickDrift(size_, forward_ ? stepSize_ : -stepSize_, end.p.data(), end.q.data(), end.gradient.data(), from_->inverseMetric.data(), row);
  }

  void take(double logDensity, const double* gradient) override {
    Phase& end = ends_[forward_];
    const double kinetic =
        kick(size_, forward_ ? stepSize_ : -stepSize_, end.p.data(), end.gradient.data(), gradient, from_->inverseMetric.data());
    const double error = measure(logDensity, kinetic);
    if (divergent_) {
      done_ = true;
      return;
    }
    // One point of the new half, each with chance in proportion to its weight.
    const double weight = logSum(halfLogWeight_, -error);
    if (points_ == 0 || std::log(generator_->uniform()) < -error - weight) {
      std::copy(end.q.begin(), end.q.end(), offered_.q.begin());
      std::copy(end.gradient.begin(), end.gradient.end(), offered_.gradient.begin());
      offered_.logDensity = logDensity, offered_.energy = startEnergy_ + error;
    }
    halfLogWeight_ = weight;
    ++points_;
    if (!addPoint(end.p)) {
      done_ = true;  // the new half turns within itself: none of its points may be chosen
      return;
    }
    if (points_ == std::int64_t{1} << depth_) joinHalf();
  }

  Transition finish(ChainState& state) override {
    Transition t;
    t.accept = leapfrogs_ > 0 ? acceptSum_ / leapfrogs_ : 0;
    t.stepSize = stepSize_, t.energy = energy_;
    t.depth = depth_, t.leapfrogs = leapfrogs_;
    t.divergent = divergent_, t.accepted = moved_;
    if (moved_) go(state, chosen_);
    t.logDensity = state.logDensity;
    return t;
  }

 private:
  /// Begins the next doubling, or ends at the greatest depth.
  void grow() {
    if (depth_ >= settings_.maxDepth) {
      done_ = true;
      return;
    }
    forward_ = generator_->uniform() > 0.5;
    inner_ = ends_[forward_].p;
    halfLogWeight_ = -std::numeric_limits<double>::infinity();
    points_ = 0;
  }

  /// Puts a point beside the subtrees so far and joins those of equal size; false when a joined one turns.
  bool addPoint(const std::vector<double>& p) {
    const int slot = pool_.get();
    std::copy(p.begin(), p.end(), pool_[slot]);
    half_[halfSize_++] = {0, slot, slot, slot};
    while (halfSize_ > 1 && half_[halfSize_ - 2].level == half_[halfSize_ - 1].level) {
      Subtree &a = half_[halfSize_ - 2], &b = half_[halfSize_ - 1];
      const double* metric = from_->inverseMetric.data();
      if (a.level == 0) {
        a.sum = pool_.get();
        if (!pairGoesOn(size_, pool_[a.first], pool_[b.first], metric, pool_[a.sum])) return false;
      } else {
        double* sum = pool_[a.sum];
        if (!joinGoesOn(size_, {sum, pool_[a.first], pool_[a.last]}, {pool_[b.sum], pool_[b.last], pool_[b.first]}, metric, sum))
          return false;
        for (const int freed : {a.last, b.sum, b.first}) pool_.put(freed);
      }
      a.last = b.last;
      ++a.level;
      --halfSize_;
    }
    return true;
  }

  /// Joins the finished half to the trajectory: the choice leans towards the new half, and the whole is held against the criterion.
  void joinHalf() {
    const Subtree half = half_[0];
    ++depth_;
    if (std::log(generator_->uniform()) < halfLogWeight_ - logWeight_) {
      std::swap(chosen_, offered_);
      energy_ = chosen_.energy;
      moved_ = true;
    }
    logWeight_ = logSum(logWeight_, halfLogWeight_);
    const Stretch old{sum_.data(), ends_[!forward_].p.data(), inner_.data()}, fresh{pool_[half.sum], pool_[half.last], pool_[half.first]};
    const bool goesOn = joinGoesOn(size_, old, fresh, from_->inverseMetric.data(), sum_.data());
    // Of a single point all slots are one.
    pool_.put(half.sum);
    if (half.level > 0) pool_.put(half.first), pool_.put(half.last);
    halfSize_ = 0;
    if (goesOn) {
      grow();
    } else {
      done_ = true;
    }
  }

  static constexpr int kLevels = 32;  // more than the greatest depth

  std::size_t size_ = 0;
  std::array<Phase, 2> ends_;        // backwards, forwards
  std::vector<double> sum_, inner_;  // momenta: all of the trajectory; where the new half begins
  bool forward_ = true, moved_ = false;
  int depth_ = 0;
  double logWeight_ = 0, halfLogWeight_ = 0, energy_ = 0;
  std::int64_t points_ = 0;  // of the new half
  Candidate chosen_, offered_;
  MomentumPool pool_;
  std::array<Subtree, kLevels> half_{};
  std::size_t halfSize_ = 0;
};

}  // namespace

std::unique_ptr<Walk> nutsWalk(const Settings& settings) { return std::make_unique<NutsWalk>(settings); }

}  // namespace inflaton::mcmc
