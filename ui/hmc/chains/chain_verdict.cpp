#include "ui/hmc/chains/chain_verdict.h"

#include <QCoreApplication>
#include <algorithm>

#include "ui/style/locale_numbers.h"
#include "ui/views/plot_frame.h"

namespace inflaton::ui {

namespace {

QString tr(const char* text) { return QCoreApplication::translate("ChainVerdict", text); }

constexpr double kMapShare = 1.0 / 3;  // of the noise, that the map's error may reach in one place of a hundred

void include(Mixing& all, double rhat, double ess) {
  if (!std::isfinite(rhat) || !std::isfinite(ess) || rhat <= 0) return;
  all.rhat = all.known() ? std::max(all.rhat, rhat) : rhat;
  all.ess = std::isfinite(all.ess) ? std::min(all.ess, ess) : ess;
}

/// Of the latents once the chains have ended: the watched ones in the table, and the extremes over all in the files.
Mixing latentsOf(const McmcResult& r, std::size_t weights) {
  Mixing all;
  if (r.diagnostics.size() > weights) all = mixingOf({r.diagnostics.begin() + static_cast<std::ptrdiff_t>(weights), r.diagnostics.end()});
  include(all, r.latentRhat, r.latentEss);
  return all;
}

}  // namespace

Mixing mixingOf(const std::vector<Diagnostic>& some) {
  Mixing all;
  for (const Diagnostic& d : some) include(all, d.rhat, std::isfinite(d.essTail) ? std::min(d.essBulk, d.essTail) : d.essBulk);
  return all;
}

ChainVerdict judgeChains(const McmcUpdate& now, const McmcResult* ended, const Mixing& watched, double noise) {
  ChainVerdict v;
  v.weights = mixingOf(now.weights);
  v.latents = ended ? latentsOf(*ended, now.weights.size()) : watched;
  const QString said = localeText(QString::fromStdString(now.verdict));
  v.words = said.isEmpty() ? tr("Sampling") : said.left(1).toUpper() + said.mid(1);
  if (now.weights.empty()) return v;
  v.kind = now.good ? ChainVerdict::Kind::good : ChainVerdict::Kind::attention;
  const bool mapOff = ended && ended->table.cells > 0 && (ended->table.max > noise || ended->table.q99 > kMapShare * noise);
  const QString map = mapOff ? tr("the map is off by up to %1 where the noise is %2: lower table_tolerance, or use the solver")
                                   .arg(number(ended->table.max, -2), number(noise, -2))
                             : QString();
  if (!now.good) {  // weights or latents: the core's words say which
    if (mapOff) v.words += QStringLiteral("; ") + map;
    return v;
  }

  QStringList but;
  if (v.latents.known() && (v.latents.rhat >= kGoodLatentRhat || v.latents.ess <= kGoodLatentEss))
    but << tr("latents have not (R-hat %1, ESS %2)").arg(number(v.latents.rhat, 3), number(v.latents.ess, 0));
  const bool wholly = but.isEmpty();
  if (v.weights.ess <= kGoodEss) but << tr("tail ESS of a weight is %1").arg(number(v.weights.ess, 0));
  if (mapOff) but << map;
  if (but.isEmpty()) return v;
  v.kind = ChainVerdict::Kind::attention;
  v.words = (wholly ? tr("Converged, but %1") : tr("The weights have converged, but %1")).arg(but.join(QStringLiteral("; ")));
  return v;
}

}  // namespace inflaton::ui
