#pragma once
// A locale with a decimal comma, and what two runs may differ in that differ in nothing but the locale.
#include <gtest/gtest.h>
#include <locale.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>
#include <regex>
#include <set>
#include <sstream>
#include <string>
#include <vector>

namespace inflaton::test {

inline constexpr char kGerman[] = "de_DE.UTF-8";
inline constexpr char kNoGerman[] = "the locale de_DE.UTF-8 is not there; packaging/setup makes it";

inline bool germanIsThere() {
  const locale_t german = newlocale(LC_ALL_MASK, kGerman, nullptr);
  if (german) freelocale(german);
  return german != nullptr;
}

/// The lines of a text with '#' for each number that is written with a point: what a comma would leave differs.
inline std::set<std::string> linesWithoutNumbers(const std::string& text) {
  static const std::regex number("-?[0-9]+(\\.[0-9]+)?([eE][+-]?[0-9]+)?|null");
  std::set<std::string> lines;
  std::istringstream in(text);
  for (std::string line; std::getline(in, line);) lines.insert(std::regex_replace(line, number, "#"));
  return lines;
}

/// Name and content of all files below; a file of TensorBoard is named after time, machine and process: only its kind stays.
inline std::map<std::string, std::string> filesWithContents(const std::filesystem::path& folder) {
  std::map<std::string, std::string> all;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(folder)) {
    if (entry.is_directory()) continue;
    std::string name = std::filesystem::relative(entry.path(), folder).generic_string();
    if (const auto at = name.find(".tfevents."); at != std::string::npos) name.resize(at);
    std::ifstream in(entry.path(), std::ios::binary);
    all[name] = {std::istreambuf_iterator<char>(in), {}};
  }
  return all;
}

/// The same files with the same bytes. Files that tell of times (logs, statistics, states, PDF) must say the same in all but their numbers,
/// and binary ones among them must only be there.
inline void expectSameFiles(const std::filesystem::path& a, const std::filesystem::path& b) {
  const auto ends = [](const std::string& name, const std::vector<std::string>& endings) {
    return std::any_of(endings.begin(), endings.end(), [&](const std::string& e) { return name.ends_with(e); });
  };
  const auto first = filesWithContents(a), second = filesWithContents(b);
  std::vector<std::string> names, others;
  for (const auto& [name, content] : first) names.push_back(name);
  for (const auto& [name, content] : second) others.push_back(name);
  ASSERT_EQ(names, others);
  for (const auto& [name, content] : first) {
    const std::string& other = second.at(name);
    const bool text = ends(name, {".txt", ".json", ".jsonl"});
    const bool timed = ends(name, {"log.txt", "options.json", "progress.json", "stats.jsonl", "status.json", ".jsonl", ".pdf", ".png"}) ||
                       name.find("state") != std::string::npos || name.find("checkpoint") != std::string::npos ||
                       name.find("tfevents") != std::string::npos || name.ends_with("events.out");
    if (!timed) {
      EXPECT_TRUE(content == other) << name << " differs";
    } else if (text) {
      EXPECT_EQ(linesWithoutNumbers(content), linesWithoutNumbers(other)) << name;
    }
  }
}

}  // namespace inflaton::test
