#pragma once
// What may be said of chains: converged only when all that is sampled has, weights and latents, and the map is as good as the noise asks.
#include <QString>
#include <QStringList>
#include <cmath>

#include "core/api/mcmc.h"

namespace inflaton::ui {

/// Greatest R-hat and least ESS (bulk or tail) of a group of parameters; NaN: not known.
struct Mixing {
  double rhat = NAN, ess = NAN;
  bool known() const { return std::isfinite(rhat) && std::isfinite(ess); }
};
Mixing mixingOf(const std::vector<Diagnostic>&);

struct ChainVerdict {
  enum class Kind { busy, good, attention };
  Kind kind = Kind::busy;
  QString words;
  Mixing weights, latents;  ///< what it is based on
};

/// `ended`: the run's result; nullptr while it runs, when `watched` is what is known of the latents. `noise` > 0: standard deviation of the
/// observations, which an error of the map must stay well below.
ChainVerdict judgeChains(const McmcUpdate& now, const McmcResult* ended, const Mixing& watched, double noise);

}  // namespace inflaton::ui
