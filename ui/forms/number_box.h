#pragma once
// A spin box for one numeric parameter: its range, step, unit and, for quantities that live on a logarithmic scale, steps 1 2 5 10.
#include <QAbstractSpinBox>

#include "core/api/parameters.h"

namespace inflaton::ui {

class NumberBox : public QAbstractSpinBox {
  Q_OBJECT
 public:
  explicit NumberBox(const ParameterInfo&, QWidget* parent = nullptr);

  ParameterValue value() const { return value_; }
  void setValue(const ParameterValue&);  ///< shows it; emits nothing
  void stepBy(int steps) override;

 Q_SIGNALS:
  void edited(const inflaton::ParameterValue& value);  ///< by the user, within range
  void rejected(const QString& message);               ///< typed text that is no value of this parameter; the text stays

 protected:
  StepEnabled stepEnabled() const override;
  void wheelEvent(QWheelEvent*) override;
  void keyPressEvent(QKeyEvent*) override;
  QSize sizeHint() const override;

 private:
  void commit();
  double number() const;
  ParameterValue made(double) const;

  ParameterInfo info_;
  ParameterValue value_;
};

/// The next number up (or down) on 1 2 5 10 20 50 ...; exposed for its test.
double logStep(double value, int steps);

}  // namespace inflaton::ui
