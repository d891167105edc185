#include "tests/architecture/arrows.h"

#include <algorithm>
#include <cctype>
#include <sstream>

namespace inflaton::architecture {
namespace {

bool begins(const std::string& text, const std::string& start) { return text.compare(0, start.size(), start) == 0; }

bool isHeader(const std::string& path) {
  const auto dot = path.rfind('.');
  const std::string end = dot == std::string::npos ? "" : path.substr(dot);
  return end == ".h" || end == ".hpp" || end == ".cuh";
}

using Names = std::vector<std::string>;

Names operator+(Names a, const Names& b) {
  a.insert(a.end(), b.begin(), b.end());
  return a;
}

/// A folder and what its files may include besides those of the same folder; the first row whose folder fits decides, so rooms stand before
/// the house. "core" stands for all of core/, "core/io" for that room. Standard and small libraries are free.
struct Row {
  const char* folder;
  Names may;
};

const std::vector<Row>& table() {
  static const Names plain{"core/api", "core/io", "core/data", "core/schedule"};
  static const Names score = plain + Names{"core/machine", "core/denoise", "core/nets", "torch"};
  static const Names uiParts{"core/api", "ui/jobs", "ui/model", "ui/style", "ui/forms", "ui/views", "ui/export", "qt", "vtk"};
  static const Names uiStage = uiParts + Names{"ui/session", "ui/time"};
  static const std::vector<Row> rows{
      {"core/api/", {}},
      {"core/io/", {"core/api"}},
      {"core/data/", {"core/api", "core/io"}},
      {"core/schedule/", {"core/api"}},
      {"core/job/", {"core/api", "core/io"}},
      {"core/geometry/", {"core/api", "core/io", "core/data"}},
      {"core/mcmc/", {"core/api", "core/io", "core/data"}},
      {"core/machine/", {"core/api", "torch"}},
      {"core/denoise/", plain + Names{"core/machine", "torch"}},
      {"core/nets/", score},
      {"core/flow/", score},
      {"core/density/", score + Names{"core/flow"}},
      {"core/residuals/", score + Names{"core/flow"}},
      {"core/train/", score + Names{"core/flow"}},
      {"core/coverage/", score + Names{"core/flow", "core/geometry"}},
      {"core/calibration/", score + Names{"core/flow", "core/mcmc"}},
      {"core/", {"core", "torch"}},
      {"gpu/", {"core", "torch"}},
      {"ui/jobs/", {"core/api", "qt"}},
      {"ui/model/", {"core/api", "ui/jobs", "qt"}},
      {"ui/style/", {"core/api", "ui/model", "qt"}},
      {"ui/forms/", {"core/api", "ui/style", "qt"}},
      {"ui/views/", {"core/api", "ui/model", "ui/style", "qt", "vtk"}},
      {"ui/export/", {"core/api", "ui/model", "ui/style", "ui/views", "qt"}},
      {"ui/time/", {"core/api", "ui/model", "ui/style", "ui/views", "qt"}},
      {"ui/session/", uiParts},
      {"ui/analysis/", uiStage},
      {"ui/coverage/", uiStage},
      {"ui/hmc/", uiStage},
      {"ui/stages/", uiStage},
      {"ui/", {"core/api", "ui", "qt", "vtk"}},
      {"app/cli/", {"core/api", "app/cli", "cli11"}},
      {"app/", {"core/api", "ui", "app", "qt", "cli11"}},
      {"plugins/", {"core", "ui", "torch", "qt", "vtk"}},
      {"tests/", {"core", "gpu", "ui", "app", "plugins", "tests", "torch", "qt", "vtk", "gtest", "cli11"}},
  };
  return rows;
}

/// Does one of the names cover this kind? "core" covers "core/io".
bool covers(const Names& names, const std::string& kind) {
  return std::any_of(names.begin(), names.end(), [&](const std::string& name) { return kind == name || begins(kind, name + "/"); });
}

}  // namespace

std::string withoutComments(const std::string& text) {
  std::string out = text;
  bool block = false, line = false, string = false;
  for (std::size_t i = 0; i < out.size(); ++i) {
    const bool pair = i + 1 < out.size();
    if (block) {
      if (pair && text[i] == '*' && text[i + 1] == '/') {
        out[i] = out[i + 1] = ' ';
        ++i;
        block = false;
      } else if (text[i] != '\n') {
        out[i] = ' ';
      }
    } else if (line) {
      if (text[i] == '\n')
        line = false;
      else
        out[i] = ' ';
    } else if (string) {
      if (text[i] == '\\')
        ++i;
      else if (text[i] == '"' || text[i] == '\n')
        string = false;
    } else if (pair && text[i] == '/' && text[i + 1] == '*') {
      out[i] = ' ';
      block = true;
    } else if (pair && text[i] == '/' && text[i + 1] == '/') {
      out[i] = ' ';
      line = true;
    } else if (text[i] == '"') {
      string = true;
    }
  }
  return out;
}

std::vector<Include> includesOf(const std::string& text) {
  std::vector<Include> found;
  std::istringstream lines(withoutComments(text));
  std::string line;
  for (int number = 1; std::getline(lines, line); ++number) {
    std::size_t at = line.find_first_not_of(" \t");
    if (at == std::string::npos || line[at] != '#') continue;
    at = line.find_first_not_of(" \t", at + 1);
    if (at == std::string::npos || line.compare(at, 7, "include") != 0) continue;
    at = line.find_first_of("\"<", at + 7);
    if (at == std::string::npos) continue;
    const bool quoted = line[at] == '"';
    const std::size_t end = line.find(quoted ? '"' : '>', at + 1);
    if (end != std::string::npos) found.push_back({number, line.substr(at + 1, end - at - 1), quoted});
  }
  return found;
}

std::string kindOf(const Include& include) {
  const std::string& p = include.path;
  // Our own files: the room, or the house where there is none.
  for (const char* house : {"core", "gpu", "ui", "app", "plugins", "tests"})
    if (begins(p, std::string(house) + "/")) {
      const auto end = p.find('/', std::string(house).size() + 1);
      return end == std::string::npos ? house : p.substr(0, end);
    }
  for (const char* start : {"torch/", "ATen/", "c10/", "caffe2/"})
    if (begins(p, start)) return "torch";
  if (begins(p, "vtk")) return "vtk";
  if (begins(p, "CLI/")) return "cli11";
  if (begins(p, "gtest/") || begins(p, "gmock/") || begins(p, "benchmark/")) return "gtest";
  if (p.size() > 1 && p[0] == 'Q' && (std::isupper(static_cast<unsigned char>(p[1])) || p[1] == 't')) return "qt";
  if (begins(p, "qt")) return "qt";
  return "other";
}

std::vector<std::string> violations(const std::string& path, const std::string& text) {
  std::vector<std::string> found;
  const auto row = std::find_if(table().begin(), table().end(), [&](const Row& r) { return begins(path, r.folder); });
  if (row == table().end()) return found;
  const std::string folder = std::string(row->folder).substr(0, std::string(row->folder).size() - 1);
  const std::string own = kindOf({0, path, true});
  for (const Include& include : includesOf(text)) {
    const std::string where = path + ":" + std::to_string(include.line) + ": ";
    const std::string kind = kindOf(include);
    if (kind != "other" && kind != own && !covers(row->may, kind))
      found.push_back(where + folder + " must not include " + kind + " (" + include.path + ")");
    if (include.path == "torch/torch.h" && isHeader(path)) found.push_back(where + "torch/torch.h is kept out of headers");
    const bool made = include.path.size() > 4 && include.path.compare(include.path.size() - 4, 4, ".moc") == 0;
    if (include.quoted && kind == "other" && !made)
      found.push_back(where + "\"" + include.path + "\" is not written from the repository root");
  }
  return found;
}

std::string tableAsText() {
  std::ostringstream out;
  for (const Row& row : table()) {
    std::vector<std::pair<std::string, std::string>> houses;  // house, rooms
    for (const std::string& name : row.may) {
      const auto slash = name.find('/');
      const std::string house = name.substr(0, slash), room = slash == std::string::npos ? "" : name.substr(slash + 1);
      const auto same = std::find_if(houses.begin(), houses.end(), [&](const auto& h) { return h.first == house && !h.second.empty(); });
      if (room.empty() || same == houses.end())
        houses.emplace_back(house, room);
      else
        same->second += " " + room;
    }
    std::string line = std::string(row.folder).substr(0, std::string(row.folder).size() - 1);
    line.resize(std::max<std::size_t>(18, line.size() + 1), ' ');
    if (houses.empty()) line += "nothing of ours";
    for (const auto& [house, rooms] : houses) line += house + (rooms.empty() ? "" : "/{" + rooms + "}") + " ";
    out << line.substr(0, line.find_last_not_of(' ') + 1) << "\n";
  }
  return out.str();
}

}  // namespace inflaton::architecture
