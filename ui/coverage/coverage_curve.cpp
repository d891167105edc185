#include "ui/coverage/coverage_curve.h"

#include <QAreaSeries>
#include <QLegend>
#include <QLegendMarker>
#include <algorithm>

#include "ui/coverage/coverage_colors.h"
#include "ui/coverage/coverage_judgement.h"
#include "ui/coverage/coverage_table.h"
#include "ui/views/chart_parts.h"

namespace inflaton::ui {

namespace {

constexpr double kOne = 1.96;  // standard deviations of one error bar: 95 %
constexpr std::array kPlaces{CoveragePlace::latentStart, CoveragePlace::data, CoveragePlace::latentEnd};

/// Where a calibrated flow stays, around the ideal; kept out of the legend.
void addBand(QChart& chart, const CoverageResult& result, const CoverageJudgement& judged,
             const std::function<double(std::size_t, double)>& value, const QColor& color) {
  auto *upper = new QLineSeries, *lower = new QLineSeries;
  for (std::size_t r = 0; r < result.radii.size(); ++r) {
    upper->append(result.radii[r], value(r, result.ideal[r] + judged.band[r]));
    lower->append(result.radii[r], value(r, result.ideal[r] - judged.band[r]));
  }
  auto* band = new QAreaSeries(upper, lower);
  upper->setParent(band);
  lower->setParent(band);
  QColor fill = color;
  fill.setAlphaF(0.22f);
  band->setBrush(fill);
  band->setPen(Qt::NoPen);
  chart.addSeries(band);
  for (auto* axis : chart.axes()) band->attachAxis(axis);
  for (auto* marker : chart.legend()->markers(band)) marker->setVisible(false);
}

/// The binomial error of each share: 95 % of Wilson's interval, an upright line at each radius.
void addErrors(QChart& chart, const CoverageResult& result, const CoverageJudgement& judged, BoundaryKind kind, CoveragePlace place,
               const std::function<double(std::size_t, double)>& value, const QColor& color, const Theme& theme) {
  for (std::size_t r = 0; r < result.radii.size(); ++r) {
    const auto [low, high] = wilson(result.mean(kind, place, r), judged.trials, kOne);
    auto* bar = new QLineSeries;
    bar->append(result.radii[r], value(r, low));
    bar->append(result.radii[r], value(r, high));
    bar->setPen(QPen(color, 1.4));
    addCurve(chart, bar, {}, theme);
  }
}

}  // namespace

ChartPane::Content coverageChart(std::shared_ptr<const CoverageResult> result, BoundaryKind kind, bool difference) {
  ChartPane::Content content;
  if (!result || !result->has(kind)) return content;
  content.csv = coverageCsv(*result);
  content.command = QString::fromStdString(result->command);
  double worst = 0;
  for (const CoveragePlace place : kPlaces)
    for (std::size_t r = 0; r < result->radii.size(); ++r)
      worst = std::max(worst, std::abs(result->mean(kind, place, r) - result->ideal[r]));
  content.summary = judgeCoverage(*result, kind).words + QStringLiteral(". ") +
                    CoverageModel::tr("%1: at most %L2 percentage points from the ideal over %3 radii and %4 seed(s)")
                        .arg(kindName(kind))
                        .arg(100 * worst, 0, 'f', 1)
                        .arg(result->radii.size())
                        .arg(result->runs.size());
  content.make = [result, kind, difference](const Theme& theme, const QFont& font, bool compact) {
    auto chart = emptyChart(theme, font, compact);
    const CoverageJudgement judged = judgeCoverage(*result, kind);
    const auto value = [&](std::size_t r, double share) { return 100 * (difference ? share - result->ideal[r] : share); };
    double low = difference ? -0.5 : 0, high = difference ? 0.5 : 100;
    for (const CoveragePlace place : kPlaces)
      for (std::size_t r = 0; difference && r < result->radii.size(); ++r) {
        const auto [least, most] = wilson(result->mean(kind, place, r), judged.trials, kOne);
        low = std::min({low, value(r, least) * 1.1, value(r, result->ideal[r] - judged.band[r]) * 1.1});
        high = std::max({high, value(r, most) * 1.1, value(r, result->ideal[r] + judged.band[r]) * 1.1});
      }
    const double first = result->radii.front(), last = result->radii.back(), room = std::max(0.05, 0.03 * (last - first));
    chart->addAxis(plainAxis(first - room, last + room, compact ? 4 : 7, CoverageModel::tr("Mahalanobis radius (latent sd)"), theme, font),
                   Qt::AlignBottom);
    chart->addAxis(
        plainAxis(low, high, compact && !difference ? 3 : 5,
                  difference ? CoverageModel::tr("minus ideal (points)") : CoverageModel::tr("test points inside (%)"), theme, font),
        Qt::AlignLeft);
    addBand(*chart, *result, judged, value, theme.text);
    for (const CoveragePlace place : kPlaces) addErrors(*chart, *result, judged, kind, place, value, placeColor(place, theme), theme);
    int k = 0;
    for (const CoveragePlace place : kPlaces) {
      auto* line = new QLineSeries;
      QPen pen = curvePen(k, theme);
      pen.setStyle(Qt::SolidLine);
      pen.setColor(placeColor(place, theme));
      line->setPen(pen);
      auto* marks = new QScatterSeries;
      marks->setMarkerShape(curveMarker(k++));
      marks->setMarkerSize(compact ? 6 : 8);
      marks->setColor(placeColor(place, theme));
      marks->setBorderColor(theme.background);
      for (std::size_t r = 0; r < result->radii.size(); ++r) {
        const QPointF at(result->radii[r], value(r, result->mean(kind, place, r)));
        line->append(at);
        marks->append(at);
      }
      addCurve(*chart, line, {}, theme);
      addCurve(*chart, marks, placeName(place), theme);
    }
    auto* ideal = new QLineSeries;
    for (std::size_t r = 0; r < result->radii.size(); ++r) ideal->append(result->radii[r], value(r, result->ideal[r]));
    ideal->setPen(QPen(theme.text, 1.4, Qt::DashLine));
    addCurve(*chart, ideal, CoverageModel::tr("ideal"), theme);
    return chart;
  };
  return content;
}

}  // namespace inflaton::ui
