#pragma once
// The folder of numeric fixtures: INFLATON_GOLDEN in the environment, else the project's own copy.
#include <cmath>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <string>

#include "tests/paths.h"

namespace inflaton::test {

inline std::string golden(const std::string& file) {
  const char* folder = std::getenv("INFLATON_GOLDEN");
  return (std::filesystem::path(folder && *folder ? folder : defaultGoldenFolder()) / file).string();
}

inline nlohmann::json goldenJson(const std::string& file) {
  std::ifstream in(golden(file));
  return nlohmann::json::parse(in);
}

/// Relative error of exp(argument) in single precision: the argument itself is off by some roundings of its size (a product or three),
/// the exponential by one more. 45 gives 1.1e-5.
inline double singlePrecisionOfExp(double argument) { return (4 * std::abs(argument) + 8) * 0x1p-24; }

}  // namespace inflaton::test
