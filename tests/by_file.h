#pragma once
// Cases of one source file, chosen by its name: CTest runs a process a file, since starting LibTorch for every case costs more than most
// cases.
#include <gtest/gtest.h>

#include <cstdio>
#include <string>

namespace inflaton::test {

/// With the argument --from=core/io/test_npz.cpp only what that file declares will run. False, and a word on stderr, when it declares
/// nothing. Call after InitGoogleTest.
inline bool selectFile(int argc, char** argv) {
  const std::string flag = "--from=";
  for (int i = 1; i < argc; ++i) {
    const std::string argument = argv[i];
    if (argument.compare(0, flag.size(), flag) != 0) continue;
    const std::string wanted = "/" + argument.substr(flag.size());
    std::string filter;
    const auto& all = *::testing::UnitTest::GetInstance();
    for (int s = 0; s < all.total_test_suite_count(); ++s)
      for (int t = 0; t < all.GetTestSuite(s)->total_test_count(); ++t) {
        const auto& info = *all.GetTestSuite(s)->GetTestInfo(t);
        const std::string file = std::string("/") + info.file();
        if (file.size() >= wanted.size() && file.compare(file.size() - wanted.size(), wanted.size(), wanted) == 0)
          filter += (filter.empty() ? "" : ":") + std::string(info.test_suite_name()) + "." + info.name();
      }
    if (filter.empty()) {
      std::fprintf(stderr, "no test comes from %s\n", wanted.c_str() + 1);
      return false;
    }
    ::testing::GTEST_FLAG(filter) = filter;
  }
  return true;
}

}  // namespace inflaton::test
