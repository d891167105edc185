#include "core/io/mesh_files.h"

#include <cstring>
#include <filesystem>
#include <limits>
#include <sstream>

#include "core/api/coverage.h"
#include "core/geometry/advected.h"
#include "tests/core/geometry/geometry_testing.h"
#include "tests/core/io/io_testing.h"

using namespace inflaton;
using inflaton::testing::bytesOf;
using inflaton::testing::Points;
using inflaton::testing::TempFolder;
using ::testing::HasSubstr;

namespace {

template <class T>
T take(const std::string& bytes, std::size_t& at) {
  T value;
  std::memcpy(&value, bytes.data() + at, sizeof value);
  at += sizeof value;
  return value;
}

/// A reader of what the format says, not of what we write: counts from the header, then rows.
Mesh readPly(const std::string& path, int dim) {
  const std::string bytes = bytesOf(path);
  std::size_t at = bytes.find("end_header\n") + 11;
  std::istringstream header(bytes.substr(0, at));
  std::string word, format;
  std::int64_t points = 0, cells = 0;
  while (header >> word) {
    if (word == "format") header >> format;
    if (word != "element") continue;
    header >> word;
    header >> (word == "vertex" ? points : cells);
  }
  EXPECT_EQ(format, "binary_little_endian");
  Mesh mesh{dim, {}, {}};
  for (std::int64_t i = 0; i < points; ++i)
    for (int k = 0; k < 3; ++k) {
      const auto x = take<double>(bytes, at);
      if (k < dim) {
        mesh.points.push_back(x);
      } else {
        EXPECT_EQ(x, 0);
      }
    }
  for (std::int64_t i = 0; i < cells; ++i) {
    if (dim == 3) {
      EXPECT_EQ(take<std::uint8_t>(bytes, at), 3);
    }
    for (int k = 0; k < dim; ++k) mesh.cells.push_back(take<std::int32_t>(bytes, at));
  }
  EXPECT_EQ(at, bytes.size());
  return mesh;
}

std::vector<double> numbersAfter(const std::string& text, const std::string& mark) {
  std::vector<double> numbers;
  const auto from = text.find('>', text.find(mark)) + 1;
  std::istringstream in(text.substr(from, text.find('<', from) - from));
  for (double x; in >> x;) numbers.push_back(x);
  return numbers;
}

Mesh readVtp(const std::string& path, int dim) {
  const std::string text = bytesOf(path);
  Mesh mesh{dim, {}, {}};
  const auto points = numbersAfter(text, "Name=\"Points\"");
  for (std::size_t i = 0; i < points.size(); ++i)
    if (static_cast<int>(i % 3) < dim) {
      mesh.points.push_back(points[i]);
    } else {
      EXPECT_EQ(points[i], 0);
    }
  for (const double v : numbersAfter(text, "Name=\"connectivity\"")) mesh.cells.push_back(static_cast<std::int32_t>(v));
  const auto offsets = numbersAfter(text, "Name=\"offsets\"");
  EXPECT_EQ(static_cast<double>(mesh.cells.size()), offsets.empty() ? 0 : offsets.back());
  const std::string count = "\"" + std::to_string(offsets.size()) + "\"";
  EXPECT_THAT(text, HasSubstr((dim == 2 ? "NumberOfLines=" : "NumberOfPolys=") + count));
  return mesh;
}

struct MeshFiles : ::testing::Test {
  TempFolder folder;
  std::string refusal(const Mesh& mesh, const std::string& name, ErrorCode code = ErrorCode::failed) {
    const auto saved = saveMesh(mesh, folder.file(name));
    EXPECT_FALSE(saved.has_value());
    if (saved) return {};
    EXPECT_EQ(saved.error().code, code);
    EXPECT_EQ(folder.entries(), 0u) << "nothing half-written";
    return saved.error().message;
  }
};

}  // namespace

TEST_F(MeshFiles, ReadBackExactly) {
  for (const int dim : {2, 3}) {
    const Mesh mesh = shell(dim, 100, 1.0 / 3, Points(static_cast<std::size_t>(dim), 0.7));
    ASSERT_TRUE(saveMesh(mesh, folder.file("a.ply")));
    ASSERT_TRUE(saveMesh(mesh, folder.file("a.VTP")));
    for (const Mesh& back : {readPly(folder.file("a.ply"), dim), readVtp(folder.file("a.VTP"), dim)}) {
      EXPECT_EQ(back.points, mesh.points);
      EXPECT_EQ(back.cells, mesh.cells);
    }
  }
}

TEST_F(MeshFiles, CloudsAndEmptyMeshesAreFilesToo) {
  const Mesh cloud{3, {1, 2, 3, 4, 5, 6}, {}};
  ASSERT_TRUE(saveMesh(cloud, folder.file("cloud.ply")));
  EXPECT_EQ(readPly(folder.file("cloud.ply"), 3).points, cloud.points);
  EXPECT_THAT(bytesOf(folder.file("cloud.ply")), ::testing::Not(HasSubstr("face")));
  ASSERT_TRUE(saveMesh(cloud, folder.file("cloud.vtp")));
  const auto text = bytesOf(folder.file("cloud.vtp"));
  EXPECT_THAT(text, HasSubstr("NumberOfVerts=\"2\""));
  EXPECT_THAT(numbersAfter(text, "\"offsets\""), ::testing::ElementsAre(1, 2));
  ASSERT_TRUE(saveMesh(Mesh{2, {}, {}}, folder.file("none.ply")));
  ASSERT_TRUE(saveMesh(Mesh{2, {}, {}}, folder.file("none.vtp")));
}

TEST_F(MeshFiles, RefuseWhatNobodyCouldRead) {
  const Mesh sound{2, {0, 0, 1, 0, 0, 1}, {0, 1, 1, 2, 2, 0}};
  EXPECT_THAT(refusal(sound, "a.obj", ErrorCode::usage), HasSubstr("ends in .ply or .vtp, not \".obj\""));
  EXPECT_THAT(refusal(sound, "missing/a.ply"), HasSubstr("does not exist"));
  for (const std::string name : {"a.ply", "a.vtp"}) {
    Mesh broken = sound;
    broken.points[3] = std::numeric_limits<double>::quiet_NaN();
    EXPECT_THAT(refusal(broken, name), HasSubstr("point 1 of the mesh is not finite"));
    broken = sound;
    broken.cells[4] = 3;
    EXPECT_THAT(refusal(broken, name), HasSubstr("cell 2 of the mesh names point 3; there are 3"));
    EXPECT_THAT(refusal(Mesh{}, name), HasSubstr("dimension 0"));
  }
}
