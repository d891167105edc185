// CGAL's Delaunay triangulation of space, by exact predicates, taken over into arrays.
#include <CGAL/Delaunay_triangulation_3.h>
#include <CGAL/Delaunay_triangulation_cell_base_3.h>
#include <CGAL/Exact_predicates_inexact_constructions_kernel.h>
#include <CGAL/Triangulation_cell_base_with_info_3.h>
#include <CGAL/Triangulation_vertex_base_with_info_3.h>

#include <utility>

#include "core/geometry/delaunay.h"
#include "core/geometry/exact_sign.h"

namespace inflaton {
namespace {

using Kernel = CGAL::Exact_predicates_inexact_constructions_kernel;
using Vertex = CGAL::Triangulation_vertex_base_with_info_3<std::int32_t, Kernel>;
using Cell = CGAL::Triangulation_cell_base_with_info_3<std::int32_t, Kernel, CGAL::Delaunay_triangulation_cell_base_3<Kernel>>;
using Space = CGAL::Delaunay_triangulation_3<Kernel, CGAL::Triangulation_data_structure_3<Vertex, Cell>>;

Kernel::Point_3 at(const double* p) { return {p[0], p[1], p[2]}; }

}  // namespace

int exactSide(const double* a, const double* b, const double* c, const double* d) {
  return static_cast<int>(Kernel().orientation_3_object()(at(a), at(b), at(c), at(d)));
}

void triangulateSpace(Delaunay& d) {
  std::vector<std::pair<Kernel::Point_3, std::int32_t>> input;
  input.reserve(static_cast<std::size_t>(d.pointCount()));
  for (std::int32_t i = 0; i < d.pointCount(); ++i) input.emplace_back(at(d.point(i)), i);
  Space space;
  space.insert(input.begin(), input.end());
  if (space.dimension() < 3) return;
  std::int32_t count = 0;
  for (auto c = space.all_cells_begin(); c != space.all_cells_end(); ++c) c->info() = space.is_infinite(c) ? -1 : count++;
  d.vertices.reserve(static_cast<std::size_t>(count) * 4), d.neighbours.reserve(static_cast<std::size_t>(count) * 4);
  for (auto c = space.finite_cells_begin(); c != space.finite_cells_end(); ++c)
    for (int i = 0; i < 4; ++i) d.vertices.push_back(c->vertex(i)->info()), d.neighbours.push_back(c->neighbor(i)->info());
}

}  // namespace inflaton
