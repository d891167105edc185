// CGAL's Delaunay triangulation of the plane, by exact predicates, taken over into arrays.
#include <CGAL/Delaunay_triangulation_2.h>
#include <CGAL/Exact_predicates_inexact_constructions_kernel.h>
#include <CGAL/Triangulation_face_base_with_info_2.h>
#include <CGAL/Triangulation_vertex_base_with_info_2.h>

#include <utility>

#include "core/geometry/delaunay.h"
#include "core/geometry/exact_sign.h"

namespace inflaton {
namespace {

using Kernel = CGAL::Exact_predicates_inexact_constructions_kernel;
using Vertex = CGAL::Triangulation_vertex_base_with_info_2<std::int32_t, Kernel>;
using Face = CGAL::Triangulation_face_base_with_info_2<std::int32_t, Kernel>;
using Plane = CGAL::Delaunay_triangulation_2<Kernel, CGAL::Triangulation_data_structure_2<Vertex, Face>>;

Kernel::Point_2 at(const double* p) { return {p[0], p[1]}; }

}  // namespace

int exactTurn(const double* a, const double* b, const double* c) {
  return static_cast<int>(Kernel().orientation_2_object()(at(a), at(b), at(c)));
}

void triangulatePlane(Delaunay& d) {
  std::vector<std::pair<Kernel::Point_2, std::int32_t>> input;
  input.reserve(static_cast<std::size_t>(d.pointCount()));
  for (std::int32_t i = 0; i < d.pointCount(); ++i) input.emplace_back(at(d.point(i)), i);
  Plane plane;
  plane.insert(input.begin(), input.end());
  if (plane.dimension() < 2) return;
  std::int32_t count = 0;
  for (auto f = plane.all_faces_begin(); f != plane.all_faces_end(); ++f) f->info() = plane.is_infinite(f) ? -1 : count++;
  d.vertices.reserve(static_cast<std::size_t>(count) * 3), d.neighbours.reserve(static_cast<std::size_t>(count) * 3);
  for (auto f = plane.finite_faces_begin(); f != plane.finite_faces_end(); ++f)
    for (int i = 0; i < 3; ++i) d.vertices.push_back(f->vertex(i)->info()), d.neighbours.push_back(f->neighbor(i)->info());
}

}  // namespace inflaton
