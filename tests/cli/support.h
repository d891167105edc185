#pragma once
// Runs the program as a user would and reads back what it left.
#include <chrono>
#include <filesystem>
#include <functional>
#include <map>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

namespace inflaton::test {

namespace fs = std::filesystem;

/// A fresh folder, removed at the end.
class TemporaryFolder {
 public:
  TemporaryFolder();
  ~TemporaryFolder();
  const fs::path& path() const { return path_; }
  fs::path operator/(const std::string& name) const { return path_ / name; }

 private:
  fs::path path_;
};

struct Ended {
  int code = -1;  ///< exit code; -1 when a signal ended it
  int signal = 0;
  std::string out, err;
  long peakMegabytes = 0;
  double seconds = 0;
};

struct Setting {
  fs::path folder = {};      ///< working directory; empty: a scratch one
  long fileLimitBytes = -1;  ///< no file may grow beyond; stands for a full disk
  /// Variables that are set besides what there is.
  std::map<std::string, std::string> environment = {};
};

/// A running inflaton-cli. Output goes to files, so nothing blocks.
class Process {
 public:
  explicit Process(const std::vector<std::string>& arguments, const Setting& setting = {});
  ~Process();  ///< kills what still runs
  void signal(int number);
  bool waitUntil(const std::function<bool()>& condition, std::chrono::milliseconds limit = std::chrono::seconds(60));
  Ended wait(std::chrono::milliseconds limit = std::chrono::seconds(240));
  std::string err() const;  ///< so far
  bool running();

 private:
  bool reap(bool block);
  TemporaryFolder scratch_;
  int pid_ = -1;
  bool ended_ = false;
  Ended result_;
  std::chrono::steady_clock::time_point start_;
};

Ended cli(const std::vector<std::string>& arguments, const Setting& setting = {});
/// A whole command line through sh, with inflaton-cli on the path.
Ended shell(const std::string& line, const fs::path& folder);

std::string read(const fs::path&);
void write(const fs::path&, const std::string&);
/// Relative paths of all files below, sorted.
std::vector<std::string> filesBelow(const fs::path&);
/// Name -> content of all files below.
std::map<std::string, std::string> contentsBelow(const fs::path&);
/// The lines of `text`, each of which must be a JSON object.
std::vector<nlohmann::json> jsonLines(const std::string& text);

/// Path of a network that comes with the program: "circles-PRP".
std::string pretrained(const std::string& name);
/// Options of a training that takes about a second.
std::vector<std::string> tinyTraining(const fs::path& outdir);
/// Trains with them (and `more`); returns the path of the network.
std::string trainTiny(const fs::path& outdir, const std::vector<std::string>& more = {});
std::vector<std::string> operator+(std::vector<std::string> a, const std::vector<std::string>& b);

}  // namespace inflaton::test
