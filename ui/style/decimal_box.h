#pragma once
// A spin box for a number with a fixed number of decimals; shows and reads numbers as ui/style/locale_numbers.h tells.
#include <QDoubleSpinBox>
#include <vector>

namespace inflaton::ui {

class DecimalBox : public QDoubleSpinBox {
 public:
  using QDoubleSpinBox::QDoubleSpinBox;

  QString textFromValue(double value) const override;
  double valueFromText(const QString& text) const override;
  QValidator::State validate(QString& text, int& position) const override;
  void fixup(QString& text) const override;  ///< text with two readings is told; the value stays

 private:
  /// The text without prefix and suffix.
  QString number(const QString& text) const;
  /// The readings that lie in the box's range.
  std::vector<double> fitting(const QString& text) const;
};

}  // namespace inflaton::ui
