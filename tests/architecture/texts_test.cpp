// Numbers are written and read the same whatever the locale, JSON is written in one place, and the scanner that says so can fail.
#include "tests/architecture/texts.h"

#include <gmock/gmock.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <set>

#include "tests/paths.h"

namespace fs = std::filesystem;
using namespace inflaton::architecture;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

namespace {

std::string read(const fs::path& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

/// What std::to_string of a floating-point number leaves in an object file of libstdc++: it is vsnprintf under the locale of the process.
const std::string kToString = "__to_xstring";

}  // namespace

TEST(Texts, HoldNothingBanned) {
  static const std::set<std::string> endings{".h", ".hpp", ".cpp", ".cc", ".cu", ".cuh"};
  const fs::path root = inflaton::test::sourceFolder();
  int files = 0;
  for (const char* folder : {"core", "ui", "app", "gpu", "plugins"})
    if (fs::exists(root / folder))
      for (const auto& entry : fs::recursive_directory_iterator(root / folder))
        if (entry.is_regular_file() && endings.count(entry.path().extension().string())) {
          ++files;
          for (const std::string& banned : bannedTexts(fs::relative(entry.path(), root).generic_string(), read(entry.path())))
            ADD_FAILURE() << banned;
        }
  EXPECT_GT(files, 100);
}

// No text tells of which type a value is; the compiled core does.
TEST(Texts, NoRealNumberGoesThroughToString) {
  static volatile double real = 0.5;
  EXPECT_EQ(std::to_string(real).size(), 8u);
  if (read("/proc/self/exe").find(kToString) == std::string::npos)
    GTEST_SKIP() << "this compiler's library leaves no trace of std::to_string(double)";
  std::string libraries = inflaton::test::coreLibraries();
  for (std::size_t from = 0; from < libraries.size();) {
    const std::size_t end = std::min(libraries.find(';', from), libraries.size());
    const std::string library = libraries.substr(from, end - from), content = read(library);
    ASSERT_FALSE(content.empty()) << library;
    EXPECT_EQ(content.find(kToString), std::string::npos) << library << " writes a real number by std::to_string; use numberText";
    from = end + 1;
  }
}

TEST(TextsScanner, SeesEachOfThem) {
  for (const char* bad :
       {"  std::snprintf(t, sizeof t, \"%g\", v);", "printf (\"x\");", "QString::asprintf(\"%g\", v)", "v = std::strtod(s, nullptr);",
        "return std::stod(word);", "atof(s)", "sscanf(s, \"%lf\", &v);", "out << std::setprecision(3);", "s.imbue(x);",
        "std::locale::global(l);", "setlocale(LC_ALL, \"\");", "text += meta.dump();", "found->dump(2)",
        "auto* b = new QDoubleSpinBox(this);", "QDoubleSpinBox box(this);", "new QDoubleValidator(this)"}) {
    const auto found = bannedTexts("ui/forms/a.cpp", std::string("int a;\n") + bad + "\n");
    ASSERT_THAT(found, SizeIs(1)) << bad;
    EXPECT_THAT(found[0], HasSubstr("ui/forms/a.cpp:2: "));
  }
}

TEST(TextsScanner, LetsTheRestPass) {
  EXPECT_THAT(
      bannedTexts("core/a.cpp", "// printf(x)\nstd::fputs(text, stderr);\nint dump(); o.dump = 3;\nformatted(\"%g\", v);\nstd::stoi(w);\n"),
      IsEmpty());
  EXPECT_THAT(bannedTexts("tests/a.cpp", "std::snprintf(t, 3, \"\");\n"), IsEmpty());
  EXPECT_THAT(bannedTexts("ui/style/locale_numbers.cpp", "std::setlocale(LC_NUMERIC, \"C\");\n"), IsEmpty());
}
