#pragma once
// How the chains are doing, in one line: a verdict in words and the numbers behind it, each with a shape that says good or not yet.
#include <QLabel>
#include <QWidget>

class QProgressBar;

namespace inflaton::ui {

class ChainRunner;

/// A small shape: disc (good), triangle (look here), ring (busy), square (at rest).
class StateMark : public QWidget {
  Q_OBJECT
 public:
  enum class Kind { good, attention, busy, rest };
  explicit StateMark(QWidget* parent = nullptr);
  void setKind(Kind);
  Kind kind() const { return kind_; }

 protected:
  void paintEvent(QPaintEvent*) override;

 private:
  Kind kind_ = Kind::rest;
};

/// One line of text that ends in an ellipsis where it must; all of it in the tooltip.
class ElidedLabel : public QLabel {
 public:
  using QLabel::QLabel;
  QSize minimumSizeHint() const override { return {20, QLabel::minimumSizeHint().height()}; }

 protected:
  void paintEvent(QPaintEvent*) override;
};

class LiveStrip : public QWidget {
  Q_OBJECT
 public:
  explicit LiveStrip(ChainRunner*, QWidget* parent = nullptr);
  QString verdict() const;
  QString value(const QString& cell) const;  ///< "rhat", "ess", "divergences", "rate", "iteration", "eta"
  StateMark::Kind mark() const { return mark_->kind(); }

 private:
  struct Cell {
    QString id;
    StateMark* mark;
    QLabel* value;
  };
  Cell& cell(const QString& id);
  void set(const QString& id, const QString& text, StateMark::Kind);
  void follow();

  ChainRunner* runner_;
  StateMark* mark_;
  QLabel *verdict_, *detail_;
  QProgressBar* bar_;
  QList<Cell> cells_;
};

}  // namespace inflaton::ui
