#include "ui/style/locale_numbers.h"

#include <QCoreApplication>
#include <QLocale>
#include <QRegularExpression>
#include <clocale>

namespace inflaton::ui {
namespace {

bool matches(const QString& text, const char* pattern) {
  return QRegularExpression(QRegularExpression::anchoredPattern(QString::fromLatin1(pattern))).match(text).hasMatch();
}

/// Western digits, '-' and ','; spaces and apostrophes between digits are marks between thousands and go.
QString simplified(const QString& typed) {
  QString out;
  const QString text = typed.trimmed();
  for (qsizetype i = 0; i < text.size(); ++i) {
    const QChar c = text[i];
    const bool inside = i > 0 && i + 1 < text.size() && text[i - 1].isDigit() && text[i + 1].isDigit();
    if (c.digitValue() >= 0)
      out += QChar('0' + c.digitValue());
    else if (c == QChar(0x2212))  // a real minus sign
      out += '-';
    else if (c == QChar(0x066b))  // the Arabic decimal mark
      out += ',';
    else if (!(inside && (c.isSpace() || c == '\'' || c == QChar(0x2019) || c == QChar(0x066c))))
      out += c;
  }
  return out;
}

QString without(QString text, QChar mark) { return text.remove(mark); }
QString withPoint(QString text) { return text.replace(',', '.'); }

}  // namespace

void useLocaleNumbers() {
  std::setlocale(LC_NUMERIC, "C");
  QLocale people;
  people.setNumberOptions(people.numberOptions() | QLocale::OmitGroupSeparator);
  QLocale::setDefault(people);
}

QString localeNumber(QString plain) { return plain.replace(QLatin1String("."), QLocale().decimalPoint()); }

QString localeText(QString sentence) {
  static const QRegularExpression mark(QStringLiteral("(?<=\\d)\\.(?=\\d)"));
  return sentence.replace(mark, QLocale().decimalPoint());
}

std::vector<std::string> typedNumber(const QString& typed) {
  const QString all = simplified(typed);
  const auto exponent = all.indexOf(QLatin1Char('e'), 0, Qt::CaseInsensitive);
  const QString text = exponent < 0 ? all : all.left(exponent), rest = exponent < 0 ? QString() : all.mid(exponent);
  const auto reading = [&](const QString& number) { return (number + rest).toStdString(); };
  const auto points = text.count('.'), commas = text.count(',');
  if (points + commas == 0) return {reading(text)};
  if (points > 0 && commas > 0) {  // the last one is the decimal mark
    const bool comma = text.lastIndexOf(',') > text.lastIndexOf('.');
    if (!matches(text, comma ? "[+-]?\\d{1,3}(\\.\\d{3})+,\\d*" : "[+-]?\\d{1,3}(,\\d{3})+\\.\\d*")) return {reading(text)};
    return {reading(withPoint(without(text, comma ? '.' : ',')))};
  }
  const QChar mark = points > 0 ? '.' : ',';
  if (points + commas > 1) {  // several: between thousands
    if (!matches(text, "[+-]?\\d{1,3}([.,]\\d{3})+")) return {reading(text)};
    return {reading(without(text, mark))};
  }
  const bool own = QLocale().decimalPoint() == QString(mark);
  if (!own && matches(text, "[+-]?[1-9]\\d{0,2}[.,]\\d{3}")) return {reading(withPoint(text)), reading(without(text, mark))};
  return {reading(withPoint(text))};
}

QString ambiguousNumber(const QString& typed, const std::vector<std::string>& readings) {
  const auto shown = [](const std::string& plain) { return localeNumber(QString::fromStdString(plain)); };
  return QCoreApplication::translate("LocaleNumbers", "\"%1\" can mean %2 or %3; type one of these")
      .arg(typed.trimmed(), shown(readings.front()), shown(readings.back()));
}

}  // namespace inflaton::ui
