#include "core/data/toy_nodes.h"

#include <algorithm>
#include <cmath>

namespace inflaton {

ToyNodes toyNodes(const DataSet& set, std::int64_t n) {
  const ToyShape& shape = *set.shape;
  const int dim = set.info.dim;
  // A sheet is several times as long along u, which bends, as along v.
  const auto vs = shape.parameters == 1 ? std::int64_t{1} : std::max<std::int64_t>(1, std::llround(std::sqrt(static_cast<double>(n) / 5)));
  const std::int64_t us = std::max<std::int64_t>(1, n / (vs * shape.parts));
  ToyNodes nodes;
  nodes.dim = dim, nodes.n = us * vs * shape.parts;
  nodes.noise.assign(shape.noise.begin(), shape.noise.begin() + dim);
  nodes.centres.reserve(static_cast<std::size_t>(nodes.n * dim));
  for (int part = 0; part < shape.parts; ++part)
    for (std::int64_t i = 0; i < us; ++i)
      for (std::int64_t k = 0; k < vs; ++k) {
        const auto p = shape.centre((static_cast<double>(i) + 0.5) / static_cast<double>(us),
                                    (static_cast<double>(k) + 0.5) / static_cast<double>(vs), part);
        nodes.centres.insert(nodes.centres.end(), p.begin(), p.begin() + dim);
      }
  if (!set.standardized) return nodes;
  const auto D = static_cast<std::size_t>(dim);
  for (std::size_t j = 0; j < D; ++j) {
    double mean = 0, square = 0;
    for (std::size_t k = j; k < nodes.centres.size(); k += D) mean += nodes.centres[k];
    mean /= static_cast<double>(nodes.n);
    for (std::size_t k = j; k < nodes.centres.size(); k += D) square += (nodes.centres[k] - mean) * (nodes.centres[k] - mean);
    const double sd = std::sqrt(square / static_cast<double>(nodes.n) + nodes.noise[j] * nodes.noise[j]);
    for (std::size_t k = j; k < nodes.centres.size(); k += D) nodes.centres[k] = (nodes.centres[k] - mean) / sd;
    nodes.noise[j] /= sd;
  }
  return nodes;
}

}  // namespace inflaton
