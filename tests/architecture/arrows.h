#pragma once
// The arrows between the folders, as a table, and a scanner that holds a source file against it.
#include <string>
#include <vector>

namespace inflaton::architecture {

struct Include {
  int line = 0;
  std::string path;  ///< as written between quotes or angle brackets
  bool quoted = false;
};

/// Lines with // and /* */ comments blanked, so that what stands in a comment does not count.
std::string withoutComments(const std::string& text);

/// The #include lines of a source text; those inside comments are not counted.
std::vector<Include> includesOf(const std::string& text);

/// What an include names: one of our folders ("core/api", "ui", ...), or "torch", "qt", "vtk", "cli11", "gtest", "other".
std::string kindOf(const Include&);

/// "ui/plots/curve.h:12: ui must not include torch (torch/torch.h)", one a violation. `path` is from the repository root.
std::vector<std::string> violations(const std::string& path, const std::string& text);

/// The table as docs/ARCHITECTURE.md shows it, a line for each row: "core/io          core/{api}". Rooms of one house stand in braces.
std::string tableAsText();

}  // namespace inflaton::architecture
