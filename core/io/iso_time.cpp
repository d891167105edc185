#include <charconv>
#include <cmath>
#include <cstdio>
#include <ctime>
#include <string_view>

#include "core/api/number_text.h"
#include "core/io/run_folder.h"

namespace inflaton {

std::string isoTime(double seconds) {
  const auto total = static_cast<std::int64_t>(std::floor(seconds * 1000));
  const std::time_t whole = static_cast<std::time_t>(total >= 0 ? total / 1000 : (total - 999) / 1000);
  std::tm utc{};
  gmtime_r(&whole, &utc);
  char text[48];
  const std::size_t n = std::strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%S", &utc);
  return std::string(text, n) + formatted(".%03dZ", total - static_cast<std::int64_t>(whole) * 1000);
}

double fromIsoTime(const std::string& text) {
  std::tm utc{};
  double seconds = -1;
  int used = 0;
  const int fields =
      std::sscanf(text.c_str(), "%4d-%2d-%2dT%2d:%2d:%n", &utc.tm_year, &utc.tm_mon, &utc.tm_mday, &utc.tm_hour, &utc.tm_min, &used);
  if (fields == 5 && used > 0) {  // the rest by from_chars: sscanf would want a decimal comma under some locales
    const char* end = text.data() + text.size();
    const auto [rest, fault] = std::from_chars(text.data() + used, end, seconds);
    if (fault != std::errc() || std::string_view(rest, end) != "Z") seconds = -1;
  }
  if (!(seconds >= 0 && seconds < 61)) throw Error(ErrorCode::failed, "\"" + text + "\" is not a time; needed: 2026-01-31T12:00:00Z");
  utc.tm_year -= 1900, utc.tm_mon -= 1;
  return static_cast<double>(timegm(&utc)) + seconds;
}

}  // namespace inflaton
