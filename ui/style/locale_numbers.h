#pragma once
// Numbers as people read and type them. Shown with the decimal mark of the user's locale (QLocale's) and without marks between thousands,
// so that what is shown can be typed; read with a point or a comma as the decimal mark, wherever only one reading is possible. Files, their
// names and plots, which are files too, have a point always: core/api/number_text.h and plotNumber (ui/views/plot_frame.h). For texts with
// a number in them: tr("%L1 s").arg(seconds, 0, 'f', 1).
#include <QString>
#include <string>
#include <vector>

namespace inflaton::ui {

/// Once, right after QApplication, which takes the user's locale for the C library too: numbers are left in the C locale there, for the
/// libraries of others, and QLocale's default omits marks between thousands.
void useLocaleNumbers();

/// A number as files have it ("7.01", "1e-05") in the user's writing ("7,01").
QString localeNumber(QString plain);
/// A sentence of the core's with numbers in it, likewise: a point between two digits is a decimal mark.
QString localeText(QString sentence);

/// What a typed number can mean, as files have it: "7,01" is 7.01; "1.234,5" is 1234.5; "3,000" where a comma is no decimal mark is 3.000
/// or 3000, in this order. Text that is no number comes back as it is, for whoever reads it to refuse.
std::vector<std::string> typedNumber(const QString& typed);
/// Tells that the text has the two readings, and how to type each.
QString ambiguousNumber(const QString& typed, const std::vector<std::string>& readings);

}  // namespace inflaton::ui
