#include "ui/forms/number_box.h"

#include <QKeyEvent>
#include <QLineEdit>
#include <QWheelEvent>
#include <algorithm>
#include <cmath>

#include "core/api/number_text.h"
#include "ui/style/locale_numbers.h"

namespace inflaton::ui {

double logStep(double value, int steps) {
  if (value <= 0) return value;
  static constexpr double ladder[] = {1, 2, 5};
  int decade = static_cast<int>(std::floor(std::log10(value) + 1e-12));
  const double mantissa = value / std::pow(10.0, decade);
  int rung = 0;  // the highest rung not above the value
  for (int i = 0; i < 3; ++i)
    if (mantissa >= ladder[i] * (1 - 1e-9)) rung = i;
  const bool onRung = std::abs(mantissa - ladder[rung]) < 1e-9 * ladder[rung];
  int place = 3 * decade + rung + steps;
  if (steps < 0 && !onRung) ++place;  // going down from between two rungs lands on the lower one
  decade = static_cast<int>(std::floor(place / 3.0));
  return ladder[place - 3 * decade] * std::pow(10.0, decade);
}

NumberBox::NumberBox(const ParameterInfo& info, QWidget* parent) : QAbstractSpinBox(parent), info_(info) {
  value_ = info.kind == ParameterKind::integer ? ParameterValue(std::int64_t{0}) : ParameterValue(0.0);
  setFocusPolicy(Qt::StrongFocus);
  setAccelerated(true);
  setKeyboardTracking(false);
  lineEdit()->setAlignment(Qt::AlignRight);
  connect(this, &QAbstractSpinBox::editingFinished, this, &NumberBox::commit);
}

double NumberBox::number() const {
  if (const auto* whole = std::get_if<std::int64_t>(&value_)) return static_cast<double>(*whole);
  return std::get<double>(value_);
}

ParameterValue NumberBox::made(double x) const {
  const double lowest = info_.openMin ? std::nextafter(info_.min, info_.max) : info_.min;
  x = std::clamp(x, lowest, info_.max);
  if (info_.kind == ParameterKind::integer) return static_cast<std::int64_t>(std::llround(x));
  return numberFrom(numberText(x, 12)).value_or(x);  // 0.1 + 0.2 shows as 0.3
}

void NumberBox::setValue(const ParameterValue& value) {
  value_ = value;
  lineEdit()->setText(localeNumber(QString::fromStdString(formatParameter(value))));
}

void NumberBox::commit() {
  const auto readings = typedNumber(lineEdit()->text());
  std::vector<ParameterValue> possible;
  QString refusal;
  for (const std::string& text : readings) {
    if (text == formatParameter(value_)) return setValue(value_), Q_EMIT edited(value_);
    try {
      const ParameterValue parsed = parseParameter(info_, text);
      validateParameter(info_, parsed);
      possible.push_back(parsed);
    } catch (const Error& error) {
      if (refusal.isEmpty()) refusal = QString::fromStdString(error.what());
    }
  }
  if (possible.empty()) return Q_EMIT rejected(refusal);
  if (possible.size() > 1) return Q_EMIT rejected(ambiguousNumber(lineEdit()->text(), readings));
  setValue(possible.front());
  Q_EMIT edited(value_);
}

void NumberBox::stepBy(int steps) {
  double x = number();
  if (info_.logarithmic && x > 0) {
    x = logStep(x, steps);
  } else if (info_.logarithmic && steps > 0) {  // from 0 (often "automatic") onto the ladder
    x = info_.step > 0 ? info_.step : info_.min > 0 ? info_.min : 1;
  } else {
    const double step = info_.step > 0 ? info_.step : info_.kind == ParameterKind::integer ? 1 : 0.1;
    x += steps * step;
  }
  setValue(made(x));
  selectAll();
  Q_EMIT edited(value_);
}

QAbstractSpinBox::StepEnabled NumberBox::stepEnabled() const {
  StepEnabled enabled;
  if (number() < info_.max) enabled |= StepUpEnabled;
  if (number() > info_.min) enabled |= StepDownEnabled;
  return enabled;
}

// Scrolling a form must not change what happens to lie under the pointer.
void NumberBox::wheelEvent(QWheelEvent* event) {
  if (hasFocus()) return QAbstractSpinBox::wheelEvent(event);
  event->ignore();
}

void NumberBox::keyPressEvent(QKeyEvent* event) {
  if (event->key() == Qt::Key_Escape) {  // back to the last good value
    setValue(value_);
    selectAll();
    Q_EMIT edited(value_);
    return;
  }
  QAbstractSpinBox::keyPressEvent(event);
  if (event->key() == Qt::Key_Return || event->key() == Qt::Key_Enter) clearFocus();  // typed and done: the keys are the window's again
}

QSize NumberBox::sizeHint() const {
  QSize size = QAbstractSpinBox::sizeHint();
  size.setWidth(std::max(size.width(), fontMetrics().horizontalAdvance("0") * 12 + 24));
  return size;
}

}  // namespace inflaton::ui
