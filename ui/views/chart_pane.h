#pragma once
// One chart on screen and as a figure: built from its numbers for the theme and size at hand, with the time cursor where t runs along.
#include <QChart>
#include <QWidget>
#include <functional>
#include <memory>
#include <optional>

#include "ui/views/figure.h"

class QChartView;

namespace inflaton::ui {

class ChartPane : public QWidget, public Figure {
  Q_OBJECT
 public:
  struct Content {
    std::function<std::unique_ptr<QChart>(const Theme&, const QFont&, bool compact)> make;
    QString csv, summary, command;
  };
  /// `name`: for files; `title`: for people.
  ChartPane(const QString& title, const QString& name, QWidget* parent = nullptr);
  ~ChartPane() override;

  void setContent(Content);  ///< without make: shows `empty`
  void setEmptyText(const QString&);
  bool hasContent() const { return bool(content_.make); }
  void setCursor(std::optional<double> t);

  QString figureTitle() const override { return title_; }
  QString figureName() const override { return name_; }
  QString figureCsv() const override { return content_.csv; }
  QString figureCommand() const override { return content_.command; }
  void paint(QPainter&, const QSizeF&, const PaintOptions&) override;
  QChart* chart() const;  ///< on screen; for tests
  QSize sizeHint() const override { return {420, 260}; }

 Q_SIGNALS:
  void timePicked(double t);  ///< click or drag in a chart with a cursor

 protected:
  void showEvent(QShowEvent*) override;
  void resizeEvent(QResizeEvent*) override;
  void changeEvent(QEvent*) override;

 private:
  class View;
  void renew();
  bool compact() const { return height() < 200; }
  QString title_, name_, empty_;
  Content content_;
  std::optional<double> cursor_;
  View* view_;
  bool stale_ = true, shownCompact_ = false;
};

}  // namespace inflaton::ui
