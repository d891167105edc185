#include <algorithm>
#include <cmath>
#include <numbers>
#include <numeric>

#include "core/geometry/winding.h"

namespace inflaton {
namespace {

constexpr double kFar = 5;  // a dipole stands for triangles within 1/kFar of its distance
constexpr std::int32_t kLeaf = 8;

double dot(const double* a, const double* b) { return a[0] * b[0] + a[1] * b[1] + a[2] * b[2]; }

}  // namespace

DipoleTree::DipoleTree(const Mesh& mesh) : mesh_(mesh), order_(static_cast<std::size_t>(mesh.cellCount())) {
  std::iota(order_.begin(), order_.end(), 0);
  if (!order_.empty()) build(0, static_cast<std::int32_t>(order_.size()));
}

std::int32_t DipoleTree::build(std::int32_t first, std::int32_t last) {
  const auto corner = [&](std::int32_t triangle, int k) {
    return mesh_.points.data() +
           static_cast<std::size_t>(mesh_.cells[static_cast<std::size_t>(triangle) * 3 + static_cast<std::size_t>(k)]) * 3;
  };
  const auto middle = [&](std::int32_t triangle, int axis) {
    return (corner(triangle, 0)[axis] + corner(triangle, 1)[axis] + corner(triangle, 2)[axis]) / 3;
  };
  Node node{};
  node.first = first, node.last = last, node.left = node.right = -1;
  double total = 0, low[3], high[3];
  for (std::int32_t i = first; i < last; ++i) {
    const std::int32_t t = order_[static_cast<std::size_t>(i)];
    double u[3], v[3], cross[3];
    for (int k = 0; k < 3; ++k) u[k] = corner(t, 1)[k] - corner(t, 0)[k], v[k] = corner(t, 2)[k] - corner(t, 0)[k];
    for (int k = 0; k < 3; ++k) cross[k] = u[(k + 1) % 3] * v[(k + 2) % 3] - u[(k + 2) % 3] * v[(k + 1) % 3];
    const double area = std::sqrt(dot(cross, cross)) / 2;
    total += area;
    for (int k = 0; k < 3; ++k) {
      const double m = middle(t, k);
      node.dipole[k] += cross[k] / 2, node.centre[k] += area * m;
      low[k] = i == first ? m : std::min(low[k], m), high[k] = i == first ? m : std::max(high[k], m);
    }
  }
  for (int k = 0; k < 3; ++k) node.centre[k] = total > 0 ? node.centre[k] / total : (low[k] + high[k]) / 2;
  for (std::int32_t i = first; i < last; ++i)
    for (int c = 0; c < 3; ++c) {
      double away[3];
      for (int k = 0; k < 3; ++k) away[k] = corner(order_[static_cast<std::size_t>(i)], c)[k] - node.centre[k];
      node.reach = std::max(node.reach, std::sqrt(dot(away, away)));
    }
  const auto at = nodes_.size();
  nodes_.push_back(node);
  if (last - first > kLeaf) {
    int axis = 0;
    for (int k = 1; k < 3; ++k)
      if (high[k] - low[k] > high[axis] - low[axis]) axis = k;
    const std::int32_t half = first + (last - first) / 2;
    std::nth_element(order_.begin() + first, order_.begin() + half, order_.begin() + last, [&](auto i, auto j) {
      const double x = middle(i, axis), y = middle(j, axis);
      return x < y || (x == y && i < j);
    });
    const std::int32_t left = build(first, half), right = build(half, last);
    nodes_[at].left = left, nodes_[at].right = right;
  }
  return static_cast<std::int32_t>(at);
}

/// Van Oosterom and Strackee 1983; over 4 pi.
double DipoleTree::solidAngle(std::int32_t triangle, const double* query) const {
  double r[3][3], length[3];
  for (std::size_t c = 0; c < 3; ++c) {
    const double* p = mesh_.points.data() + static_cast<std::size_t>(mesh_.cells[static_cast<std::size_t>(triangle) * 3 + c]) * 3;
    for (std::size_t k = 0; k < 3; ++k) r[c][k] = p[k] - query[k];
    length[c] = std::sqrt(dot(r[c], r[c]));
  }
  double volume = 0;
  for (int k = 0; k < 3; ++k) volume += r[0][k] * (r[1][(k + 1) % 3] * r[2][(k + 2) % 3] - r[1][(k + 2) % 3] * r[2][(k + 1) % 3]);
  const double below =
      length[0] * length[1] * length[2] + dot(r[0], r[1]) * length[2] + dot(r[1], r[2]) * length[0] + dot(r[2], r[0]) * length[1];
  return volume == 0 ? 0 : std::atan2(volume, below) / (2 * std::numbers::pi);
}

double DipoleTree::at(const double* query) const {
  if (nodes_.empty() || !std::isfinite(query[0] + query[1] + query[2])) return 0;
  double sum = 0;
  std::int32_t open[64];  // the tree halves its triangles: 2^31 of them are 31 deep
  int count = 0;
  open[count++] = 0;
  while (count > 0) {
    const Node& node = nodes_[static_cast<std::size_t>(open[--count])];
    double away[3];
    for (int k = 0; k < 3; ++k) away[k] = node.centre[k] - query[k];
    const double square = dot(away, away);
    if (square > kFar * kFar * node.reach * node.reach) {
      sum += dot(node.dipole, away) / (4 * std::numbers::pi * square * std::sqrt(square));
    } else if (node.left >= 0) {
      open[count++] = node.left, open[count++] = node.right;
    } else {
      for (std::int32_t i = node.first; i < node.last; ++i) sum += solidAngle(order_[static_cast<std::size_t>(i)], query);
    }
  }
  return sum;
}

}  // namespace inflaton
