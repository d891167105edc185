#pragma once
// The folder of numeric fixtures: INFLATON_GOLDEN in the environment, else the project's own copy.
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <string>

namespace inflaton::test {

inline std::string golden(const std::string& file) {
  const char* folder = std::getenv("INFLATON_GOLDEN");
  return (std::filesystem::path(folder && *folder ? folder : INFLATON_GOLDEN_DEFAULT) / file).string();
}

inline nlohmann::json goldenJson(const std::string& file) {
  std::ifstream in(golden(file));
  return nlohmann::json::parse(in);
}

}  // namespace inflaton::test
