#include "core/io/mesh_files.h"

#include <algorithm>
#include <bit>
#include <cctype>
#include <charconv>
#include <cmath>
#include <cstring>
#include <filesystem>
#include <string_view>

#include "core/api/coverage.h"
#include "core/io/atomic_file.h"

namespace inflaton {
namespace {

void requireSound(const Mesh& mesh, const std::string& path) {
  const auto refuse = [&](const std::string& why) { throw Error(ErrorCode::failed, "cannot write " + path + ": " + why); };
  if (mesh.dim != 2 && mesh.dim != 3) refuse("a mesh of dimension " + std::to_string(mesh.dim) + "; known are 2 and 3");
  const auto D = static_cast<std::size_t>(mesh.dim);
  if (mesh.points.size() % D != 0 || mesh.cells.size() % D != 0) refuse("its numbers make no whole points and cells");
  for (std::size_t i = 0; i < mesh.points.size(); ++i)
    if (!std::isfinite(mesh.points[i])) refuse("point " + std::to_string(i / D) + " of the mesh is not finite");
  for (std::size_t i = 0; i < mesh.cells.size(); ++i)
    if (mesh.cells[i] < 0 || mesh.cells[i] >= mesh.pointCount())
      refuse("cell " + std::to_string(i / D) + " of the mesh names point " + std::to_string(mesh.cells[i]) + "; there are " +
             std::to_string(mesh.pointCount()));
}

template <class T>
void put(AtomicFile& file, T value) {
  char bytes[sizeof value];
  std::memcpy(bytes, &value, sizeof value);
  if constexpr (std::endian::native == std::endian::big) std::reverse(bytes, bytes + sizeof value);
  file.write(std::string_view(bytes, sizeof value));
}

template <class T>
void putText(AtomicFile& file, T value, char after) {
  char text[40];
  char* end = std::to_chars(text, text + sizeof text - 1, value).ptr;
  *end++ = after;
  file.write(std::string_view(text, static_cast<std::size_t>(end - text)));
}

}  // namespace

void writePly(const Mesh& mesh, const std::string& path) {
  requireSound(mesh, path);
  const auto D = static_cast<std::size_t>(mesh.dim);
  AtomicFile file(path);
  file.write("ply\nformat binary_little_endian 1.0\ncomment Inflaton\nelement vertex " + std::to_string(mesh.pointCount()) +
             "\nproperty double x\nproperty double y\nproperty double z\n");
  if (!mesh.cells.empty())
    file.write((D == 2 ? "element edge " : "element face ") + std::to_string(mesh.cellCount()) +
               (D == 2 ? "\nproperty int vertex1\nproperty int vertex2\n" : "\nproperty list uchar int vertex_indices\n"));
  file.write("end_header\n");
  for (std::size_t i = 0; i < mesh.points.size(); i += D)
    for (std::size_t k = 0; k < 3; ++k) put(file, k < D ? mesh.points[i + k] : 0.0);
  for (std::size_t c = 0; c < mesh.cells.size(); c += D) {
    if (D == 3) put(file, std::uint8_t{3});
    for (std::size_t k = 0; k < D; ++k) put(file, mesh.cells[c + k]);
  }
  file.commit();
}

void writeVtp(const Mesh& mesh, const std::string& path) {
  requireSound(mesh, path);
  const auto D = static_cast<std::size_t>(mesh.dim);
  const std::int64_t verts = mesh.cells.empty() ? mesh.pointCount() : 0, lines = D == 2 ? mesh.cellCount() : 0,
                     polys = D == 3 ? mesh.cellCount() : 0;
  AtomicFile file(path);
  file.write(
      "<?xml version=\"1.0\"?>\n<VTKFile type=\"PolyData\" version=\"1.0\" byte_order=\"LittleEndian\" "
      "header_type=\"UInt64\">\n<PolyData>\n");
  file.write("<Piece NumberOfPoints=\"" + std::to_string(mesh.pointCount()) + "\" NumberOfVerts=\"" + std::to_string(verts) +
             "\" NumberOfLines=\"" + std::to_string(lines) + "\" NumberOfStrips=\"0\" NumberOfPolys=\"" + std::to_string(polys) + "\">\n");
  file.write("<Points>\n<DataArray type=\"Float64\" Name=\"Points\" NumberOfComponents=\"3\" format=\"ascii\">\n");
  for (std::size_t i = 0; i < mesh.points.size(); i += D)
    for (std::size_t k = 0; k < 3; ++k) putText(file, k < D ? mesh.points[i + k] : 0.0, k == 2 ? '\n' : ' ');
  file.write("</DataArray>\n</Points>\n");
  const std::string section = verts ? "Verts" : lines ? "Lines" : "Polys";
  file.write("<" + section + ">\n<DataArray type=\"Int64\" Name=\"connectivity\" format=\"ascii\">\n");
  for (std::int64_t i = 0; i < verts; ++i) putText(file, i, '\n');
  for (std::size_t c = 0; c < mesh.cells.size(); ++c) putText(file, mesh.cells[c], (c + 1) % D ? ' ' : '\n');
  file.write("</DataArray>\n<DataArray type=\"Int64\" Name=\"offsets\" format=\"ascii\">\n");
  for (std::int64_t i = 1; i <= verts + lines + polys; ++i) putText(file, verts ? i : i * mesh.dim, '\n');
  file.write("</DataArray>\n</" + section + ">\n</Piece>\n</PolyData>\n</VTKFile>\n");
  file.commit();
}

Expected<void> saveMesh(const Mesh& mesh, const std::string& path) {
  return atEdge([&] {
    std::string ending = std::filesystem::path(path).extension().string();
    std::transform(ending.begin(), ending.end(), ending.begin(), [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
    if (ending == ".ply") return writePly(mesh, path);
    if (ending == ".vtp") return writeVtp(mesh, path);
    throw Error(ErrorCode::usage, "cannot write " + path + ": a mesh's file ends in .ply or .vtp, not \"" + ending + "\"");
  });
}

}  // namespace inflaton
