#include "core/geometry/advected.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <string>
#include <unordered_map>

#include "core/api/error.h"
#include "core/api/number_text.h"

namespace inflaton {
namespace {

using Ends = std::uint64_t;  // of an edge, the smaller index first

Ends ends(std::int32_t a, std::int32_t b) {
  return std::uint64_t{static_cast<std::uint32_t>(std::min(a, b))} << 32 | static_cast<std::uint32_t>(std::max(a, b));
}

/// The middle of an edge on its sphere, and where the flow takes it. Kept between rounds: each is carried once.
struct Middle {
  std::int32_t a, b;
  double source[3], image[3];
  std::int32_t point = -1;  ///< of the meshes, once split
};

class Refinement {
 public:
  Refinement(AdvectedShell& shell, double radius, std::span<const double> sd, const PointMap& map, const RefineSettings& settings)
      : shell_(shell), D_(static_cast<std::size_t>(shell.source.dim)), radius_(radius), sd_(sd), map_(map), settings_(settings) {}

  void run() {
    shell_.image = {shell_.source.dim, carried(shell_.source.points), shell_.source.cells};
    for (int round = 0;; ++round) {
      findMiddles();
      auto wanted = tooLong();
      if (wanted.empty()) return;
      const auto room = static_cast<std::size_t>(std::max<std::int64_t>(settings_.most - shell_.source.pointCount(), 0));
      if (round >= settings_.rounds || room == 0) {
        shell_.complete = false;
        return;
      }
      if (wanted.size() > room) wanted.resize(room);
      split(wanted);
    }
  }

 private:
  std::vector<double> carried(const std::vector<double>& points) const {
    auto image = map_(points);
    if (image.size() != points.size())
      throw Error(ErrorCode::failed,
                  "the flow gave back " + std::to_string(image.size()) + " coordinates for " + std::to_string(points.size()));
    for (std::size_t i = 0; i < image.size(); ++i)
      if (!std::isfinite(image[i])) {
        std::string at;
        for (std::size_t k = 0; k < D_; ++k) at += (k ? ", " : "") + numberText(points[i / D_ * D_ + k]);
        throw Error(ErrorCode::diverged,
                    "the flow takes a point of the shell of radius " + numberText(radius_) + " to a place that is not finite: (" + at + ")",
                    "Take more steps or a tighter tolerance, or a smaller radius.");
      }
    return image;
  }

  template <class F>
  void forEdges(F&& f) const {
    const auto& cells = shell_.source.cells;
    for (std::size_t c = 0; c < cells.size(); c += D_)
      for (std::size_t k = 0; k < (D_ == 2 ? 1 : 3); ++k) f(cells[c + k], cells[c + (k + 1) % D_]);
  }

  /// Middles of the edges that have none yet, carried all at once; those of edges that are no more are forgotten.
  void findMiddles() {
    std::vector<Middle> middles;
    std::unordered_map<Ends, std::size_t> index;
    std::vector<std::size_t> fresh;
    std::vector<double> sources;
    forEdges([&](std::int32_t a, std::int32_t b) {
      if (!index.try_emplace(ends(a, b), middles.size()).second) return;
      if (const auto known = index_.find(ends(a, b)); known != index_.end()) {
        middles.push_back(middles_[known->second]);
        return;
      }
      Middle m{a, b, {}, {}};
      double square = 0;
      for (std::size_t k = 0; k < D_; ++k) {
        m.source[k] = (source(a)[k] + source(b)[k]) / sd_[k];
        square += m.source[k] * m.source[k];
      }
      for (std::size_t k = 0; k < D_; ++k) m.source[k] *= radius_ / std::sqrt(square) * sd_[k];
      sources.insert(sources.end(), m.source, m.source + D_);
      fresh.push_back(middles.size());
      middles.push_back(m);
    });
    if (!fresh.empty()) {
      const auto images = carried(sources);
      for (std::size_t i = 0; i < fresh.size(); ++i) std::copy_n(images.data() + i * D_, D_, middles[fresh[i]].image);
    }
    middles_ = std::move(middles), index_ = std::move(index);
  }

  /// Middles to become points, the worst first.
  std::vector<std::size_t> tooLong() const {
    double low[3], high[3], diagonal = 0;
    std::fill(low, low + 3, std::numeric_limits<double>::infinity()), std::fill(high, high + 3, -std::numeric_limits<double>::infinity());
    const auto& points = shell_.image.points;
    for (std::size_t i = 0; i < points.size(); ++i)
      low[i % D_] = std::min(low[i % D_], points[i]), high[i % D_] = std::max(high[i % D_], points[i]);
    for (std::size_t k = 0; k < D_; ++k) diagonal = std::hypot(diagonal, high[k] - low[k]);
    std::vector<std::size_t> wanted;
    if (!(diagonal > 0)) return wanted;
    std::vector<double> excess(middles_.size());
    for (std::size_t i = 0; i < middles_.size(); ++i) {
      const Middle& m = middles_[i];
      double length = 0, bend = 0;
      for (std::size_t k = 0; k < D_; ++k) {
        length = std::hypot(length, image(m.b)[k] - image(m.a)[k]);
        bend = std::hypot(bend, m.image[k] - (image(m.a)[k] + image(m.b)[k]) / 2);
      }
      excess[i] = std::max(length / (settings_.longest * diagonal), bend / (settings_.bend * diagonal));
      if (excess[i] > 1) wanted.push_back(i);
    }
    std::stable_sort(wanted.begin(), wanted.end(), [&](auto i, auto j) { return excess[i] > excess[j]; });
    return wanted;
  }

  void split(const std::vector<std::size_t>& wanted) {
    for (const auto i : wanted) {
      Middle& m = middles_[i];
      m.point = static_cast<std::int32_t>(shell_.source.pointCount());
      shell_.source.points.insert(shell_.source.points.end(), m.source, m.source + D_);
      shell_.image.points.insert(shell_.image.points.end(), m.image, m.image + D_);
    }
    shell_.added += static_cast<std::int64_t>(wanted.size());
    std::vector<std::int32_t> cells;
    for (std::size_t c = 0; c < shell_.source.cells.size(); c += D_) D_ == 2 ? splitSegment(c, cells) : splitTriangle(c, cells);
    shell_.source.cells = cells, shell_.image.cells = std::move(cells);
  }

  std::int32_t middleOf(std::int32_t a, std::int32_t b) const { return middles_[index_.at(ends(a, b))].point; }

  void splitSegment(std::size_t c, std::vector<std::int32_t>& cells) const {
    const std::int32_t a = shell_.source.cells[c], b = shell_.source.cells[c + 1], m = middleOf(a, b);
    if (m < 0)
      cells.insert(cells.end(), {a, b});
    else
      cells.insert(cells.end(), {a, m, m, b});
  }

  /// One, two, three or four triangles, of the same orientation: an edge is split on both sides or on neither.
  void splitTriangle(std::size_t c, std::vector<std::int32_t>& cells) const {
    std::int32_t v[3], m[3];  // m[k]: on the edge from v[k] to v[k + 1]
    for (std::size_t k = 0; k < 3; ++k) v[k] = shell_.source.cells[c + k];
    for (std::size_t k = 0; k < 3; ++k) m[k] = middleOf(v[k], v[(k + 1) % 3]);
    const auto count = std::count_if(m, m + 3, [](auto i) { return i >= 0; });
    if (count == 0) {
      cells.insert(cells.end(), {v[0], v[1], v[2]});
    } else if (count == 3) {
      cells.insert(cells.end(), {v[0], m[0], m[2], m[0], v[1], m[1], m[2], m[1], v[2], m[0], m[1], m[2]});
    } else {
      // Turned so that one split edge comes first, or that the whole edge comes last.
      const auto first = static_cast<std::size_t>(count == 1 ? std::find_if(m, m + 3, [](auto i) { return i >= 0; }) - m  //
                                                             : (std::find(m, m + 3, -1) - m + 1) % 3);
      const std::int32_t a = v[first], b = v[(first + 1) % 3], t = v[(first + 2) % 3], ab = m[first], bt = m[(first + 1) % 3];
      if (count == 1)
        cells.insert(cells.end(), {a, ab, t, ab, b, t});
      else if (distance(a, bt) <= distance(ab, t))
        cells.insert(cells.end(), {ab, b, bt, a, ab, bt, a, bt, t});
      else
        cells.insert(cells.end(), {ab, b, bt, a, ab, t, ab, bt, t});
    }
  }

  double distance(std::int32_t i, std::int32_t j) const {
    double square = 0;
    for (std::size_t k = 0; k < D_; ++k) square += (image(i)[k] - image(j)[k]) * (image(i)[k] - image(j)[k]);
    return square;
  }
  const double* source(std::int32_t i) const { return shell_.source.points.data() + static_cast<std::size_t>(i) * D_; }
  const double* image(std::int32_t i) const { return shell_.image.points.data() + static_cast<std::size_t>(i) * D_; }

  AdvectedShell& shell_;
  std::size_t D_;
  double radius_;
  std::span<const double> sd_;
  const PointMap& map_;
  const RefineSettings& settings_;
  std::vector<Middle> middles_;
  std::unordered_map<Ends, std::size_t> index_;
};

}  // namespace

AdvectedShell advect(const Mesh& source, double radius, std::span<const double> sd, const PointMap& map, const RefineSettings& settings) {
  AdvectedShell shell;
  shell.source = source;
  Refinement(shell, radius, sd, map, settings).run();
  return shell;
}

}  // namespace inflaton
