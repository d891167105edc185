#include "core/calibration/map/table_map_builder.h"

#include <unordered_map>
#include <unordered_set>

#include "core/api/stop_scope.h"
#include "core/data/random.h"

namespace inflaton {
namespace {

constexpr std::size_t kBatch = 16384;  // points through the function at once

/// Integer coordinates of a node, a spline (its middle node) or a cell (its lower corner) of one level.
template <int D>
using Place = std::array<int, D>;

constexpr int kBits = 20, kOffset = 1 << (kBits - 1);
template <int D>
std::uint64_t key(const Place<D>& p) {
  std::uint64_t k = 0;
  for (int v : p) k = (k << kBits) | static_cast<std::uint64_t>(v + kOffset);
  return k;
}

struct Hash {
  std::size_t operator()(std::uint64_t z) const { return static_cast<std::size_t>(splitmix64(z)); }
};
template <int D>
using Values = std::unordered_map<std::uint64_t, std::array<double, D>, Hash>;
using Set = std::unordered_set<std::uint64_t, Hash>;

/// work(place) for all places from `first`, `count` along each axis.
template <int D, class Work>
void forBox(const Place<D>& first, int count, const Work& work) {
  Place<D> at = first;
  for (;;) {
    work(at);
    int j = D - 1;
    while (j >= 0 && ++at[static_cast<std::size_t>(j)] == first[static_cast<std::size_t>(j)] + count)
      at[static_cast<std::size_t>(j)] = first[static_cast<std::size_t>(j)], --j;
    if (j < 0) return;
  }
}

template <int D>
Place<D> shifted(Place<D> p, int by, int times = 1) {
  for (int& v : p) v = times * v + by;
  return p;
}

/// Powers of (u - 1/2) of the four B-splines that reach a cell, middles at nodes -1, 0, 1, 2 of it.
constexpr double kSpline[4][4] = {{1.0 / 48, -1.0 / 8, 1.0 / 4, -1.0 / 6},
                                  {23.0 / 48, -5.0 / 8, -1.0 / 4, 1.0 / 2},
                                  {23.0 / 48, 5.0 / 8, -1.0 / 4, -1.0 / 2},
                                  {1.0 / 48, 1.0 / 8, 1.0 / 4, 1.0 / 6}};

/// The coefficient of a B-spline from values at the nodes -2 to 2 about its middle: the inverse of its samples (1, 4, 1)/6 up to sixth
/// order.
constexpr double kFilter[5] = {1.0 / 36, -10.0 / 36, 54.0 / 36, -10.0 / 36, 1.0 / 36};

/// Row i: powers of (v - 1/2) of ((u - 1/2))^i where u = (v + child) / 2, that is u - 1/2 = (v - 1/2) / 2 + (child - 1/2) / 2.
std::array<std::array<double, 4>, 4> halving(int child) {
  const double shift = child ? 0.25 : -0.25;
  std::array<std::array<double, 4>, 4> m{};
  m[0][0] = 1;
  for (std::size_t i = 1; i < 4; ++i)
    for (std::size_t k = 0; k < i; ++k) m[i][k] += shift * m[i - 1][k], m[i][k + 1] += 0.5 * m[i - 1][k];
  return m;
}

/// a [4^D] with each axis j replaced: out_k = sum_i a_i m[j][i][k].
template <int D>
void transform(std::array<double, cubicCount(D)>& a, const std::array<std::array<std::array<double, 4>, 4>, D>& m) {
  std::size_t stride = cubicCount(D) / 4;
  for (std::size_t j = 0; j < D; ++j, stride /= 4) {
    for (std::size_t at = 0; at < a.size(); ++at) {
      if (at / stride % 4) continue;
      double in[4], out[4] = {};
      for (std::size_t i = 0; i < 4; ++i) in[i] = a[at + i * stride];
      for (std::size_t i = 0; i < 4; ++i)
        for (std::size_t k = 0; k < 4; ++k) out[k] += in[i] * m[j][i][k];
      for (std::size_t k = 0; k < 4; ++k) a[at + k * stride] = out[k];
    }
  }
}

}  // namespace

template <int D>
struct TableBuilder<D>::Impl {
  using Polynomial = CellPolynomial<D, double>;
  struct Cell {
    Place<D> at;
    Polynomial p;
  };

  TableBuilder& b;
  const TableSettings& set;
  Values<D> known{};                     ///< of the function, by place on the grid of level `finest`
  std::vector<Values<D>> coefficient{};  ///< of each level's B-splines
  std::vector<Set> split{};              ///< cells of each level with finer ones in them

  std::array<double, D> position(const Place<D>& node, int level) const {
    std::array<double, D> z;
    for (std::size_t j = 0; j < D; ++j) z[j] = b.sd_[j] * set.reach * (2.0 * node[j] / (static_cast<double>(set.side) * (1 << level)) - 1);
    return z;
  }
  std::uint64_t fineKey(const Place<D>& node, int level) const { return key<D>(shifted<D>(node, 0, 1 << (set.finest - level))); }

  void evaluate(const std::vector<Place<D>>& nodes, int level) {
    std::vector<Place<D>> fresh;
    for (const auto& n : nodes)
      if (known.try_emplace(fineKey(n, level)).second) fresh.push_back(n);
    std::vector<double> z, x;
    for (std::size_t from = 0; from < fresh.size(); from += kBatch) {
      const std::size_t count = std::min(kBatch, fresh.size() - from);
      z.clear();
      for (std::size_t i = 0; i < count; ++i)
        for (double v : position(fresh[from + i], level)) z.push_back(v);
      x.resize(z.size());
      b.function_(z, x);
      for (std::size_t i = 0; i < count; ++i) std::copy_n(x.data() + i * D, D, known[fineKey(fresh[from + i], level)].begin());
      b.evaluated_ += count;
      if (b.told_) b.told_(level, from + count, fresh.size());
    }
  }

  /// Coefficient of the spline at `middle` from residuals at nodes; where there are none they are below the tolerance, and taken for zero.
  std::array<double, D> filtered(const Values<D>& residual, const Place<D>& middle) const {
    std::array<double, D> sum{};
    forBox<D>(shifted<D>(middle, -2), 5, [&](const Place<D>& node) {
      const auto found = residual.find(key<D>(node));
      if (found == residual.end()) return;
      double weight = 1;
      for (std::size_t j = 0; j < D; ++j) weight *= kFilter[node[j] - middle[j] + 2];
      for (std::size_t c = 0; c < D; ++c) sum[c] += weight * found->second[c];
    });
    return sum;
  }

  /// Adds what the splines of a level make of a cell of that level.
  void addSplines(Polynomial& p, const Place<D>& cell, int level) const {
    const auto& all = coefficient[static_cast<std::size_t>(level)];
    forBox<D>(shifted<D>(cell, -1), 4, [&](const Place<D>& middle) {
      const auto found = all.find(key<D>(middle));
      if (found == all.end()) return;
      for (std::size_t i = 0; i < cubicCount(D); ++i) {
        double weight = 1;
        for (std::size_t j = 0, rest = i, stride = cubicCount(D) / 4; j < D; rest %= stride, stride /= 4, ++j)
          weight *= kSpline[middle[j] - cell[j] + 1][rest / stride];
        for (std::size_t c = 0; c < D; ++c) p[c][i] += weight * found->second[c];
      }
    });
  }

  Polynomial childOf(const Polynomial& parent, const Place<D>& child, int level) const {
    std::array<std::array<std::array<double, 4>, 4>, D> m;
    for (std::size_t j = 0; j < D; ++j) m[j] = halving(child[j] & 1);
    Polynomial p = parent;
    for (auto& component : p) transform<D>(component, m);
    addSplines(p, child, level);
    return p;
  }

  /// At one of the 3^D nodes of the next level, `half` in 0, 1, 2 along each axis.
  static std::array<double, D> valueAt(const Polynomial& p, const Place<D>& half) {
    double power[D][4];
    for (std::size_t j = 0; j < D; ++j) {
      const double u = 0.5 * half[j] - 0.5;
      power[j][0] = 1, power[j][1] = u, power[j][2] = u * u, power[j][3] = u * u * u;
    }
    std::array<double, D> value{};
    for (std::size_t i = 0; i < cubicCount(D); ++i) {
      double weight = 1;
      for (std::size_t j = 0, rest = i, stride = cubicCount(D) / 4; j < D; rest %= stride, stride /= 4, ++j)
        weight *= power[j][rest / stride];
      for (std::size_t c = 0; c < D; ++c) value[c] += weight * p[c][i];
    }
    return value;
  }

  bool refinable(const Place<D>& cell, int level) const {
    double square = 0;
    const auto from = position(cell, level), to = position(shifted<D>(cell, 1), level);
    for (std::size_t j = 0; j < D; ++j) {
      const double nearest = from[j] > 0 ? from[j] : to[j] < 0 ? to[j] : 0;
      square += nearest * nearest / (b.sd_[j] * b.sd_[j]);
    }
    return square <= set.refined * set.refined;
  }

  std::vector<Cell> coarse() {
    std::vector<Place<D>> nodes;
    Place<D> first;
    first.fill(-3);
    forBox<D>(first, set.side + 7, [&](const Place<D>& n) { nodes.push_back(n); });
    evaluate(nodes, 0);
    Values<D> residual;
    for (const auto& n : nodes) residual[key<D>(n)] = known.at(fineKey(n, 0));
    coefficient.emplace_back();
    first.fill(-1);
    forBox<D>(first, set.side + 3, [&](const Place<D>& middle) { coefficient[0][key<D>(middle)] = filtered(residual, middle); });
    std::vector<Cell> cells;
    first.fill(0);
    forBox<D>(first, set.side, [&](const Place<D>& at) {
      StopScope::look();
      Cell cell{at, {}};
      addSplines(cell.p, at, 0);
      cells.push_back(cell);
    });
    return cells;
  }

  /// One level on: the children of those cells that miss the tolerance.
  std::vector<Cell> refine(const std::vector<Cell>& cells, int level) {
    std::vector<const Cell*> tested;
    std::vector<Place<D>> nodes;
    Set seen;
    for (const auto& cell : cells) {
      StopScope::look();
      if (!refinable(cell.at, level)) continue;
      tested.push_back(&cell);
      forBox<D>(shifted<D>(cell.at, 0, 2), 3, [&](const Place<D>& n) {
        if (seen.insert(key<D>(n)).second) nodes.push_back(n);
      });
    }
    evaluate(nodes, level + 1);
    Values<D> residual;
    std::vector<std::pair<double, std::size_t>> missed;
    for (std::size_t i = 0; i < tested.size(); ++i) {
      StopScope::look();
      double worst = 0;
      const auto corner = shifted<D>(tested[i]->at, 0, 2);
      forBox<D>(corner, 3, [&](const Place<D>& n) {
        Place<D> half = n;
        for (std::size_t j = 0; j < D; ++j) half[j] -= corner[j];
        auto r = valueAt(tested[i]->p, half);
        const auto& f = known.at(fineKey(n, level + 1));
        double square = 0;
        for (std::size_t c = 0; c < D; ++c) r[c] = f[c] - r[c], square += r[c] * r[c];
        residual[key<D>(n)] = r;
        worst = std::max(worst, square);
      });
      if (!(worst <= set.tolerance * set.tolerance)) missed.emplace_back(worst, i);
    }
    // Testing the children of a cell takes 5^D - 3^D nodes more; with neighbours that share them about 4^D - 2^D.
    const std::size_t each = (std::size_t{1} << (2 * D)) - (std::size_t{1} << D),
                      affordable = b.evaluated_ < set.most ? (set.most - b.evaluated_) / each : 0;
    if (missed.size() > affordable) {
      std::stable_sort(missed.begin(), missed.end(), [](const auto& l, const auto& r) { return l.first > r.first; });
      missed.resize(affordable);
    }
    coefficient.emplace_back();
    auto& own = coefficient.back();
    for (const auto& [worst, i] : missed) {
      StopScope::look();
      forBox<D>(shifted<D>(tested[i]->at, -1, 2), 5, [&](const Place<D>& middle) {
        if (const auto [entry, added] = own.try_emplace(key<D>(middle)); added)
          entry->second = filtered(residual, middle), reached(middle, level + 1);
      });
    }
    std::vector<Cell> children;
    for (const auto& cell : missed) {
      StopScope::look();
      const Cell& parent = *tested[cell.second];
      forBox<D>(shifted<D>(parent.at, 0, 2), 2, [&](const Place<D>& at) { children.push_back({at, childOf(parent.p, at, level + 1)}); });
    }
    return children;
  }

  /// All cells that hold one of the cells that a spline reaches are split.
  void reached(const Place<D>& middle, int level) {
    if (split.size() < static_cast<std::size_t>(level)) split.resize(static_cast<std::size_t>(level));
    forBox<D>(shifted<D>(middle, -2), 4, [&](Place<D> cell) {
      for (int l = level; l-- > 0;) {
        for (int& v : cell) v >>= 1;
        if (!split[static_cast<std::size_t>(l)].insert(key<D>(cell)).second) return;
      }
    });
  }
  bool isSplit(const Place<D>& cell, int level) const {
    return static_cast<std::size_t>(level) < split.size() && split[static_cast<std::size_t>(level)].contains(key<D>(cell));
  }
  int depth(const Place<D>& cell, int level) const {
    if (!isSplit(cell, level)) return 0;
    int most = 0;
    forBox<D>(shifted<D>(cell, 0, 2), 2, [&](const Place<D>& child) { most = std::max(most, depth(child, level + 1)); });
    return most + 1;
  }

  /// Leaves of a cell, and their places within their top cell.
  void plant(SplineTable<D>& table, const typename SplineTable<D>::TopCell& top, const Place<D>& topAt, const Place<D>& cell, int level,
             const Polynomial& p) {
    StopScope::look();
    if (isSplit(cell, level)) {
      forBox<D>(shifted<D>(cell, 0, 2), 2,
                [&](const Place<D>& child) { plant(table, top, topAt, child, level + 1, childOf(p, child, level + 1)); });
      return;
    }
    const auto number = static_cast<std::uint32_t>(table.leaf.size());
    auto& leaf = table.leaf.emplace_back();
    for (std::size_t c = 0; c < D; ++c)
      for (std::size_t i = 0; i < cubicCount(D); ++i) leaf[c][i] = static_cast<float>(p[c][i]);
    const int across = 1 << (top.depth - level);
    Place<D> first = cell;
    for (std::size_t j = 0; j < D; ++j) first[j] = (cell[j] - (topAt[j] << level)) * across;
    forBox<D>(first, across, [&](const Place<D>& at) {
      std::size_t place = 0;
      for (int v : at) place = (place << top.depth) + static_cast<std::size_t>(v);
      table.index[top.first + place] = number << 4 | static_cast<std::uint32_t>(level);
    });
  }
};

template <int D>
TableBuilder<D>::TableBuilder(const TableSettings& set, const std::array<double, D>& sd, Function function, Told told)
    : set_(set), sd_(sd), function_(std::move(function)), told_(std::move(told)) {}

template <int D>
SplineTable<D> TableBuilder<D>::build() {
  Impl impl{*this, set_};
  const auto top = impl.coarse();
  auto cells = top;
  for (int level = 0; level < set_.finest && !cells.empty(); ++level) cells = impl.refine(cells, level);

  SplineTable<D> table;
  table.side = set_.side;
  for (std::size_t j = 0; j < D; ++j) table.low[j] = -set_.reach * sd_[j], table.perTop[j] = set_.side / (2 * set_.reach * sd_[j]);
  for (const auto& cell : top) {
    const typename SplineTable<D>::TopCell t{static_cast<std::uint32_t>(table.index.size()), impl.depth(cell.at, 0)};
    table.top.push_back(t);
    table.index.resize(table.index.size() + (std::size_t{1} << (D * t.depth)));
    impl.plant(table, t, cell.at, cell.at, 0, cell.p);
  }
  for (const auto& level : impl.coefficient) splines_ += level.size();
  return table;
}

template class TableBuilder<2>;
template class TableBuilder<3>;

}  // namespace inflaton
