#pragma once
// A painted plot on screen and as a figure. What it draws is an immutable content, exchanged when there are other numbers.
#include <QWidget>
#include <functional>

#include "ui/views/figure.h"

namespace inflaton::ui {

struct PlotContent {
  std::function<void(QPainter&, const QRectF& area, const PaintOptions&)> paint;  ///< empty: nothing yet
  std::function<QString()> csv;
  QString summary, command;
};

/// The figure on the widget, in its palette, within a frame that shows the focus.
void paintFramed(QWidget&, Figure&);

class PlotPane : public QWidget, public Figure {
  Q_OBJECT
 public:
  /// `name`: for files and tests; `title`: for people.
  PlotPane(const QString& title, const QString& name, QWidget* parent = nullptr);

  void setContent(PlotContent);
  void setEmptyText(const QString&);
  bool hasContent() const { return bool(content_.paint); }
  QString emptyText() const { return empty_; }
  QString summary() const { return content_.summary; }

  QString figureTitle() const override { return title_; }
  QString figureName() const override { return name_; }
  QString figureCsv() const override { return content_.csv ? content_.csv() : QString(); }
  QString figureCommand() const override { return content_.command; }
  void paint(QPainter&, const QSizeF&, const PaintOptions&) override;
  QSize sizeHint() const override { return {420, 300}; }

 Q_SIGNALS:
  void fillRequested();  ///< a double click: fill the whole, or give it back

 protected:
  void paintEvent(QPaintEvent*) override;
  void mouseDoubleClickEvent(QMouseEvent*) override;
  void focusInEvent(QFocusEvent*) override;
  void focusOutEvent(QFocusEvent*) override;

 private:
  QString title_, name_, empty_;
  PlotContent content_;
};

}  // namespace inflaton::ui
