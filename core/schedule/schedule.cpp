#include "core/api/schedule.h"

#include <algorithm>
#include <cmath>

#include "core/api/error.h"
#include "core/api/number_text.h"

namespace inflaton {
namespace {

std::string text(double v) { return numberText(v); }

[[noreturn]] void refuse(const std::string& field, const std::string& value, const std::string& range, const std::string& hint = {}) {
  throw Error(ErrorCode::usage, field + " is " + value + "; allowed: " + range, hint);
}

}  // namespace

Schedule::Schedule(std::vector<double> g, double rho, double gamma0, double t_max, int dims_to_keep, double A0,
                   std::vector<double> proportional)
    : g_(std::move(g)), rho_(rho), gamma0_(gamma0), t_max_(t_max), keep_(dims_to_keep), A0_(A0), xi_(std::move(proportional)) {
  if (g_.empty()) refuse("g", "empty", "one value per dimension");
  for (double v : g_)
    if (!std::isfinite(v)) refuse("g", text(v), "finite values");
  if (!(rho_ > 0) || !std::isfinite(rho_)) refuse("rho", text(rho_), "rho > 0");
  if (!(gamma0_ > 0) || !std::isfinite(gamma0_)) refuse("gamma0", text(gamma0_), "gamma0 > 0");
  if (!(t_max_ > 0) || !std::isfinite(t_max_)) refuse("tmax", text(t_max_), "tmax > 0");
  if (!(A0_ > 0) || !std::isfinite(A0_)) refuse("A0", text(A0_), "A0 > 0");
  if (keep_ < 1 || keep_ > dim())
    refuse("dims_to_keep", std::to_string(keep_), "1 to " + std::to_string(dim()) + " (the data's dimensions)");
  if (xi_.empty()) return;
  if (xi_.size() != g_.size())
    refuse("eigenvalues", std::to_string(xi_.size()) + " of them", std::to_string(g_.size()) + ", one per dimension");
  for (double v : xi_)
    if (!(v > 0) || !std::isfinite(v)) refuse("eigenvalue", text(v), "eigenvalues > 0");
  for (int j = 0; j < dim(); ++j)
    if (!(rate(j) > 0))
      refuse("g", text(g_[static_cast<std::size_t>(j)]) + " on axis " + std::to_string(j + 1),
             "g > -1 with schedule paper, whose kernels widen on every axis",
             "Lower g_rescaling (0.15 gives the paper's softened gaps), or take g_type constant_inflation_gap with inflation_gap below 1.");
}

Schedule Schedule::withScale(double A0) const { return {g_, rho_, gamma0_, t_max_, keep_, A0, xi_}; }
Schedule Schedule::withEnd(double t_max) const { return {g_, rho_, gamma0_, t_max, keep_, A0_, xi_}; }

Schedule Schedule::make(const ScheduleOptions& o, int dim, double A0, const std::vector<double>& eigenvalues) {
  if (o.schedule != "reference" && o.schedule != "paper") refuse("schedule", "\"" + o.schedule + "\"", "reference, paper");
  if (o.data_dim > dim) refuse("data_dim", std::to_string(o.data_dim), std::to_string(dim) + " (the data's dimensions), or 0 for that");
  if (o.dims_to_keep < 0 || o.dims_to_keep > dim)
    refuse("dims_to_keep", std::to_string(o.dims_to_keep), "1 to " + std::to_string(dim) + " (the data's dimensions), or 0 for all",
           "PRP keeps every dimension; PRR keeps fewer than the data have.");
  const int keep = o.dims_to_keep == 0 ? dim : static_cast<int>(o.dims_to_keep);
  std::vector<double> g(static_cast<std::size_t>(dim), 0.0);
  if (keep < dim) {
    double compressed = 0;
    if (o.g_type == "orig") {
      compressed = -static_cast<double>(keep) / (dim - keep);
    } else if (o.g_type == "constant_inflation_gap") {
      compressed = -o.inflation_gap;
    } else {
      refuse("g_type", "\"" + o.g_type + "\"", "orig, constant_inflation_gap");
    }
    for (int j = 0; j < dim; ++j) g[static_cast<std::size_t>(j)] = (j < keep ? 1.0 : compressed) * o.g_rescaling;
  }
  const double rho = o.rho == 0 ? (keep == dim ? 2.0 : 1.0) : o.rho;
  std::vector<double> xi;
  if (o.schedule == "paper") xi = eigenvalues.empty() ? std::vector<double>(g.size(), 1.0) : eigenvalues;
  return Schedule(std::move(g), rho, o.gamma0, o.tmax, keep, A0, std::move(xi));
}

std::string Schedule::name() const { return preserving() ? "PRP" : "PRRto" + std::to_string(keep_) + "D"; }

double Schedule::gamma(int j, double t) const {
  return proportional() ? xi_[static_cast<std::size_t>(j)] * std::expm1(rate(j) * t) : gamma0_ * std::exp(rate(j) * t);
}

double Schedule::gammaDot(int j, double t) const {
  return rate(j) * (proportional() ? xi_[static_cast<std::size_t>(j)] : gamma0_) * std::exp(rate(j) * t);
}

double Schedule::rateStar() const { return rho_ * (1.0 + *std::max_element(g_.begin(), g_.end())); }

double Schedule::gammaStar(double t) const {
  return proportional() ? xi_.front() * std::expm1(rateStar() * t) : gamma0_ * std::exp(rateStar() * t);
}

double Schedule::s(double t, double xiStar) const {
  return proportional() ? A0_ * std::exp(-0.5 * rateStar() * t) : A0_ / std::sqrt(xiStar + gammaStar(t));
}

double Schedule::sDot(double t, double xiStar) const {
  if (proportional()) return -0.5 * rateStar() * s(t, xiStar);
  const double gs = gammaStar(t);
  return -0.5 * A0_ * rateStar() * gs * std::pow(xiStar + gs, -1.5);
}

double Schedule::angle(int j, double t, double xi_j) const { return std::atan2(std::sqrt(gamma(j, t)), std::sqrt(xi_j)); }

double Schedule::angleDot(int j, double t, double xi_j) const {
  const double at = std::max(t, firstTime()), gm = gamma(j, at);  // the paper's is infinite at 0; ratios of axes are not
  return 0.5 * gammaDot(j, at) * std::sqrt(xi_j / gm) / (xi_j + gm);
}

double Schedule::scaledVariance(int j, double t, double xi_j, double xiStar) const {
  const double scale = s(t, xiStar);
  return scale * scale * (xi_j + gamma(j, t));
}

double Schedule::participationRatio(double t, const std::vector<double>& eigenvalues) const {
  std::vector<double> v(eigenvalues.size());
  for (std::size_t j = 0; j < v.size(); ++j) v[j] = scaledVariance(static_cast<int>(j), t, eigenvalues[j], eigenvalues.front());
  return inflaton::participationRatio(v);
}

double participationRatio(const std::vector<double>& variances) {
  double sum = 0, squares = 0;
  for (double v : variances) sum += v, squares += v * v;
  return squares > 0 ? sum * sum / squares : 0;
}

namespace {
std::vector<double> linspace(double from, double to, int n) {
  std::vector<double> t(static_cast<std::size_t>(n));
  for (int i = 0; i < n; ++i) t[static_cast<std::size_t>(i)] = n == 1 ? from : from + (to - from) * i / (n - 1);
  return t;
}
void needPoints(int points) {
  if (points < 2) refuse("steps", std::to_string(points), "at least 2 grid points");
}
}  // namespace

std::optional<double> timeWithin(double t, double tMax) {
  if (!(t >= 0) || !(t <= tMax * (1 + 1.2e-7))) return {};
  return std::min(t, tMax);
}

std::vector<double> ifsTimes(int points, double h, bool generation) {
  needPoints(points);
  if (!(h > 0) || !std::isfinite(h)) refuse("h", text(h), "h > 0");
  auto t = linspace(0, points * h, points);
  if (generation) std::reverse(t.begin(), t.end());
  return t;
}

std::vector<double> vpOdeTimes(int points, double end, double eps, bool generation) {
  needPoints(points);
  if (!(eps >= 0) || !(end > eps)) refuse("eps_time", text(eps), "0 <= eps_time < tmax (" + text(end) + ")");
  auto t = linspace(eps, end, points);
  if (generation) std::reverse(t.begin(), t.end());
  return t;
}

}  // namespace inflaton
