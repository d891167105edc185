// The #include arrows of the folders hold (docs/ARCHITECTURE.md), and the scanner that says so can fail.
#include "tests/architecture/arrows.h"
#include "tests/architecture/tree.h"
#include "tests/paths.h"

#include <gmock/gmock.h>

#include <cctype>
#include <cstdio>
#include <filesystem>
#include <set>
#include <sstream>

namespace fs = std::filesystem;
using namespace inflaton::architecture;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

namespace {

const fs::path root = inflaton::test::sourceFolder();

/// First components of what git tracks; empty where there is no git.
std::set<std::string> trackedTopLevel() {
  std::set<std::string> names;
  if (FILE* git = popen(("git -C '" + root.string() + "' ls-files 2>/dev/null").c_str(), "r")) {
    char line[4096];
    while (std::fgets(line, sizeof line, git)) names.insert(std::string(line).substr(0, std::string(line).find_first_of("/\n")));
    pclose(git);
  }
  return names;
}

}  // namespace

TEST(Arrows, HoldInTheTree) {
  const auto files = sources();
  ASSERT_GT(files.size(), 20u) << "the scanner found next to nothing under " << root;
  for (const fs::path& file : files) {
    const std::string path = fs::relative(file, root).generic_string();
    for (const std::string& violation : violations(path, read(file))) ADD_FAILURE() << violation;
  }
}

TEST(Arrows, QuotedIncludesExist) {
  for (const fs::path& file : sources())
    for (const Include& include : includesOf(read(file)))
      if (include.quoted && include.path.find(".moc") == std::string::npos) {
        EXPECT_TRUE(fs::exists(root / include.path)) << file << ":" << include.line << ": " << include.path;
      }
}

// So that each header is compiled alone once (CMakeLists.txt beside this).
TEST(Arrows, SourcesIncludeTheirOwnHeaderFirst) {
  for (const fs::path& file : sources()) {
    if (file.extension() != ".cpp" || !fs::exists(fs::path(file).replace_extension(".h"))) continue;
    const auto includes = includesOf(read(file));
    ASSERT_FALSE(includes.empty()) << file;
    EXPECT_EQ(includes.front().path, fs::relative(fs::path(file).replace_extension(".h"), root).generic_string()) << file;
  }
}

TEST(Arrows, HeadersAreGuarded) {
  for (const fs::path& file : sources())
    if (file.extension() == ".h") {
      EXPECT_THAT(read(file), HasSubstr("#pragma once")) << file;
    }
}

TEST(Arrows, TopLevelHoldsNothingElse) {
  static const std::set<std::string> allowed{"CMakeLists.txt",
                                             "app",
                                             "core",
                                             "gpu",
                                             "ui",
                                             "resources",
                                             "plugins",
                                             "tests",
                                             "packaging",
                                             "docs",
                                             "CONTRIBUTING.md",
                                             "README.md",
                                             "CMakePresets.json",
                                             "LICENSE",
                                             ".clang-format",
                                             ".clang-tidy",
                                             ".gitignore",
                                             ".ci"};
  const auto names = trackedTopLevel();
  if (names.empty()) GTEST_SKIP() << "not a git checkout: what is tracked is not known";
  EXPECT_TRUE(names.count("CMakeLists.txt"));
  for (const std::string& name : names) EXPECT_TRUE(allowed.count(name)) << name << " does not belong at the top level";
}

// A rule that cannot fail proves nothing: each is broken here on purpose.

struct Bad {
  const char* path;
  const char* text;
  const char* message;
};

// Names of tests may hold letters, digits and '_' only.
std::string named(const ::testing::TestParamInfo<Bad>& info) {
  std::string name = std::to_string(info.index) + "_" + info.param.message;
  for (char& c : name) c = std::isalnum(static_cast<unsigned char>(c)) ? c : '_';
  return name;
}

class ArrowsBroken : public ::testing::TestWithParam<Bad> {};

TEST_P(ArrowsBroken, AreSeen) {
  const auto found = violations(GetParam().path, GetParam().text);
  ASSERT_THAT(found, SizeIs(1));
  EXPECT_THAT(found[0], HasSubstr(GetParam().message));
}

INSTANTIATE_TEST_SUITE_P(
    Snippets, ArrowsBroken,
    ::testing::Values(Bad{"ui/plots/a.h", "#pragma once\n#include <torch/types.h>\n", "ui/plots/a.h:2: ui must not include torch"},
                      Bad{"ui/a.cpp", "#include <ATen/ATen.h>\n", "ui must not include torch"},
                      Bad{"ui/a.cpp", "#include \"core/nets/denoiser.h\"\n", "ui must not include core/nets (core/nets/denoiser.h)"},
                      Bad{"ui/a.cpp", "#include \"core/io/npz.h\"\n", "ui must not include core/io"},
                      Bad{"ui/a.cpp", "#include \"app/gui/demo.h\"\n", "ui must not include app/gui"},
                      Bad{"ui/views/a.cpp", "#include \"ui/session/session.h\"\n", "ui/views must not include ui/session"},
                      Bad{"ui/jobs/a.cpp", "#include \"ui/session/settings.h\"\n", "ui/jobs must not include ui/session"},
                      Bad{"ui/model/a.cpp", "#include \"ui/views/figure.h\"\n", "ui/model must not include ui/views"},
                      Bad{"ui/session/a.cpp", "#include \"ui/shell/banner.h\"\n", "ui/session must not include ui/shell"},
                      Bad{"ui/session/a.cpp", "#include \"ui/hmc/hmc_page.h\"\n", "ui/session must not include ui/hmc"},
                      Bad{"ui/hmc/chains/a.cpp", "#include \"ui/coverage/coverage_page.h\"\n", "ui/hmc must not include ui/coverage"},
                      Bad{"ui/stages/a.cpp", "#include \"ui/shell/main_window.h\"\n", "ui/stages must not include ui/shell"},
                      Bad{"core/api/a.h", "  #  include <torch/types.h>\n", "core/api must not include torch"},
                      Bad{"core/api/a.h", "#include \"core/nets/denoiser.h\"\n", "core/api must not include core/nets"},
                      Bad{"core/api/a.cpp", "#include \"core/io/npz.h\"\n", "core/api must not include core/io"},
                      Bad{"core/io/a.cpp", "#include <c10/util/Exception.h>\n", "core/io must not include torch"},
                      Bad{"core/data/a.cpp", "#include \"core/flow/solver.h\"\n", "core/data must not include core/flow"},
                      Bad{"core/denoise/a.cpp", "#include \"core/nets/mlp.h\"\n", "core/denoise must not include core/nets"},
                      Bad{"core/machine/a.cpp", "#include \"core/io/npz.h\"\n", "core/machine must not include core/io"},
                      Bad{"core/nets/file/a.cpp", "#include \"core/train/preview.h\"\n", "core/nets must not include core/train"},
                      Bad{"core/flow/a.cpp", "#include \"core/calibration/map/solver_map.h\"\n",
                          "core/flow must not include core/calibration"},
                      Bad{"core/nets/a.h", "#include <torch/torch.h>\n", "torch/torch.h is kept out of headers"},
                      Bad{"core/flow/a.cpp", "#include <QString>\n", "core/flow must not include qt"},
                      Bad{"core/flow/a.cpp", "#include <QtCore/QObject>\n", "core/flow must not include qt"},
                      Bad{"core/new/a.cpp", "#include <vtkActor.h>\n", "core must not include vtk"},
                      Bad{"core/new/a.cpp", "#include \"ui/model/view_state.h\"\n", "core must not include ui/model"},
                      Bad{"core/flow/a.cpp", "#include \"gpu/kernel.h\"\n", "core/flow must not include gpu"},
                      Bad{"gpu/a.cpp", "#include \"ui/model/view_state.h\"\n", "gpu must not include ui/model"},
                      Bad{"app/cli/a.cpp", "#include \"core/flow/solver.h\"\n", "app/cli must not include core/flow"},
                      Bad{"app/cli/a.cpp", "#include \"ui/model/view_state.h\"\n", "app/cli must not include ui/model"},
                      Bad{"app/cli/a.cpp", "#include <QApplication>\n", "app/cli must not include qt"},
                      Bad{"app/gui/a.cpp", "#include <torch/types.h>\n", "app must not include torch"},
                      Bad{"app/gui/a.cpp", "#include \"tests/support/tmp.h\"\n", "app must not include tests/support"},
                      Bad{"core/api/a.cpp", "#include \"options.h\"\n", "is not written from the repository root"}),
    named);

TEST(ArrowsScanner, LetsGoodFilesPass) {
  EXPECT_THAT(violations("ui/a.cpp", "#include <QWidget>\n#include \"core/api/job.h\"\n#include <vector>\n#include \"a.moc\"\n"),
              IsEmpty());
  EXPECT_THAT(violations("core/nets/a.cpp", "#include <torch/torch.h>\n#include \"core/io/npz.h\"\n"), IsEmpty());
  EXPECT_THAT(violations("app/cli/a.cpp", "#include <CLI/CLI.hpp>\n#include <nlohmann/json.hpp>\n#include \"core/api/simulate.h\"\n"),
              IsEmpty());
}

TEST(ArrowsScanner, ReadsIncludesAsTheCompilerDoes) {
  const auto found = includesOf(
      "// #include <a>\n/* #include <b>\n#include <c> */\n#include <d> // e\n\t# include \"f/g.h\"\nchar* s = \"/*\";\n#include <h>\n#if "
      "1\n#define include x\n");
  ASSERT_THAT(found, SizeIs(3));
  EXPECT_EQ(found[0].path, "d");
  EXPECT_EQ(found[0].line, 4);
  EXPECT_EQ(found[1].path, "f/g.h");
  EXPECT_TRUE(found[1].quoted);
  EXPECT_EQ(found[2].path, "h");
}

// The page that draws the arrows says what is checked here.
TEST(ArrowsPage, ShowsTheTable) {
  const std::string page = read(root / "docs/ARCHITECTURE.md"), begin = "<!-- arrows -->\n```\n", end = "```\n<!-- /arrows -->\n";
  const auto from = page.find(begin), to = page.find(end);
  ASSERT_NE(from, std::string::npos);
  ASSERT_NE(to, std::string::npos);
  EXPECT_EQ(page.substr(from + begin.size(), to - from - begin.size()), tableAsText());
}

// CTest finds cases by the name of their file (tests/CMakeLists.txt).
TEST(TestFiles, WithCasesAreNamedAsTests) {
  for (const fs::path& file : sources()) {
    const std::string path = fs::relative(file, root).generic_string(), stem = file.stem().string();
    if (path.compare(0, 6, "tests/") != 0) continue;
    std::istringstream lines(read(file));
    bool cases = false;
    for (std::string line; std::getline(lines, line);)
      for (const char* start : {"TEST(", "TEST_F(", "TEST_P(", "TYPED_TEST("})
        cases = cases || line.compare(0, std::string(start).size(), start) == 0;
    const bool named = file.extension() == ".cpp" &&
                       (stem.compare(0, 5, "test_") == 0 || (stem.size() > 5 && stem.compare(stem.size() - 5, 5, "_test") == 0));
    EXPECT_EQ(cases, named) << path << (cases ? " holds cases that CTest would not run" : " is named as a test and holds no case");
  }
}
