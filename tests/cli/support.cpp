#include "tests/cli/support.h"
#include "tests/paths.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <csignal>
#include <cstdlib>
#include <fstream>
#include <sstream>
#include <thread>

namespace inflaton::test {
namespace {

void redirect(const fs::path& file, int descriptor) {
  const int fd = open(file.c_str(), O_WRONLY | O_CREAT | O_TRUNC, 0644);
  dup2(fd, descriptor);
  close(fd);
}

}  // namespace

TemporaryFolder::TemporaryFolder() {
  std::string name = (fs::temp_directory_path() / "inflaton-cli-XXXXXX").string();
  if (!mkdtemp(name.data())) throw std::runtime_error("cannot make a temporary folder");
  path_ = name;
}

TemporaryFolder::~TemporaryFolder() {
  std::error_code ignored;
  fs::remove_all(path_, ignored);
}

Process::Process(const std::vector<std::string>& arguments, const Setting& setting) : start_(std::chrono::steady_clock::now()) {
  std::vector<std::string> words{cliProgram()};
  words.insert(words.end(), arguments.begin(), arguments.end());
  std::vector<char*> argv;
  for (std::string& w : words) argv.push_back(w.data());
  argv.push_back(nullptr);
  const fs::path folder = setting.folder.empty() ? scratch_.path() : setting.folder;
  const fs::path out = scratch_ / "stdout", err = scratch_ / "stderr";
  pid_ = fork();
  if (pid_ < 0) throw std::runtime_error("cannot fork");
  if (pid_ == 0) {
    if (chdir(folder.c_str()) != 0) _exit(126);
    redirect("/dev/null", 0);
    redirect(out, 1);
    redirect(err, 2);
    if (setting.fileLimitBytes >= 0) {
      const auto bytes = static_cast<rlim_t>(setting.fileLimitBytes);
      const rlimit limit{bytes, bytes};
      setrlimit(RLIMIT_FSIZE, &limit);
    }
    for (const auto& [name, value] : setting.environment) setenv(name.c_str(), value.c_str(), 1);
    execv(argv[0], argv.data());
    _exit(127);
  }
}

Process::~Process() {
  if (!ended_) {
    signal(SIGKILL);
    reap(true);
  }
}

void Process::signal(int number) {
  if (!ended_) kill(pid_, number);
}

bool Process::reap(bool block) {
  if (ended_) return true;
  int status = 0;
  rusage usage{};
  if (wait4(pid_, &status, block ? 0 : WNOHANG, &usage) != pid_) return false;
  ended_ = true;
  result_.code = WIFEXITED(status) ? WEXITSTATUS(status) : -1;
  result_.signal = WIFSIGNALED(status) ? WTERMSIG(status) : 0;
  result_.peakMegabytes = usage.ru_maxrss / 1024;
  result_.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start_).count();
  result_.out = read(scratch_ / "stdout");
  result_.err = read(scratch_ / "stderr");
  return true;
}

bool Process::running() { return !reap(false); }

bool Process::waitUntil(const std::function<bool()>& condition, std::chrono::milliseconds limit) {
  const auto end = std::chrono::steady_clock::now() + limit;
  while (std::chrono::steady_clock::now() < end) {
    if (condition()) return true;
    if (!running()) return condition();
    std::this_thread::sleep_for(std::chrono::milliseconds(5));
  }
  return false;
}

Ended Process::wait(std::chrono::milliseconds limit) {
  waitUntil([] { return false; }, limit);
  if (!ended_) {
    ADD_FAILURE() << "inflaton-cli still runs after " << limit.count() << " ms:\n" << err();
    signal(SIGKILL);
    reap(true);
  }
  return result_;
}

std::string Process::err() const { return read(scratch_ / "stderr"); }

Ended cli(const std::vector<std::string>& arguments, const Setting& setting) { return Process(arguments, setting).wait(); }

Ended shell(const std::string& line, const fs::path& folder) {
  const TemporaryFolder scratch;
  const std::string path = fs::path(cliProgram()).parent_path().string();
  const std::string whole = "cd '" + folder.string() + "' && PATH='" + path + "':\"$PATH\" && { " + line + "\n} >'" +
                            (scratch / "out").string() + "' 2>'" + (scratch / "err").string() + "'";
  const int status = std::system(("bash -c '" +
                                  [&] {
                                    std::string quoted;
                                    for (char c : whole) quoted += c == '\'' ? std::string("'\\''") : std::string(1, c);
                                    return quoted;
                                  }() +
                                  "'")
                                     .c_str());
  Ended ended;
  ended.code = WIFEXITED(status) ? WEXITSTATUS(status) : -1;
  ended.out = read(scratch / "out");
  ended.err = read(scratch / "err");
  return ended;
}

std::string read(const fs::path& path) {
  std::ifstream in(path, std::ios::binary);
  std::ostringstream text;
  text << in.rdbuf();
  return text.str();
}

void write(const fs::path& path, const std::string& content) { std::ofstream(path, std::ios::binary) << content; }

std::vector<std::string> filesBelow(const fs::path& folder) {
  std::vector<std::string> names;
  if (fs::exists(folder))
    for (const auto& entry : fs::recursive_directory_iterator(folder))
      if (!entry.is_directory()) names.push_back(fs::relative(entry.path(), folder).generic_string());
  std::sort(names.begin(), names.end());
  return names;
}

std::map<std::string, std::string> contentsBelow(const fs::path& folder) {
  std::map<std::string, std::string> contents;
  for (const std::string& name : filesBelow(folder)) contents[name] = read(folder / name);
  return contents;
}

std::vector<nlohmann::json> jsonLines(const std::string& text) {
  std::vector<nlohmann::json> objects;
  std::istringstream lines(text);
  for (std::string line; std::getline(lines, line);) {
    objects.push_back(nlohmann::json::parse(line, nullptr, false));
    EXPECT_TRUE(objects.back().is_object()) << "not a JSON object: " << line;
  }
  return objects;
}

std::vector<std::string> operator+(std::vector<std::string> a, const std::vector<std::string>& b) {
  a.insert(a.end(), b.begin(), b.end());
  return a;
}

std::string pretrained(const std::string& name) { return std::string(sourceFolder()) + "/resources/networks/" + name + ".safetensors"; }

std::vector<std::string> tinyTraining(const fs::path& outdir) {
  return {"toy-train",
          "--outdir",
          outdir.string(),
          "--duration",
          "0.02",
          "--batch",
          "256",
          "--width",
          "16",
          "--depth",
          "1",
          "--eigenbasis_samples",
          "2000",
          "--tick",
          "5",
          "--snap",
          "2",
          "--dump",
          "2",
          "--validation_references",
          "500",
          "--validation_queries",
          "64"};
}

std::string trainTiny(const fs::path& outdir, const std::vector<std::string>& more) {
  const Ended ended = cli(tinyTraining(outdir) + more + std::vector<std::string>{"--json"});
  EXPECT_EQ(ended.code, 0) << ended.err;
  if (ended.code != 0) return {};
  return jsonLines(ended.err).back().value("network", "");
}

}  // namespace inflaton::test
