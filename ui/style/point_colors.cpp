#include "ui/style/point_colors.h"

#include <QObject>
#include <algorithm>
#include <cmath>

#include "ui/model/point_values.h"
#include "ui/style/color_modes.h"

namespace inflaton::ui {
namespace {

/// Lane order index of the frame interval that holds t.
std::int64_t intervalAt(const Trajectory& lane, double t) {
  const bool forward = lane.t.front() <= lane.t.back();
  std::int64_t k = 0;
  while (k + 2 < lane.frames() && (forward ? lane.t[static_cast<std::size_t>(k + 1)] <= t : lane.t[static_cast<std::size_t>(k + 1)] >= t))
    ++k;
  return k;
}

/// Distance of each start point from the mean, in standard deviations of the data; the same along the whole flow.
std::vector<float> radii(const Simulation& sim, const Trajectory& lane) {
  // The way back starts where inflation ended: the same points, so the same colours.
  const Trajectory* from = &lane;
  if (lane.direction == Direction::roundTrip) {
    const auto* first = sim.lane(Direction::inflation);
    if (first && first->n == lane.n) from = first;
  }
  std::vector<float> y(static_cast<std::size_t>(from->n * from->dim)), r(static_cast<std::size_t>(from->n));
  framePositions(sim, *from, 0, Space::whitened, y.data());
  for (std::size_t i = 0; i < r.size(); ++i) {
    double sum = 0;
    for (std::size_t j = 0; j < static_cast<std::size_t>(from->dim); ++j)
      sum += std::pow(y[i * static_cast<std::size_t>(from->dim) + j], 2);
    r[i] = static_cast<float>(std::sqrt(sum));
  }
  return r;
}

/// Two frames of at most 5000 points, enough to see how fast they go.
Trajectory sampleOf(const Trajectory& lane, std::int64_t k) {
  const auto n = static_cast<std::size_t>(lane.n), D = static_cast<std::size_t>(lane.dim), stride = std::max<std::size_t>(1, n / 5000);
  Trajectory few;
  few.direction = lane.direction;
  few.dim = lane.dim;
  few.n = static_cast<std::int64_t>((n + stride - 1) / stride);
  for (const auto f : {static_cast<std::size_t>(k), static_cast<std::size_t>(k + 1)}) {
    few.t.push_back(lane.t[f]);
    for (std::size_t i = 0; i < n; i += stride)
      few.x.insert(few.x.end(), lane.x.begin() + static_cast<std::ptrdiff_t>((f * n + i) * D),
                   lane.x.begin() + static_cast<std::ptrdiff_t>((f * n + i + 1) * D));
  }
  return few;
}

double quantile(std::vector<float> v, double q) {
  v.erase(std::remove_if(v.begin(), v.end(), [](float x) { return !std::isfinite(x); }), v.end());
  if (v.empty()) return 0;
  const auto at = v.begin() + static_cast<std::ptrdiff_t>(q * static_cast<double>(v.size() - 1));
  std::nth_element(v.begin(), at, v.end());
  return *at;
}

}  // namespace

void PointColorer::byClass(const ViewState& state, const Theme& theme) {
  const auto& sim = *state.simulation();
  const auto& lane = *state.trajectory();
  colors_.title = QObject::tr("class");
  const auto n = static_cast<std::size_t>(lane.n);
  // Generated points are new: they belong to no class.
  if (lane.direction == Direction::generation || sim.data.labels.size() != n) {
    colors_.title = QObject::tr("generated points");
    colors_.rgb.assign(n, classColor(0, theme).rgb());
    return;
  }
  auto& labels = colors_.labels;
  labels = sim.data.labels;
  std::sort(labels.begin(), labels.end());
  labels.erase(std::unique(labels.begin(), labels.end()), labels.end());
  // Few classes are told apart by hue; many are bins along a curve, whose order a colour map shows.
  const bool few = labels.size() <= 5;
  if (!few) {
    colors_.title = QObject::tr("place along the curve");
    colors_.classes = false;
    colors_.low = labels.front(), colors_.high = labels.back();
  }
  colors_.rgb.resize(n);
  std::vector<QRgb> of(labels.size());
  for (std::size_t k = 0; k < of.size(); ++k)
    of[k] =
        few ? classColor(static_cast<int>(k), theme).rgb() : onTheme(static_cast<double>(k) / static_cast<double>(of.size() - 1), theme);
  if (few) colors_.marker.resize(n);
  for (std::size_t i = 0; i < n; ++i) {
    const auto k = static_cast<std::size_t>(std::lower_bound(labels.begin(), labels.end(), sim.data.labels[i]) - labels.begin());
    colors_.rgb[i] = of[k];
    if (few) colors_.marker[i] = static_cast<std::uint8_t>(classMarker(static_cast<int>(k)));
  }
  if (!few) labels.clear();
}

void PointColorer::byValue(std::vector<float> values, bool logarithmic, bool fixedRange, const Theme& theme) {
  colors_.classes = false;
  colors_.logarithmic = logarithmic;
  if (!fixedRange) {
    colors_.low = logarithmic ? quantile(values, 0.01) : 0;
    colors_.high = quantile(values, 0.99);
  }
  if (logarithmic) colors_.low = std::max(colors_.low, colors_.high * 1e-6);
  if (!(colors_.high > colors_.low)) colors_.high = colors_.low + (colors_.low > 0 ? colors_.low : 1.0);
  const auto place = [&](double v) { return logarithmic ? std::log(std::max(v, 1e-300)) : v; };
  const double low = place(colors_.low), span = place(colors_.high) - low;
  // 256 steps are finer than the eye; looking up is far cheaper than the fit.
  QRgb table[256];
  for (int k = 0; k < 256; ++k) table[k] = onTheme(k / 255.0, theme);
  colors_.rgb.resize(values.size());
  for (std::size_t i = 0; i < values.size(); ++i) {
    const double v = (place(values[i]) - low) / span;
    colors_.rgb[i] = std::isfinite(v) ? table[static_cast<int>(std::clamp(v, 0.0, 1.0) * 255)] : mapColor(ColorMap::viridis, v);
  }
}

// The mean speed over the frame interval: it changes little within one.
void PointColorer::speeds(const Simulation& sim, const Trajectory& lane, std::int64_t k, std::vector<float>& into) {
  const auto n = static_cast<std::size_t>(lane.n), D = static_cast<std::size_t>(lane.dim);
  a_.resize(n * D), b_.resize(n * D), into.resize(n);
  framePositions(sim, lane, k, Space::latentScaled, a_.data());
  framePositions(sim, lane, k + 1, Space::latentScaled, b_.data());
  const double dt = std::abs(lane.t[static_cast<std::size_t>(k + 1)] - lane.t[static_cast<std::size_t>(k)]);
  for (std::size_t i = 0; i < n; ++i) {
    float sum = 0;
    for (std::size_t j = 0; j < D; ++j) {
      const float d = b_[i * D + j] - a_[i * D + j];
      sum += d * d;
    }
    into[i] = static_cast<float>(std::sqrt(sum) / dt);
  }
}

void PointColorer::unknown(const ViewState& state, const QString& title, const Theme& theme) {
  colors_.title = title;
  colors_.rgb.assign(static_cast<std::size_t>(state.trajectory()->n), theme.axis.rgb());
}

void PointColorer::byRadius(const ViewState& state, const Theme& theme) {
  colors_.title = QObject::tr("start radius (sd)");
  byValue(radii(*state.simulation(), *state.trajectory()), false, false, theme);
}

void PointColorer::byRoundTripError(const ViewState& state, const Theme& theme) {
  const auto& errors = state.simulation()->roundTripError;
  const auto& lane = *state.trajectory();
  if (errors.size() != static_cast<std::size_t>(lane.n) || lane.direction == Direction::generation)
    return unknown(state, QObject::tr("no round trip"), theme);
  colors_.title = QObject::tr("round-trip error");
  byValue(errors, true, false, theme);
}

void PointColorer::bySpeed(const ViewState& state, const Theme& theme) {
  const auto& sim = *state.simulation();
  const auto& lane = *state.trajectory();
  const QString title = QObject::tr("speed (latent sd per unit t)");
  if (lane.frames() < 2) return unknown(state, title, theme);
  colors_.title = title;
  if (interval_ < 0) {  // one range for the whole lane, so that colours mean the same at every t
    fastest_ = 0;
    for (int q = 0; q < 12; ++q) {
      speeds(sim, sampleOf(lane, (lane.frames() - 2) * q / 11), 0, values_);
      fastest_ = std::max(fastest_, quantile(values_, 0.98));
    }
  }
  colors_.low = 0, colors_.high = fastest_;
  interval_ = intervalAt(lane, state.time());
  speeds(sim, lane, interval_, values_);
  byValue(values_, false, true, theme);
}

void PointColorer::byStretch(const ViewState& state, const Theme& theme) {
  if (!known_ || known_->stretch.size() != static_cast<std::size_t>(state.trajectory()->n))
    return unknown(state, QObject::tr("stretch: not known yet"), theme);
  colors_.title = QObject::tr("stretch");
  byValue(known_->stretch, true, false, theme);
}

void PointColorer::byLogDensity(const ViewState& state, const Theme& theme) {
  if (!known_ || known_->logDensity.size() != static_cast<std::size_t>(state.trajectory()->n))
    return unknown(state, QObject::tr("log density: not known yet"), theme);
  const auto& values = known_->logDensity;
  colors_.title = QObject::tr("log density at t = %1").arg(known_->t);
  colors_.low = quantile(values, 0.01), colors_.high = quantile(values, 0.99);
  byValue(values, false, true, theme);
}

void PointColorer::compute(const ViewState& state, const Theme& theme) {
  auto room = std::move(colors_.rgb);
  colors_ = {};
  colors_.rgb = std::move(room);
  (this->*colorMode(by_).paint)(state, theme);
}

const PointColors& PointColorer::of(const ViewState& state, const Theme& theme) {
  const auto* lane = state.trajectory();
  if (!lane) {
    colors_ = {};
    simulation_ = nullptr;
    return colors_;
  }
  const bool same = simulation_ == state.simulation() && lane_ == state.lane() && by_ == state.colorBy() && theme_ == theme &&
                    known_ == state.pointValues();
  if (same && (!colorMode(by_).followsTime || lane->frames() < 2 || intervalAt(*lane, state.time()) == interval_)) return colors_;
  simulation_ = state.simulation();
  lane_ = state.lane();
  by_ = state.colorBy();
  theme_ = theme;
  known_ = state.pointValues();
  if (!same) interval_ = -1;
  compute(state, theme);
  return colors_;
}

}  // namespace inflaton::ui
