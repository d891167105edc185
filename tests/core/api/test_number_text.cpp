// Numbers of files: the digits of printf under the C locale, under any locale.
#include "core/api/number_text.h"

#include <gtest/gtest.h>

#include <clocale>
#include <cmath>
#include <cstdio>
#include <cstring>
#include <random>

#include "tests/german.h"

namespace inflaton {
namespace {

/// printf's own text. Under the C locale, which is what a test runs in.
template <class... Values>
std::string printed(const char* format, Values... values) {
  char text[700];
  std::snprintf(text, sizeof text, format, values...);
  return text;
}

std::vector<double> manyNumbers() {
  std::vector<double> all{0.0, -0.0, 1e-5, 0.5, 1.5, 2.5, 99.995, 123456.5, 1e15, 5e-324, 1.7976931348623157e308, INFINITY, -INFINITY, NAN};
  std::mt19937_64 random(3);
  for (int i = 0; i < 4000; ++i) {
    const std::uint64_t bits = random();
    double any = 0;
    std::memcpy(&any, &bits, sizeof any);
    if (!std::isnan(any)) all.push_back(any);
    all.push_back(std::ldexp(static_cast<double>(static_cast<std::int64_t>(bits)), -static_cast<int>(bits % 80)));
  }
  return all;
}

TEST(NumberText, HasTheDigitsOfPrintf) {
  for (const double v : manyNumbers()) {
    for (const int digits : {1, 2, 4, 6, 9, 12}) ASSERT_EQ(numberText(v, digits), printed("%.*g", digits, v));
    for (const int decimals : {0, 1, 2, 4, 6}) ASSERT_EQ(fixedText(v, decimals), printed("%.*f", decimals, v));
    if (std::isfinite(v)) {
      ASSERT_EQ(numberFrom(exactText(v)), v);
    }
  }
}

TEST(NumberText, FormattedIsPrintf) {
  for (const double v : manyNumbers()) {
    ASSERT_EQ(formatted("%8.3f|%-12.3g|%+12.3f|%09.1e|%g", v, v, v, std::isfinite(v) ? v : 0.0, v),
              printed("%8.3f|%-12.3g|%+12.3f|%09.1e|%g", v, v, v, std::isfinite(v) ? v : 0.0, v));
  }
  EXPECT_EQ(formatted("%05d-%06lld-%d", 42, std::int64_t{-7}, std::size_t{3}), "00042--00007-3");
  EXPECT_EQ(formatted("%-*s|%*s|%s", 7, "ab", 6, std::string("cde"), "f"), "ab     |   cde|f");
  EXPECT_EQ(formatted("100 %%"), "100 %");
}

TEST(NumberText, FormatsThatDoNotFitAreErrorsOfTheProgram) {
  EXPECT_THROW(formatted("%d", 1.0), std::logic_error);
  EXPECT_THROW(formatted("%f", 1), std::logic_error);
  EXPECT_THROW(formatted("%s", 1), std::logic_error);
  EXPECT_THROW(formatted("%d"), std::logic_error);
  EXPECT_THROW(formatted("none", 1), std::logic_error);
  EXPECT_THROW(formatted("%q", 1), std::logic_error);
  EXPECT_THROW(formatted("%", 1), std::logic_error);
}

TEST(NumberText, ReadsWhatIsANumberAndNothingElse) {
  EXPECT_EQ(numberFrom("7.01"), 7.01);
  EXPECT_EQ(numberFrom("+1e-4"), 1e-4);
  EXPECT_EQ(numberFrom("-.5"), -0.5);
  for (const char* none : {"", "+", "-", "+-1", "7,01", "1.5 ", " 1.5", "1e", "x", "0x10"}) EXPECT_FALSE(numberFrom(none)) << none;
}

TEST(NumberText, IsTheSameUnderADecimalComma) {
  const std::string before = std::setlocale(LC_ALL, nullptr);
  if (!std::setlocale(LC_ALL, test::kGerman)) GTEST_SKIP() << test::kNoGerman;
  const std::string comma = printed("%.2f", 0.5);
  const std::string lines = numberText(0.25) + " " + fixedText(1234.5, 2) + " " + exactText(7.01) + " " + formatted("%.1f %g", 3.5, 1e-4);
  const auto read = numberFrom("7.01");
  std::setlocale(LC_ALL, before.c_str());
  EXPECT_EQ(comma, "0,50");  // else this test would prove nothing
  EXPECT_EQ(lines, "0.25 1234.50 7.01 3.5 0.0001");
  EXPECT_EQ(read, 7.01);
}

}  // namespace
}  // namespace inflaton
