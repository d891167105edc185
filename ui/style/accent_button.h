#pragma once
// A push button that wears the highlight colour while it is down: of two choices, which one is on must not be a riddle.
#include <QPushButton>
#include <QStyleOptionButton>
#include <QStylePainter>

namespace inflaton::ui {

class AccentButton : public QPushButton {
 public:
  using QPushButton::QPushButton;

 protected:
  void paintEvent(QPaintEvent*) override {
    QStyleOptionButton option;
    initStyleOption(&option);
    QStylePainter painter(this);
    if (!isChecked() || !isEnabled()) return painter.drawControl(QStyle::CE_PushButton, option);
    // Flat, since a style's gradient would lighten the ground under white letters.
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setPen(palette().color(QPalette::Highlight).darker(130));
    painter.setBrush(palette().color(QPalette::Highlight));
    painter.drawRoundedRect(QRectF(rect()).adjusted(0.5, 0.5, -0.5, -0.5), 2, 2);
    option.palette.setColor(QPalette::ButtonText, palette().color(QPalette::HighlightedText));
    option.state &= ~(QStyle::State_On | QStyle::State_Sunken);
    painter.drawControl(QStyle::CE_PushButtonLabel, option);
    if (hasFocus() && (option.state & QStyle::State_KeyboardFocusChange)) {
      painter.setBrush(Qt::NoBrush);
      painter.setPen(QPen(palette().color(QPalette::HighlightedText), 1, Qt::DotLine));
      painter.drawRect(rect().adjusted(3, 3, -4, -4));
    }
  }
};

}  // namespace inflaton::ui
