#include "core/calibration/map/solver_map.h"

#include <ATen/TensorOperators.h>
#include <ATen/core/Tensor.h>
#include <ATen/core/grad_mode.h>
#include <ATen/ops/from_blob.h>

#include <algorithm>
#include <cmath>

#include "core/data/rotation.h"
#include "core/flow/flow.h"
#include "core/machine/slices.h"

namespace inflaton {
namespace {

// Rows are filled up to whole batches, which go through the denoiser one at a time and on one thread each: so matrix products have the same
// shape always. (A graphics card takes all at once.)
constexpr std::size_t kPad = GenerativeMap::batch;
constexpr std::size_t kAtOnce = 8192;  // between two looks at the stop token

/// into_j = or += factor_j * from_j for all rows.
template <bool Add>
void scaled(std::vector<double>& into, const std::vector<double>& factor, const std::vector<double>& from) {
  const std::size_t D = factor.size();
  for (std::size_t i = 0; i < from.size(); i += D)
    for (std::size_t j = 0; j < D; ++j) into[i + j] = Add ? into[i + j] + factor[j] * from[i + j] : factor[j] * from[i + j];
}

void addScaled(std::vector<double>& into, const std::vector<double>& factor, const std::vector<double>& from) {
  if (into.empty()) into.assign(from.size(), 0.0);
  scaled<true>(into, factor, from);
}

at::Tensor view(const std::vector<double>& rows, std::size_t from, std::size_t count, int D) {
  return at::from_blob(const_cast<double*>(rows.data()) + from * static_cast<std::size_t>(D), {static_cast<std::int64_t>(count), D},
                       at::kDouble);
}

}  // namespace

std::size_t SolverMap::State::bytes() const {
  std::size_t count = v.size();
  for (const auto& f : value) count += f.size();
  return count * sizeof(double);
}

SolverMap::SolverMap(SolverScheme scheme, const Problem& problem, std::function<void()> poll, std::size_t keepBytes)
    : scheme_(std::move(scheme)),
      denoiser_(problem.denoiser),
      poll_(std::move(poll)),
      dim_(problem.schedule.dim()),
      host_(denoiser_->device().is_cpu()),
      keepBytes_(keepBytes) {
  const double s = Flow(*denoiser_, problem.schedule.A0()).s(0);
  for (double m : denoiser_->basis().mean) shift_.push_back(s * m);
}

SolverMap::State SolverMap::enter(std::span<const double> z) const {
  const auto D = static_cast<std::size_t>(dim_);
  const std::size_t rows = z.size() / D, padded = (rows + kPad - 1) / kPad * kPad;
  State s;
  s.v.assign(padded * D, 0.0);
  for (std::size_t i = 0; i < rows; ++i)
    for (std::size_t j = 0; j < D; ++j) s.v[i * D + j] = scheme_.entry[j] * z[i * D + j];
  s.value.resize(scheme_.evaluations);
  return s;
}

void SolverMap::leave(const State& s, std::span<double> x) const {
  Rows eigen(s.v.size());
  scaled<false>(eigen, scheme_.exit, s.v);
  rotate(denoiser_->basis(), std::span<const double>(eigen), x, shift_);
}

void SolverMap::combine(const SolverScheme::Operation& o, const State& s, Rows& into) const {
  into.resize(s.v.size());
  scaled<false>(into, o.keep, s.v);
  for (const auto& term : o.terms) scaled<true>(into, term.weight, s.value[term.value]);
}

template <class Work>
void SolverMap::forBatches(std::size_t rows, const Work& work) const {
  const SerialOperations single;  // within a batch
  for (std::size_t from = 0; from < rows; from += kAtOnce) {
    if (poll_) poll_();
    const std::size_t count = std::min(kAtOnce, rows - from), each = host_ ? kPad : count;
    forSlices(static_cast<std::int64_t>(count / each), [&](std::int64_t i) { work(from + static_cast<std::size_t>(i) * each, each); });
  }
}

SolverMap::Rows SolverMap::evaluate(const Rows& point, double t) const {
  Rows out(point.size());
  forBatches(point.size() / static_cast<std::size_t>(dim_), [&](std::size_t from, std::size_t count) {
    view(out, from, count, dim_).copy_(denoiser_->whitened(view(point, from, count, dim_), t));
  });
  return out;
}

SolverMap::Rows SolverMap::product(const Rows& point, double t, const Rows& valueBar) const {
  Rows out(point.size());
  forBatches(point.size() / static_cast<std::size_t>(dim_), [&](std::size_t from, std::size_t count) {
    at::Tensor products;
    denoiser_->whitenedWithProducts(view(point, from, count, dim_), t, view(valueBar, from, count, dim_).unsqueeze(0), products);
    view(out, from, count, dim_).copy_(products.squeeze(0));
  });
  return out;
}

void SolverMap::advance(State& s, std::size_t from, std::size_t to, std::vector<Rows>* points) const {
  Rows next;
  for (std::size_t o = from; o < to; ++o) {
    const auto& operation = scheme_.operations[o];
    combine(operation, s, next);
    if (operation.evaluates) {
      s.value[s.evaluated++] = evaluate(next, operation.t);
      if (points) points->push_back(std::move(next)), next.clear();
    } else {
      std::swap(s.v, next);
    }
    for (const auto& term : operation.terms)
      if (scheme_.lastUse[term.value] == o) Rows().swap(s.value[term.value]);
  }
}

void SolverMap::reverse(std::size_t from, std::size_t to, std::vector<Rows>& points, std::size_t evaluated, Rows& vBar,
                        std::vector<Rows>& valueBar) const {
  for (std::size_t o = to; o-- > from;) {
    const auto& operation = scheme_.operations[o];
    if (!operation.evaluates) {
      for (const auto& term : operation.terms) addScaled(valueBar[term.value], term.weight, vBar);
      scaled<false>(vBar, operation.keep, vBar);
      continue;
    }
    auto& bar = valueBar[--evaluated];
    if (!bar.empty()) {
      const Rows pointBar = product(points.back(), operation.t, bar);
      scaled<true>(vBar, operation.keep, pointBar);
      for (const auto& term : operation.terms) addScaled(valueBar[term.value], term.weight, pointBar);
      Rows().swap(bar);
    }
    points.pop_back();
  }
}

void SolverMap::values(std::span<const double> z, std::span<double> x) const {
  const at::NoGradGuard off;
  auto s = enter(z);
  advance(s, 0, scheme_.operations.size(), nullptr);
  leave(s, x);
}

void SolverMap::pullback(std::span<const double> z, std::span<double> x, const Cotangent& cotangent, std::span<double> zBar) const {
  const at::NoGradGuard off;
  const auto D = static_cast<std::size_t>(dim_);
  const std::size_t operations = scheme_.operations.size();
  auto s = enter(z);
  const std::size_t rowsBytes = s.v.size() * sizeof(double);
  const bool whole = scheme_.evaluations * rowsBytes <= keepBytes_;
  const std::size_t stretch = whole ? operations : static_cast<std::size_t>(std::ceil(std::sqrt(static_cast<double>(operations))));

  // Forwards: a checkpoint where each stretch begins; of the last stretch the points themselves.
  std::vector<State> checkpoints;
  std::vector<Rows> points;
  std::size_t kept = 0, peak = 0;
  for (std::size_t from = 0; from < operations; from += stretch) {
    const std::size_t to = std::min(operations, from + stretch);
    const bool last = to == operations;
    if (!last) checkpoints.push_back(s), kept += s.bytes();
    advance(s, from, to, last ? &points : nullptr);
  }
  leave(s, x);

  std::vector<double> xBar(x.size());
  cotangent(x, xBar);
  Rows vBar(s.v.size(), 0.0);
  rotateBack(denoiser_->basis(), xBar, std::span(vBar).first(xBar.size()));
  scaled<false>(vBar, scheme_.exit, vBar);

  std::vector<Rows> valueBar(scheme_.evaluations);
  std::size_t from = (operations - 1) / stretch * stretch, evaluated = scheme_.evaluations;
  for (std::size_t to = operations;; to = from, from -= stretch) {
    if (to < operations) {
      s = std::move(checkpoints.back());
      checkpoints.pop_back();
      advance(s, from, to, &points);
      evaluated = s.evaluated;
      s = {};
    }
    peak = std::max(peak, kept + points.size() * rowsBytes);
    reverse(from, to, points, evaluated, vBar, valueBar);
    if (from == 0) break;
  }
  peak_ = peak;
  for (std::size_t i = 0; i < zBar.size(); i += D)
    for (std::size_t j = 0; j < D; ++j) zBar[i + j] = scheme_.entry[j] * vBar[i + j];
}

std::shared_ptr<const GenerativeMap> solverMap(const PosteriorOptions& o, const Problem& problem, std::function<void()> poll) {
  auto scheme = SolverScheme::make(o, problem, poll);
  return std::make_shared<SolverMap>(std::move(scheme), problem, std::move(poll));
}

}  // namespace inflaton
