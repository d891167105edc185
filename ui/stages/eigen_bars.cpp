#include "ui/stages/eigen_bars.h"

#include <QPainter>

#include "ui/style/colors.h"

namespace inflaton::ui {

EigenBars::EigenBars(ViewState* state, QWidget* parent) : QWidget(parent), state_(state) {
  setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Fixed);
  connect(state, &ViewState::simulationChanged, this, [this] {
    if (const auto simulation = state_->simulation()) {
      QString says = tr("Eigenvalues:");
      for (double xi : simulation->basis.eigenvalues) says += QStringLiteral(" %L1").arg(xi, 0, 'g', 3);
      setAccessibleName(says);
    }
    updateGeometry();
    update();
  });
}

QSize EigenBars::sizeHint() const {
  const auto simulation = state_->simulation();
  const int rows = simulation ? simulation->basis.dim : 2;
  return {200, (rows + 1) * (fontMetrics().height() + 5) + 2};
}

void EigenBars::paintEvent(QPaintEvent*) {
  const auto simulation = state_->simulation();
  if (!simulation) return;
  const std::vector<double>& xi = simulation->basis.eigenvalues;
  double total = 0;
  for (double v : xi) total += v;
  QPainter painter(this);
  painter.setRenderHint(QPainter::Antialiasing);
  const Theme theme = Theme::fromPalette(palette());
  const int line = fontMetrics().height() + 5;
  const int number = fontMetrics().horizontalAdvance("00.000  100 %"), name = fontMetrics().horizontalAdvance("PC 16 ");
  const int room = std::max(10, width() - name - number - 8);
  for (std::size_t j = 0; j < xi.size(); ++j) {
    const int top = static_cast<int>(j) * line;
    painter.setPen(palette().color(QPalette::WindowText));
    painter.drawText(QRect(0, top, name, line), Qt::AlignVCenter | Qt::AlignLeft, QStringLiteral("PC %1").arg(j + 1));
    painter.setPen(Qt::NoPen);
    painter.setBrush(mix(palette().color(QPalette::Window), theme.grid, 0.6));
    painter.drawRoundedRect(QRectF(name, top + 4, room, line - 8), 2, 2);
    painter.setBrush(theme.accent);
    painter.drawRoundedRect(QRectF(name, top + 4, std::max(2.0, room * xi[j] / xi[0]), line - 8), 2, 2);
    painter.setPen(palette().color(QPalette::WindowText));
    painter.drawText(QRect(width() - number, top, number, line), Qt::AlignVCenter | Qt::AlignRight,
                     tr("%L1  %2 %").arg(xi[j], 0, 'f', 3).arg(static_cast<int>(0.5 + 100 * xi[j] / total), 3));
  }
  painter.setPen(palette().color(QPalette::PlaceholderText));
  painter.drawText(QRect(0, static_cast<int>(xi.size()) * line, width(), line), Qt::AlignVCenter | Qt::AlignLeft,
                   tr("Participation ratio %L1 of %2").arg(participationRatio(xi), 0, 'f', 2).arg(xi.size()));
}

}  // namespace inflaton::ui
