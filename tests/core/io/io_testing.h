#pragma once
// What the tests of core/io share: a folder that goes away, errors as text, bytes made by hand, children that die.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <functional>
#include <iterator>
#include <string>

#include "core/api/error.h"

#include "tests/paths.h"

namespace inflaton::testing {

class TempFolder {
 public:
  TempFolder() {
    std::string name = (std::filesystem::temp_directory_path() / "inflaton-io-XXXXXX").string();
    path_ = ::mkdtemp(name.data());
  }
  ~TempFolder() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }
  const std::string& path() const { return path_; }
  std::string file(const std::string& name) const { return path_ + "/" + name; }
  std::string write(const std::string& name, const std::string& bytes) const {
    std::filesystem::remove(file(name));  // truncating one in use makes file systems flush, thousands of times too slow here
    std::ofstream(file(name), std::ios::binary).write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
    return file(name);
  }
  /// Entries, hidden ones too.
  std::size_t entries() const {
    return static_cast<std::size_t>(std::distance(std::filesystem::directory_iterator(path_), std::filesystem::directory_iterator()));
  }

 private:
  std::string path_;
};

inline std::string bytesOf(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
}

/// The message and hint of the Error that `work` throws; "" (and a failure) when it throws none.
inline std::string errorOf(const std::function<void()>& work) {
  try {
    work();
  } catch (const Error& e) {
    return std::string(e.what()) + (e.hint().empty() ? "" : " | " + e.hint());
  }
  ADD_FAILURE() << "no error was thrown";
  return {};
}

/// Runs `work` in a child process and returns its exit code, or 1000 + the signal that ended it.
inline int inChild(const std::function<int()>& work) {
  const pid_t pid = ::fork();
  if (pid == 0) ::_exit(work());
  int status = 0;
  ::waitpid(pid, &status, 0);
  return WIFEXITED(status) ? WEXITSTATUS(status) : 1000 + WTERMSIG(status);
}

/// Little-endian bytes of a number.
template <class T>
std::string le(T v) {
  std::string s(sizeof v, '\0');
  std::memcpy(s.data(), &v, sizeof v);
  return s;
}

inline std::string golden(const std::string& name) {
  const char* folder = std::getenv("INFLATON_GOLDEN");
  return std::string(folder && *folder ? folder : inflaton::test::defaultGoldenFolder()) + "/" + name;
}

/// Runs a Python script with NumPy as `np`; false when there is no such Python here (the caller skips).
inline bool numpyHere() { return std::system("/usr/bin/python3 -c 'import numpy' >/dev/null 2>&1") == 0; }
inline int numpy(const TempFolder& folder, const std::string& script) {
  const std::string file = folder.write("script.py", "import numpy as np\n" + script);
  return std::system(("cd '" + folder.path() + "' && /usr/bin/python3 '" + file + "'").c_str());
}

}  // namespace inflaton::testing
