#include "ui/hmc/chains/chain_plots.h"

#include <QCoreApplication>
#include <algorithm>
#include <cmath>

#include "ui/views/plot_box.h"
#include "ui/views/plot_frame.h"

namespace inflaton::ui {
namespace {

QString tr(const char* s) { return QCoreApplication::translate("ChainPlots", s); }

QPen truthPen(const Theme& theme) {
  QPen pen(theme.text, 1.3);
  pen.setDashPattern({7, 3, 1.5, 3});
  return pen;
}

const Diagnostic* diagnosticOf(const ChainPicture& picture, int component) {
  return component < static_cast<int>(picture.update.weights.size()) ? &picture.update.weights[static_cast<std::size_t>(component)]
                                                                     : nullptr;
}

QString csvOfDraws(const McmcDraws& d) {
  QString out = QStringLiteral("chain,draw,warmup");
  for (int k = 0; k < d.components; ++k) out += QStringLiteral(",w%1").arg(k);
  out += QStringLiteral(",lp,energy,acceptance_rate,step_size,tree_depth,n_steps,diverging\n");
  for (int c = 0; c < d.chains; ++c)
    for (std::int64_t i = 0; i < d.drawsOf(c); ++i) {
      const auto chain = static_cast<std::size_t>(c), at = static_cast<std::size_t>(i);
      out += QStringLiteral("%1,%2,%3").arg(c).arg(i).arg(i < d.warmup ? 1 : 0);
      for (int k = 0; k < d.components; ++k)
        out += ',' + QString::number(d.weights[chain][at * static_cast<std::size_t>(d.components) + static_cast<std::size_t>(k)], 'g', 8);
      const auto real = [&](const std::vector<std::vector<double>>& v) {
        return at < v[chain].size() ? QString::number(v[chain][at], 'g', 12) : QString();
      };
      const auto whole = [&](const auto& v) {
        return chain < v.size() && at < v[chain].size() ? QString::number(static_cast<int>(v[chain][at])) : QString();
      };
      out += ',' + real(d.logDensity) + ',' + real(d.energy) + ',' + real(d.accept) + ',' + real(d.stepSize) + ',' + whole(d.depth) + ',' +
             whole(d.leapfrogs) + ',' + whole(d.divergent) + '\n';
    }
  return out;
}

void paintTrace(QPainter& p, const QRectF& area, const PaintOptions& o, const ChainPicture& picture) {
  const ChainSummary& s = *picture.summary;
  const Theme& theme = o.theme;
  const QFontMetricsF fm(p.font());
  const double line = fm.height();
  double x = area.left() + 8;
  const bool roomy = s.chains * (39 + fm.horizontalAdvance(tr("chain %1").arg(9))) + 190 < area.width();
  for (int c = 0; c < s.chains && x < area.right() - 190; ++c)
    x += drawKey(p, {x, area.top()}, chainPen(c, theme, 2), roomy ? tr("chain %1").arg(c + 1) : QString::number(c + 1), theme,
                 roomy ? 20 : 12);
  if (!picture.truth.empty() && x < area.right() - 100) x += drawKey(p, {x, area.top()}, truthPen(theme), tr("truth"), theme);
  if (s.divergences + s.warmupDivergences > 0 && x < area.right() - 60) {
    p.setPen(Qt::NoPen);
    p.setBrush(classColor(1, theme));
    drawTriangle(p, {x + 6, area.top() + line / 2}, 5);
    p.setPen(theme.text);
    p.drawText(QRectF(x + 16, area.top(), area.right() - x - 16, line), Qt::AlignLeft | Qt::AlignVCenter, tr("divergent"));
  }
  const double top = area.top() + line + 4, axis = line + 6 + line + 1, height = (area.bottom() - axis - top) / std::max(1, s.components);
  double left = 0;  // one margin for all rows
  const double right =
      PlotBox(QRectF(area.left(), top, area.width(), height + axis), 0, std::max<double>(10, static_cast<double>(s.iterations)), 0, 1,
              {{}, {}, QStringLiteral("x"), QStringLiteral("w")}, fm)
          .area()
          .right();
  for (int k = 0; k < s.components; ++k) {
    const auto i = static_cast<std::size_t>(k);
    left = std::max(left, PlotBox(QRectF(area.left(), top, area.width(), height), 0, 1, s.traceLow[i], s.traceHigh[i],
                                  {{}, {}, {}, QStringLiteral("w"), false}, fm)
                              .area()
                              .left());
  }
  for (int k = 0; k < s.components; ++k) {
    const auto i = static_cast<std::size_t>(k);
    const bool last = k + 1 == s.components;
    BoxStyle style{{}, {}, last ? tr("draw, warm-up included") : QString(), weightName(k), last};
    QRectF outer(area.left(), top + k * height, area.width(), height + (last ? axis : 0));
    const PlotBox trial(outer, 0, std::max<double>(10, static_cast<double>(s.iterations)), s.traceLow[i], s.traceHigh[i], style, fm);
    const double shift = left - trial.area().left();
    outer.setLeft(outer.left() + shift);
    if (!last) outer.setRight(outer.right() - (trial.area().right() - right));
    const PlotBox box(outer, 0, trial.x1(), s.traceLow[i], s.traceHigh[i], style, fm);
    if (s.warmup > 0) {
      p.fillRect(
          QRectF(box.area().topLeft(), QPointF(std::min(box.area().right(), box.mapX(static_cast<double>(s.warmup))), box.area().bottom())),
          mix(theme.background, theme.text, 0.09));
      if (k == 0) {
        p.setPen(theme.axis);
        p.drawText(QRectF(box.area().left() + 4, box.area().top() + 1,
                          std::max(0.0, box.mapX(static_cast<double>(s.warmup)) - box.area().left() - 6), line),
                   Qt::AlignLeft | Qt::AlignTop, tr("warm-up"));
      }
    }
    box.drawGround(p, theme);
    p.save();
    box.clip(p);
    for (int c = 0; c < s.chains; ++c) {
      const TraceBand& band = s.trace[i][static_cast<std::size_t>(c)];
      QPolygonF points;
      points.reserve(static_cast<qsizetype>(2 * band.at.size()));
      for (std::size_t b = 0; b < band.at.size(); ++b) {
        const bool up = b % 2;  // low-high, high-low: the thread of the line is kept
        points << box.map(band.at[b], up ? band.low[b] : band.high[b]);
        if (band.low[b] != band.high[b]) points << box.map(band.at[b], up ? band.high[b] : band.low[b]);
      }
      QPen pen = chainPen(c, theme, 1);
      QColor color = pen.color();
      color.setAlphaF(s.chains > 1 ? 0.75f : 1.f);
      pen.setColor(color);
      p.setPen(pen);
      p.setBrush(Qt::NoBrush);
      p.drawPolyline(points);
    }
    if (k < static_cast<int>(picture.truth.size())) {
      p.setPen(truthPen(theme));
      p.drawLine(box.map(box.x0(), picture.truth[i]), box.map(box.x1(), picture.truth[i]));
    }
    p.setPen(QPen(theme.background, 0.8));
    p.setBrush(classColor(1, theme));
    for (const auto& mark : s.divergent) drawTriangle(p, {box.mapX(static_cast<double>(mark.iteration)), box.area().bottom() - 5}, 4.5);
    p.restore();
    box.drawAxes(p, theme);
  }
}

void paintRanks(QPainter& p, const QRectF& area, const PaintOptions& o, const ChainPicture& picture) {
  const ChainSummary& s = *picture.summary;
  const Theme& theme = o.theme;
  const QFontMetricsF fm(p.font());
  const double line = fm.height(), label = fm.horizontalAdvance(weightName(0)) + 12;
  const double expected = static_cast<double>(s.drawsPerChain) / ChainSummary::kBins;
  double most = 2;
  for (const auto& component : s.ranks)
    for (const auto& chain : component)
      for (const int n : chain) most = std::max(most, 1.05 * n / expected);
  most = std::min(most, 5.0);
  const double foot = 2 * line + 6, head = line + 4;
  const double width = (area.width() - label - 4) / s.chains, height = (area.height() - head - foot) / s.components;
  for (int k = 0; k < s.components; ++k) {
    const Diagnostic* d = diagnosticOf(picture, k);
    // Draws of a chain lean on each other: the band is that of as many independent ones as the chain is worth.
    double worth = static_cast<double>(s.drawsPerChain);
    if (d && std::isfinite(d->essBulk) && d->essBulk > 0) worth = std::min(worth, d->essBulk / s.chains);
    const double sd = std::sqrt((1 - 1.0 / ChainSummary::kBins) * (1 - 1.0 / s.chains) * ChainSummary::kBins / std::max(1.0, worth));
    p.setPen(theme.text);
    p.drawText(QRectF(area.left(), area.top() + head + k * height, label - 4, height), Qt::AlignRight | Qt::AlignVCenter, weightName(k));
    for (int c = 0; c < s.chains; ++c) {
      const PlotBox box(QRectF(area.left() + label + c * width, area.top() + head + k * height - 3, width, height), 0, ChainSummary::kBins,
                        0, most, {{}, {}, {}, {}, false, false, false}, fm);
      if (k == 0) {
        p.setPen(theme.text);
        p.drawText(QRectF(box.area().left(), area.top(), box.area().width(), line), Qt::AlignCenter,
                   width > fm.horizontalAdvance(tr("chain %1").arg(99)) ? tr("chain %1").arg(c + 1) : QString::number(c + 1));
      }
      p.save();
      box.clip(p);
      const double lower = std::max(0.0, 1 - 1.96 * sd), upper = std::min(most, 1 + 1.96 * sd);
      p.fillRect(QRectF(box.map(0, upper), box.map(ChainSummary::kBins, lower)), mix(theme.background, theme.text, 0.13));
      QColor bar = chainPen(c, theme).color();
      bar.setAlphaF(0.8f);
      p.setPen(Qt::NoPen);
      p.setBrush(bar);
      p.setRenderHint(QPainter::Antialiasing, false);
      for (int b = 0; b < ChainSummary::kBins; ++b) {
        const double n = s.ranks[static_cast<std::size_t>(k)][static_cast<std::size_t>(c)][static_cast<std::size_t>(b)] / expected;
        p.drawRect(QRectF(box.map(b + 0.06, n), box.map(b + 0.94, 0)));
      }
      p.setPen(QPen(theme.text, 1, Qt::DotLine));
      for (const double edge : {lower, upper}) p.drawLine(box.map(0, edge), box.map(ChainSummary::kBins, edge));
      p.setPen(QPen(theme.text, 1));
      p.drawLine(box.map(0, 1), box.map(ChainSummary::kBins, 1));
      p.restore();
      box.drawAxes(p, theme);
    }
  }
  p.setPen(theme.text);
  const QRectF below(area.left() + label, area.bottom() - foot + 1, area.width() - label - 4, line);
  p.drawText(below, Qt::AlignCenter, fm.elidedText(tr("rank among the draws of all chains"), Qt::ElideRight, below.width()));
  p.setPen(theme.axis);
  p.drawText(
      below.translated(0, line + 1), Qt::AlignCenter,
      fm.elidedText(tr("line: every rank equally often; band: 95 % of a bin for chains of this ESS"), Qt::ElideRight, below.width()));
}

QPainterPath steps(const PlotBox& box, const std::vector<double>& h, double low, double width) {
  QPainterPath path(box.map(low, 0));
  for (std::size_t b = 0; b < h.size(); ++b) {
    path.lineTo(box.map(low + static_cast<double>(b) * width, h[b]));
    path.lineTo(box.map(low + static_cast<double>(b + 1) * width, h[b]));
  }
  path.lineTo(box.map(low + static_cast<double>(h.size()) * width, 0));
  return path;
}

void paintEnergy(QPainter& p, const QRectF& area, const PaintOptions& o, const ChainPicture& picture) {
  const ChainSummary& s = *picture.summary;
  const Theme& theme = o.theme;
  const QFontMetricsF fm(p.font());
  const double line = fm.height();
  QPen first(classColor(0, theme), 1.6), second(classColor(1, theme), 1.8);
  second.setDashPattern({5, 2.5});
  double x = area.left() + 8;
  x += drawKey(p, {x, area.top()}, first, tr("marginal, E \u2212 mean E"), theme);
  drawKey(p, {x, area.top()}, second, tr("transition, \u0394E"), theme);
  // E-BFMI of each chain, those that are low marked by shape too.
  double at = area.left() + 8;
  const double row = area.top() + line + 3;
  const auto say = [&](const QString& text) {
    p.drawText(QRectF(at, row, area.right() - at, line), Qt::AlignLeft | Qt::AlignVCenter, text);
    at += fm.horizontalAdvance(text);
  };
  p.setPen(theme.text);
  say(tr("E-BFMI by chain: "));
  bool any = false;
  for (const double v : s.ebfmi) {
    if (v < 0.3) {
      any = true;
      p.setPen(Qt::NoPen);
      p.setBrush(classColor(1, theme));
      drawTriangle(p, {at + 6, row + line / 2}, 5);
      p.setPen(theme.text);
      at += 14;
    }
    say(std::isfinite(v) ? plotNumber(v, 2) + QStringLiteral("   ") : QStringLiteral("\u2013   "));
  }
  p.setPen(theme.axis);
  if (const QString limit = any ? tr("(below 0.3: too slow)") : tr("(0.3 or more is good)");
      at + fm.horizontalAdvance(limit) < area.right() - 2)
    say(limit);
  double most = 0;
  for (const auto* h : {&s.energyMarginal, &s.energyTransition})
    for (const double v : *h) most = std::max(most, v);
  const PlotBox box(QRectF(area.left(), area.top() + 2 * line + 8, area.width(), area.height() - 2 * line - 8), s.energyLow, s.energyHigh,
                    0, 1.08 * most, {{}, {}, tr("energy"), tr("density"), true, false}, fm);
  box.drawGround(p, theme);
  p.save();
  box.clip(p);
  const double width = (s.energyHigh - s.energyLow) / ChainSummary::kEnergyBins;
  QColor fill = first.color();
  fill.setAlphaF(0.28f);
  p.setPen(first);
  p.setBrush(fill);
  p.drawPath(steps(box, s.energyMarginal, s.energyLow, width));
  p.setPen(second);
  p.setBrush(Qt::NoBrush);
  p.drawPath(steps(box, s.energyTransition, s.energyLow, width));
  p.restore();
  box.drawAxes(p, theme);
}

QPolygonF curveOf(const PlotBox& box, const std::vector<double>& at, const std::vector<double>& value) {
  QPolygonF points;
  for (std::size_t i = 0; i < at.size() && i < value.size(); ++i) points << box.map(at[i], value[i]);
  return points;
}

void paintPosterior(QPainter& p, const QRectF& area, const PaintOptions& o, const ChainPicture& picture) {
  const ChainSummary& s = *picture.summary;
  const Theme& theme = o.theme;
  const QFontMetricsF fm(p.font());
  const double line = fm.height();
  const auto& marginal = picture.marginal;
  QPen ours(theme.accent, 2), exact(classColor(1, theme), 1.8), thin(mix(theme.background, theme.accent, 0.55), 1);
  exact.setDashPattern({5, 2.5});
  double x = area.left() + 8;
  x += drawKey(p, {x, area.top()}, ours, tr("all chains"), theme);
  if (s.chains > 1 && x < area.right() - 330) x += drawKey(p, {x, area.top()}, thin, tr("each chain"), theme);
  if (marginal) x += drawKey(p, {x, area.top()}, exact, tr("marginal posterior"), theme);
  if (!picture.truth.empty()) drawKey(p, {x, area.top()}, truthPen(theme), tr("truth"), theme);
  const QString words = marginalComparison(picture);
  const bool two = fm.horizontalAdvance(words) > area.width() - 16;
  const double foot = words.isEmpty() ? 0 : (two ? 2 : 1) * line + 3;
  const QRectF room = area.adjusted(0, line + 3, 0, -foot);
  const bool across = room.width() > 1.5 * room.height();
  const int n = s.components;
  for (int k = 0; k < n; ++k) {
    const auto i = static_cast<std::size_t>(k);
    const DensityCurve& all = s.density[i];
    double low = all.empty() ? 0 : all.at.front(), high = all.empty() ? 1 : all.at.back(), most = 1e-9;
    for (const double v : all.value) most = std::max(most, v);
    double tallest = most;
    for (const auto& c : s.chainDensity[i])
      for (const double v : c.value) tallest = std::max(tallest, v);
    most = std::min(tallest, 1.5 * most);  // a chain that is stuck must not flatten the others
    if (marginal && !marginal->at.empty() && !marginal->density[k].empty()) {
      double peak = 0;
      for (const double v : marginal->density[k]) peak = std::max(peak, v);
      most = std::max(most, peak);
      for (std::size_t g = 0; g < marginal->at.size() && g < marginal->density[k].size(); ++g)
        if (marginal->density[k][g] > 1e-3 * peak) low = std::min(low, marginal->at[g]), high = std::max(high, marginal->at[g]);
    }
    if (k < static_cast<int>(picture.truth.size())) {
      const double margin = 0.04 * (high - low);
      low = std::min(low, picture.truth[i] - margin), high = std::max(high, picture.truth[i] + margin);
    }
    const QRectF outer = across ? QRectF(room.left() + k * room.width() / n, room.top(), room.width() / n, room.height())
                                : QRectF(room.left(), room.top() + k * room.height() / n, room.width(), room.height() / n);
    QString note = all.empty() ? QString() : tr("%1 \u00b1 %2").arg(plotNumber(all.mean, 3), plotNumber(all.sd, 3));
    if (marginal && k < static_cast<int>(marginal->mean.size()) && (!across || outer.width() > 40 * fm.averageCharWidth()))
      note += tr("; marginal %1 \u00b1 %2").arg(plotNumber(marginal->mean[i], 3), plotNumber(marginal->sd[i], 3));
    const PlotBox box(outer, std::max(0.0, low), std::min(1.0, high), 0, 1.1 * most, {weightName(k), note, {}, {}, true, false}, fm);
    box.drawGround(p, theme);
    p.save();
    box.clip(p);
    QColor fill = theme.accent;
    fill.setAlphaF(0.16f);
    p.setPen(Qt::NoPen);
    p.setBrush(fill);
    QPolygonF body = curveOf(box, all.at, all.value);
    if (!body.isEmpty()) {
      body.prepend(QPointF(body.first().x(), box.mapY(0)));
      body.append(QPointF(body.last().x(), box.mapY(0)));
      p.drawPolygon(body);
    }
    p.setBrush(Qt::NoBrush);
    p.setPen(thin);
    if (s.chains > 1)
      for (const auto& c : s.chainDensity[i]) p.drawPolyline(curveOf(box, c.at, c.value));
    p.setPen(ours);
    p.drawPolyline(curveOf(box, all.at, all.value));
    if (marginal) {
      p.setPen(exact);
      p.drawPolyline(curveOf(box, marginal->at, marginal->density[k]));
    }
    if (k < static_cast<int>(picture.truth.size())) {
      p.setPen(truthPen(theme));
      p.drawLine(box.map(picture.truth[i], 0), box.map(picture.truth[i], box.y1()));
    }
    p.restore();
    box.drawAxes(p, theme);
  }
  if (!words.isEmpty()) {
    p.setPen(theme.axis);
    p.drawText(QRectF(area.left() + 8, area.bottom() - foot + 2, area.width() - 16, foot), Qt::AlignLeft | Qt::AlignTop | Qt::TextWordWrap,
               words);
  }
}

}  // namespace

QPen chainPen(int chain, const Theme& theme, double width) { return QPen(classColor(chain, theme), width); }

QString marginalComparison(const ChainPicture& picture) {
  const auto& m = picture.marginal;
  if (!m || m->mean.empty()) return {};
  double own = 0;
  for (const double e : m->meanError) own = std::max(own, e);
  const QString error = tr("marginal posterior: its own error %1").arg(plotNumber(own, -2));
  QStringList apart;
  for (std::size_t k = 0; k < m->mean.size() && k < picture.update.weights.size(); ++k) {
    const Diagnostic& d = picture.update.weights[k];
    const double both = std::hypot(d.mcse, k < m->meanError.size() ? m->meanError[k] : 0);
    if (both > 0 && std::isfinite(both)) apart << plotNumber(std::abs(d.mean - m->mean[k]) / both, 1);
  }
  return apart.isEmpty() ? error.left(1).toUpper() + error.mid(1)
                         : tr("Means apart by %1 standard errors; %2").arg(apart.join(QStringLiteral(", ")), error);
}

PlotContent tracePlot(ChainPicturePtr picture) {
  PlotContent content;
  if (!picture || picture->summary->iterations < 2) return content;
  content.command = picture->command;
  content.summary = tr("%1 chains, %2 draws each, %3 of them warm-up")
                        .arg(picture->summary->chains)
                        .arg(picture->summary->iterations)
                        .arg(std::min(picture->summary->warmup, picture->summary->iterations));
  content.csv = [picture] { return picture->update.draws ? csvOfDraws(*picture->update.draws) : QString(); };
  content.paint = [picture](QPainter& p, const QRectF& area, const PaintOptions& o) { paintTrace(p, area, o, *picture); };
  return content;
}

PlotContent rankPlot(ChainPicturePtr picture) {
  PlotContent content;
  if (!picture || picture->summary->ranks.empty() || picture->summary->chains < 2) return content;
  content.command = picture->command;
  content.summary = tr("Ranks of each chain's draws among those of all; uniform where the chains agree");
  content.csv = [picture] {
    QString out = QStringLiteral("weight,chain,bin,count,expected\n");
    const auto& s = *picture->summary;
    for (std::size_t k = 0; k < s.ranks.size(); ++k)
      for (std::size_t c = 0; c < s.ranks[k].size(); ++c)
        for (std::size_t b = 0; b < s.ranks[k][c].size(); ++b)
          out += QStringLiteral("w%1,%2,%3,%4,%5\n")
                     .arg(k)
                     .arg(c)
                     .arg(b)
                     .arg(s.ranks[k][c][b])
                     .arg(static_cast<double>(s.drawsPerChain) / ChainSummary::kBins);
    return out;
  };
  content.paint = [picture](QPainter& p, const QRectF& area, const PaintOptions& o) { paintRanks(p, area, o, *picture); };
  return content;
}

PlotContent energyPlot(ChainPicturePtr picture) {
  PlotContent content;
  if (!picture || picture->summary->energyMarginal.empty()) return content;
  content.command = picture->command;
  double least = INFINITY;
  for (const double v : picture->summary->ebfmi) least = std::min(least, std::isfinite(v) ? v : INFINITY);
  content.summary = tr("Least E-BFMI of the chains: %1").arg(std::isfinite(least) ? number(least, 2) : tr("not known"));
  content.csv = [picture] {
    const auto& s = *picture->summary;
    QString out = QStringLiteral("energy,marginal,transition\n");
    const double width = (s.energyHigh - s.energyLow) / ChainSummary::kEnergyBins;
    for (std::size_t b = 0; b < s.energyMarginal.size(); ++b)
      out += QStringLiteral("%1,%2,%3\n")
                 .arg(s.energyLow + (static_cast<double>(b) + 0.5) * width, 0, 'g', 8)
                 .arg(s.energyMarginal[b], 0, 'g', 8)
                 .arg(s.energyTransition[b], 0, 'g', 8);
    return out;
  };
  content.paint = [picture](QPainter& p, const QRectF& area, const PaintOptions& o) { paintEnergy(p, area, o, *picture); };
  return content;
}

PlotContent posteriorPlot(ChainPicturePtr picture) {
  PlotContent content;
  if (!picture || (!picture->marginal && (picture->summary->density.empty() || picture->summary->density.front().empty()))) return content;
  content.command = picture->command;
  content.summary = marginalComparison(*picture);
  for (std::size_t k = 0; k < picture->summary->density.size() && content.summary.isEmpty(); ++k)
    if (!picture->summary->density[k].empty())
      content.summary = tr("Posterior mean of w0 %1 \u00b1 %2")
                            .arg(number(picture->summary->density[k].mean, 3), number(picture->summary->density[k].sd, 3));
  content.csv = [picture] {
    QString out = QStringLiteral("source,weight,value,density\n");
    const auto rows = [&](const QString& source, std::size_t k, const std::vector<double>& at, const std::vector<double>& v) {
      for (std::size_t g = 0; g < at.size() && g < v.size(); ++g)
        out += QStringLiteral("%1,w%2,%3,%4\n").arg(source).arg(k).arg(at[g], 0, 'g', 8).arg(v[g], 0, 'g', 8);
    };
    for (std::size_t k = 0; k < picture->summary->density.size(); ++k)
      rows(QStringLiteral("chains"), k, picture->summary->density[k].at, picture->summary->density[k].value);
    if (picture->marginal)
      for (std::size_t k = 0; k < 3; ++k) rows(QStringLiteral("marginal"), k, picture->marginal->at, picture->marginal->density[k]);
    for (std::size_t k = 0; k < picture->truth.size(); ++k)
      out += QStringLiteral("truth,w%1,%2,\n").arg(k).arg(picture->truth[k], 0, 'g', 8);
    return out;
  };
  content.paint = [picture](QPainter& p, const QRectF& area, const PaintOptions& o) { paintPosterior(p, area, o, *picture); };
  return content;
}

}  // namespace inflaton::ui
