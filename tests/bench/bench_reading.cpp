// A table of 10 MB and 12 columns, as a spreadsheet exports it, and the same with decimal commas: seconds to read, the best of five.
#include <algorithm>
#include <chrono>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <random>
#include <string>

#include "core/api/points.h"

namespace {

constexpr std::size_t kBytes = 10'000'000, kColumns = 12;

std::string table(char separator, char mark) {
  std::mt19937 draw(1);
  std::string text;
  for (std::size_t j = 0; j < kColumns; ++j) text += (j ? std::string(1, separator) : "") + "column " + std::to_string(j + 1);
  text += '\n';
  while (text.size() < kBytes) {
    for (std::size_t j = 0; j < kColumns; ++j) {
      const auto thousandths = static_cast<unsigned>(draw() % 1'000'000), whole = static_cast<unsigned>(draw() % 100);
      std::string digits = std::to_string(thousandths);
      digits.insert(0, 6 - digits.size(), '0');
      text += (j ? std::string(1, separator) : "") + (draw() % 2 ? "-" : "") + std::to_string(whole) + mark + digits;
    }
    text += '\n';
  }
  return text;
}

double secondsToRead(const std::filesystem::path& file) {
  double best = 1e9;
  for (int k = 0; k < 5; ++k) {
    const auto began = std::chrono::steady_clock::now();
    const auto points = inflaton::loadPoints(file.string(), true);
    const std::chrono::duration<double> took = std::chrono::steady_clock::now() - began;
    if (points.dim != static_cast<int>(kColumns)) return 1e9;
    best = std::min(best, took.count());
  }
  return best;
}

}  // namespace

int main() {
  const auto file = std::filesystem::temp_directory_path() / "inflaton-bench-reading.csv";
  const auto measure = [&](const char* name, char separator, char mark) {
    std::ofstream(file, std::ios::binary) << table(separator, mark);
    std::printf("%s\t%.3f\ts\n", name, secondsToRead(file));
  };
  measure("read_csv", ',', '.');
  measure("read_csv_german", ';', ',');
  std::filesystem::remove(file);
}
