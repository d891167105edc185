#include "tests/architecture/tree.h"

#include <fstream>
#include <set>
#include <sstream>

#include "tests/paths.h"

namespace fs = std::filesystem;

namespace inflaton::architecture {

std::vector<fs::path> sources() {
  static const std::set<std::string> endings{".h", ".hpp", ".cpp", ".cc", ".cu", ".cuh"};
  const fs::path root = inflaton::test::sourceFolder();
  std::vector<fs::path> found;
  for (const char* folder : {"core", "ui", "app", "gpu", "plugins", "tests"})
    if (fs::exists(root / folder))
      for (const auto& entry : fs::recursive_directory_iterator(root / folder))
        if (entry.is_regular_file() && endings.count(entry.path().extension().string())) found.push_back(entry.path());
  return found;
}

std::string read(const fs::path& path) {
  std::ifstream in(path, std::ios::binary);
  std::ostringstream text;
  text << in.rdbuf();
  return text.str();
}

std::string placeOf(const fs::path& path) { return fs::relative(path, inflaton::test::sourceFolder()).generic_string(); }

}  // namespace inflaton::architecture
