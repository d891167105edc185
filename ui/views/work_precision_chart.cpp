#include "ui/views/work_precision_chart.h"

#include <QCoreApplication>
#include <QCursor>
#include <QToolTip>
#include <algorithm>
#include <cmath>
#include <limits>

#include "core/api/solver_table.h"
#include "ui/views/chart_parts.h"
#include "ui/views/plot_frame.h"

namespace inflaton::ui {
namespace {

QString tr(const char* s) { return QCoreApplication::translate("WorkPrecision", s); }

std::unique_ptr<QChart> make(const WorkPrecision& r, const Theme& theme, const QFont& font, bool compact) {
  auto chart = emptyChart(theme, font, compact);
  double fewest = 700, most = 1, low = r.eulerError > 0 ? r.eulerError : 1, high = low;
  for (const SolverCurve& c : r.curves)
    for (std::size_t k = 0; k < c.evaluations.size(); ++k) {
      fewest = std::min<double>(fewest, c.evaluations[k]), most = std::max<double>(most, c.evaluations[k]);
      if (c.error[k] > 0 && std::isfinite(c.error[k])) low = std::min(low, c.error[k]), high = std::max(high, c.error[k]);
    }
  // Errors of a diverged start would squeeze all that matters into a corner.
  high = std::min(high, 10.0);
  low = std::max(low, high * 1e-9);
  most = std::max(most, 1.01 * fewest);
  auto* x = decadeAxis(fewest, most, tr("evaluations"), theme, font);
  auto* y = decadeAxis(low, high * 1.0001, tr("mean error (latent sd)"), theme, font);
  chart->addAxis(x, Qt::AlignBottom);
  chart->addAxis(y, Qt::AlignLeft);
  if (compact) y->setTitleVisible(false);
  chart->legend()->setAlignment(Qt::AlignRight);  // many short names: in a column all can be read
  int k = 0;
  for (const SolverCurve& c : r.curves) {
    auto* line = new QLineSeries;
    auto* marks = new QScatterSeries;
    QList<QPointF> points;
    for (std::size_t i = 0; i < c.evaluations.size(); ++i)
      if (c.error[i] > 0 && std::isfinite(c.error[i])) points << QPointF(c.evaluations[i], c.error[i]);
    std::sort(points.begin(), points.end(), [](const QPointF& a, const QPointF& b) { return a.x() < b.x(); });
    line->setPen(curvePen(k, theme));
    line->replace(points);
    marks->setColor(classColor(k, theme));
    marks->setBorderColor(Qt::transparent);
    marks->setMarkerShape(curveMarker(k));
    marks->setMarkerSize(8);
    marks->replace(points);
    const QString id = QString::fromStdString(c.solver);
    QObject::connect(marks, &QScatterSeries::hovered, marks, [id](const QPointF& at, bool on) {
      if (on)
        QToolTip::showText(
            QCursor::pos(),
            tr("%1\n%2 evaluations\nerror %3").arg(solverLabel(id.toStdString())).arg(std::lround(at.x())).arg(number(at.y(), -3)));
      else
        QToolTip::hideText();
    });
    addCurve(*chart, line, {}, theme);
    addCurve(*chart, marks, id, theme);
    ++k;
  }
  if (r.eulerError > 0) {
    auto* yardstick = new QLineSeries;
    QPen pen(theme.text, 1.4);
    pen.setDashPattern({3, 4});
    yardstick->setPen(pen);
    yardstick->replace({QPointF(x->min(), r.eulerError), QPointF(x->max(), r.eulerError)});
    addCurve(*chart, yardstick, tr("Euler, 701 points"), theme);
  }
  return chart;
}

QString csv(const WorkPrecision& r) {
  QString out = QStringLiteral("solver,evaluations,error\n");
  for (const SolverCurve& c : r.curves)
    for (std::size_t k = 0; k < c.evaluations.size(); ++k)
      out += QStringLiteral("%1,%2,%3\n").arg(QString::fromStdString(c.solver)).arg(c.evaluations[k]).arg(c.error[k], 0, 'g', 9);
  if (r.eulerError > 0) out += QStringLiteral("euler_701,701,%1\n").arg(r.eulerError, 0, 'g', 9);
  return out;
}

}  // namespace

QString solverLabel(const std::string& id) {
  for (const SolverInfo& solver : solverTable())
    if (solver.id == id) return QString::fromStdString(solver.label);
  return QString::fromStdString(id);
}

QString workPrecisionSummary(const WorkPrecision& r) {
  if (!(r.eulerError > 0)) return tr("The reference's Euler steps do not know this schedule");
  int fewest = std::numeric_limits<int>::max();
  std::string best;
  for (const SolverCurve& c : r.curves)
    for (std::size_t k = 0; k < c.evaluations.size(); ++k)
      if (c.error[k] <= r.eulerError && c.evaluations[k] < fewest) fewest = c.evaluations[k], best = c.solver;
  if (best.empty()) return tr("No solver reached the error of 701 Euler points, %1 latent sd").arg(number(r.eulerError, -2));
  return tr("%1 reaches the error of 701 Euler points (%2 latent sd) with %3 evaluations")
      .arg(QString::fromStdString(best), number(r.eulerError, -2))
      .arg(fewest);
}

ChartPane::Content workPrecisionChart(const WorkPrecision& result, const QString& command) {
  return {[result](const Theme& theme, const QFont& font, bool compact) { return make(result, theme, font, compact); }, csv(result),
          workPrecisionSummary(result), command};
}

}  // namespace inflaton::ui
