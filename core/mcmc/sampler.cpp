#include "core/mcmc/sampler.h"

#include <algorithm>
#include <span>
#include <string>
#include <utility>

#include "core/api/error.h"
#include "core/mcmc/adaptation.h"
#include "core/mcmc/checks.h"
#include "core/mcmc/step_search.h"
#include "core/mcmc/walk.h"

namespace inflaton::mcmc {

/// Everything but the states: what a transition works on, so that one that is cancelled leaves the states alone.
struct Sampler::Work {
  /// Working copies of what a transition changes besides the position.
  struct Chain {
    std::unique_ptr<Walk> walk, search;
    Xoshiro generator{0, 0};
    Adaptation adaptation;
    double stepSize = 0;
    bool searching = false;
  };

  Work(const Target& t, Settings s, std::size_t count) : target(&t), settings(s), windows(s.adaptMetric ? s.warmup : 0), chains(count) {
    for (auto& c : chains) c.walk = settings.nuts ? nutsWalk(settings) : hmcWalk(settings), c.search = searchWalk(settings);
    q.resize(count * t.size()), gradient.resize(count * t.size()), logDensity.resize(count);
    active.reserve(count);
  }

  void evaluate(std::size_t rows) {
    const std::size_t numbers = rows * target->size();
    target->evaluate({q.data(), numbers}, {logDensity.data(), rows}, {gradient.data(), numbers});
  }
  double* row(std::vector<double>& of, std::size_t k) { return of.data() + k * target->size(); }

  const Target* target;
  const Settings settings;
  const Windows windows;
  std::vector<Chain> chains;
  std::vector<double> q, gradient, logDensity;  // a batch: rows of the chains that are not done
  std::vector<std::size_t> active;              // their numbers
};

Sampler::Sampler(const Target& target, Settings settings, const std::vector<std::vector<double>>& starts) {
  checkSettings(settings, starts.size());
  const std::size_t size = target.size();
  if (size == 0) throw Error(ErrorCode::usage, "the target has no parameters");
  for (std::size_t k = 0; k < starts.size(); ++k)
    if (starts[k].size() != size)
      throw Error(ErrorCode::usage, "the start of chain " + std::to_string(k) + " has " + std::to_string(starts[k].size()) +
                                        " numbers; the target has " + std::to_string(size) + " parameters");
  work_ = std::make_unique<Work>(target, settings, starts.size());
  for (std::size_t k = 0; k < starts.size(); ++k) std::copy(starts[k].begin(), starts[k].end(), work_->row(work_->q, k));
  work_->evaluate(starts.size());
  gradients_ += static_cast<std::int64_t>(starts.size());
  states_.resize(starts.size());
  for (std::size_t k = 0; k < starts.size(); ++k) {
    ChainState& s = states_[k];
    s.q = starts[k];
    s.gradient.assign(work_->row(work_->gradient, k), work_->row(work_->gradient, k) + size);
    s.logDensity = work_->logDensity[k];
    checkStart(k, s);
    s.inverseMetric.assign(size, 1.0);
    s.stepSize = settings.stepSize;
    Adaptation a;
    a.step.restart(settings.stepSize);
    a.searchDue = settings.findStepSize;
    s.adaptation.resize(settings.warmup > 0 ? adaptationSize(size, settings.adaptMetric) : kAdaptationHead);
    writeAdaptation(a, s.adaptation);
    s.generator = Xoshiro(settings.seed, static_cast<std::uint64_t>(settings.firstChain) + k).save();
  }
}

Sampler::Sampler(const Target& target, Settings settings, std::vector<ChainState> states) : states_(std::move(states)) {
  checkSettings(settings, states_.size());
  checkStates(states_, settings, target.size());
  work_ = std::make_unique<Work>(target, settings, states_.size());
}

Sampler::~Sampler() = default;
Sampler::Sampler(Sampler&&) noexcept = default;
Sampler& Sampler::operator=(Sampler&&) noexcept = default;

bool Sampler::warmingUp() const { return iteration() < work_->settings.warmup; }

void Sampler::evaluateWalks(bool searching, const std::function<void()>& poll) {
  Work& w = *work_;
  const auto walkOf = [&](std::size_t k) { return searching ? w.chains[k].search.get() : w.chains[k].walk.get(); };
  for (;;) {
    w.active.clear();
    for (std::size_t k = 0; k < w.chains.size(); ++k)
      if ((!searching || w.chains[k].searching) && !walkOf(k)->done()) w.active.push_back(k);
    if (w.active.empty()) return;
    if (poll) poll();
    const std::size_t rows = w.active.size();
    for (std::size_t i = 0; i < rows; ++i) walkOf(w.active[i])->move(w.row(w.q, i));
    w.evaluate(rows);
    gradients_ += static_cast<std::int64_t>(rows);
    for (std::size_t i = 0; i < rows; ++i) walkOf(w.active[i])->take(w.logDensity[i], w.row(w.gradient, i));
    if (recording_ && !searching && w.active.front() == 0) {
      path_.emplace_back(w.q.begin(), w.q.begin() + static_cast<std::ptrdiff_t>(w.target->size()));
      pathError_.push_back(walkOf(0)->lastEnergyError());
    }
  }
}

void Sampler::searchStepSizes(const std::function<void()>& poll) {
  Work& w = *work_;
  for (std::size_t k = 0; k < w.chains.size(); ++k) {
    auto& c = w.chains[k];
    c.searching = c.adaptation.searchDue;
    if (c.searching) c.search->begin(states_[k], c.stepSize, c.generator);
  }
  evaluateWalks(true, poll);
  for (std::size_t k = 0; k < w.chains.size(); ++k) {
    auto& c = w.chains[k];
    if (!c.searching) continue;
    c.stepSize = c.search->finish(states_[k]).stepSize;
    if (c.stepSize < kLeastStepSize) throwCollapsed(k, c.stepSize, states_[k].iteration);
    if (c.stepSize > kGreatestStepSize)
      throw Error(ErrorCode::failed, "no step is too large for chain " + std::to_string(k) +
                                         ": the log-density does not fall off, so there is nothing to sample");
    c.adaptation.step.restart(c.stepSize);
    c.adaptation.searchDue = c.searching = false;
  }
}

std::vector<Transition> Sampler::step(const std::function<void()>& poll) {
  checkStepSizes(states_);
  Work& w = *work_;
  for (std::size_t k = 0; k < states_.size(); ++k) {
    auto& c = w.chains[k];
    c.generator = Xoshiro(states_[k].generator);
    c.adaptation = readAdaptation(states_[k].adaptation);
    c.stepSize = states_[k].stepSize;
  }
  searchStepSizes(poll);
  path_.clear(), pathError_.clear();
  for (std::size_t k = 0; k < states_.size(); ++k) w.chains[k].walk->begin(states_[k], w.chains[k].stepSize, w.chains[k].generator);
  evaluateWalks(false, poll);
  std::vector<Transition> result(states_.size());
  for (std::size_t k = 0; k < states_.size(); ++k) {
    result[k] = w.chains[k].walk->finish(states_[k]);
    learn(k, result[k]);
  }
  return result;
}

void Sampler::learn(std::size_t k, const Transition& t) {
  Work& w = *work_;
  const Settings& settings = w.settings;
  auto& c = w.chains[k];
  ChainState& s = states_[k];
  const std::int64_t now = s.iteration++;
  s.generator = c.generator.save();
  s.stepSize = c.stepSize;
  if (now < settings.warmup) {
    s.stepSize = c.adaptation.step.learn(t.accept, settings.targetAccept);
    if (w.windows.feeds(now)) feedMoments(s.adaptation, s.q);
    if (w.windows.ends(now)) {
      takeMetric(s.adaptation, s.inverseMetric);
      c.adaptation.searchDue = true;
    }
  }
  if (s.iteration < settings.warmup) {
    writeAdaptation(c.adaptation, s.adaptation);
    return;
  }
  if (now < settings.warmup) s.stepSize = c.adaptation.step.kept();
  s.adaptation.clear();
}

}  // namespace inflaton::mcmc
