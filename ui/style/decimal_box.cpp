#include "ui/style/decimal_box.h"

#include <QToolTip>
#include <algorithm>
#include <cmath>

#include "core/api/number_text.h"
#include "ui/style/locale_numbers.h"

namespace inflaton::ui {

QString DecimalBox::textFromValue(double value) const { return localeNumber(QString::fromStdString(fixedText(value, decimals()))); }

QString DecimalBox::number(const QString& text) const {
  QString inner = text;
  if (!prefix().isEmpty() && inner.startsWith(prefix())) inner.remove(0, prefix().size());
  if (!suffix().isEmpty() && inner.endsWith(suffix())) inner.chop(suffix().size());
  return inner.trimmed();
}

std::vector<double> DecimalBox::fitting(const QString& text) const {
  std::vector<double> values;
  const double half = 0.5 * std::pow(10.0, -decimals());  // what is shown is rounded, and must be readable at the ends of the range too
  for (const std::string& reading : typedNumber(number(text)))
    if (const auto v = numberFrom(reading); v && *v >= minimum() - half && *v <= maximum() + half) values.push_back(*v);
  return values;
}

double DecimalBox::valueFromText(const QString& text) const {
  const auto values = fitting(text);
  if (values.size() != 1) return value();
  return std::clamp(numberFrom(fixedText(values.front(), decimals())).value_or(value()), minimum(), maximum());
}

QValidator::State DecimalBox::validate(QString& text, int&) const {
  const QString inner = number(text);
  if (fitting(text).size() == 1 || (!specialValueText().isEmpty() && text == specialValueText())) return QValidator::Acceptable;
  for (const QChar c : inner)  // what begins no number is not let in
    if (c.digitValue() < 0 && !c.isSpace() && !QStringLiteral(".,+-eE'").contains(c) && c != QChar(0x2212) && c != QChar(0x2019) &&
        c != QChar(0x066b) && c != QChar(0x066c))
      return QValidator::Invalid;
  return QValidator::Intermediate;
}

void DecimalBox::fixup(QString& text) const {
  if (fitting(text).size() > 1)
    QToolTip::showText(mapToGlobal(rect().bottomLeft()), ambiguousNumber(number(text), typedNumber(number(text))));
}

}  // namespace inflaton::ui
