#include "ui/forms/inspector_parts.h"

#include <QScrollArea>

namespace inflaton::ui {

QLabel* heading(const QString& text) {
  auto* label = new QLabel(text);
  QFont font = label->font();
  font.setBold(true);
  font.setPointSizeF(font.pointSizeF() * 1.1);
  label->setFont(font);
  return label;
}

QLabel* sideNote(const QString& text) {
  auto* label = new QLabel(text);
  label->setWordWrap(true);
  label->setForegroundRole(QPalette::PlaceholderText);
  return label;
}

QLabel* attention(const QString& text) {
  auto* label = new QLabel(text);
  label->setWordWrap(true);
  label->setForegroundRole(QPalette::BrightText);
  return label;
}

QPushButton* actionButton(QObject* receiver, const QString& id, const QString& text, const QString& tip, const std::function<void()>& act) {
  auto* b = new QPushButton(text);
  b->setObjectName(id);
  b->setToolTip(tip);
  b->setAutoDefault(false);
  b->setFocusPolicy(Qt::TabFocus);
  QObject::connect(b, &QPushButton::clicked, receiver, act);
  return b;
}

QWidget* scrolled(QWidget* content) {
  auto* area = new QScrollArea;
  area->setFrameShape(QFrame::NoFrame);
  area->setWidgetResizable(true);
  area->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
  area->setWidget(content);
  return area;
}

}  // namespace inflaton::ui
