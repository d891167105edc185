#include <chrono>
#include <cmath>

#include "core/api/job.h"
#include "core/api/number_text.h"
#include "core/calibration/map/generative_map.h"
#include "core/calibration/map/table_map_builder.h"
#include "core/data/counter_rng.h"
#include "core/data/random.h"

namespace inflaton {
namespace {

constexpr std::size_t kFresh = 16384;  // draws that the report is measured on

template <int D>
class TableMap : public GenerativeMap {
 public:
  explicit TableMap(SplineTable<D> table) : table_(std::move(table)) {}
  int dim() const override { return D; }
  bool local() const override { return true; }
  void values(std::span<const double> z, std::span<double> x) const override {
    std::vector<double> ignored(z.size() * D);
    table_.at(z.data(), z.size() / D, x.data(), ignored.data());
  }
  void pullback(std::span<const double> z, std::span<double> x, const Cotangent& cotangent, std::span<double> zBar) const override {
    const std::size_t n = z.size() / D;
    std::vector<double> derivative(n * D * D), xBar(z.size());
    table_.at(z.data(), n, x.data(), derivative.data());
    cotangent(x, xBar);
    for (std::size_t i = 0; i < n; ++i)
      for (std::size_t j = 0; j < D; ++j) {
        double sum = 0;
        for (std::size_t c = 0; c < D; ++c) sum += derivative[(i * D + c) * D + j] * xBar[i * D + c];
        zBar[i * D + j] = sum;
      }
  }

 private:
  SplineTable<D> table_;
};

/// Distances between table and solver at fresh draws of the Gaussian.
void measure(const GenerativeMap& table, const GenerativeMap& solver, const std::vector<double>& sd, std::uint64_t seed,
             TableReport& report) {
  const std::size_t D = sd.size();
  const CounterRng rng(purposeSeed(seed, Purpose::tableCheck), 0);
  std::vector<double> z;
  for (std::size_t i = 0; i < kFresh; ++i)
    for (std::size_t j = 0; j < D; ++j) z.push_back(sd[j] * rng.normals(i, 0)[j]);
  std::vector<double> x(z.size()), truth(z.size()), distance;
  table.values(z, x);
  solver.values(z, truth);
  for (std::size_t i = 0; i < kFresh; ++i) {
    double square = 0;
    for (std::size_t c = 0; c < D; ++c) square += (x[i * D + c] - truth[i * D + c]) * (x[i * D + c] - truth[i * D + c]);
    distance.push_back(std::sqrt(square));
    report.mean += distance.back() / kFresh;
  }
  std::sort(distance.begin(), distance.end());
  report.q99 = distance[kFresh * 99 / 100], report.max = distance.back();
  report.evaluated += kFresh;
}

template <int D>
std::shared_ptr<const GenerativeMap> build(const PosteriorOptions& o, const std::shared_ptr<const GenerativeMap>& solver,
                                           const std::vector<double>& sd, TableReport& report, const JobContext& context) {
  const auto began = std::chrono::steady_clock::now();
  const auto seconds = [&] { return std::chrono::duration<double>(std::chrono::steady_clock::now() - began).count(); };
  TableSettings set;
  set.tolerance = o.table_tolerance;
  if (D == 3) set.side = 12, set.finest = 4;
  std::array<double, D> widths;
  std::copy_n(sd.begin(), D, widths.begin());
  std::size_t before = 0;
  TableBuilder<D> builder(
      set, widths,
      [&](std::span<const double> z, std::span<double> x) {
        context.throwIfStopped();
        solver->values(z, x);
      },
      [&](int level, std::size_t done, std::size_t total) {
        // What later levels will ask for is not known yet: this one is what is told of.
        const double rate = seconds() / static_cast<double>(builder.evaluated());
        context.report({"table of the map", static_cast<double>(before + done), static_cast<double>(before + total + kFresh),
                        rate * static_cast<double>(total - done + kFresh),
                        "level " + std::to_string(level) + ": " + std::to_string(done) + " of " + std::to_string(total) + " points"});
        if (done == total) before += total;
      });
  auto map = std::make_shared<TableMap<D>>([&] {
    auto table = builder.build();
    report.cells = static_cast<std::int64_t>(table.leaf.size());
    return table;
  }());
  report.nodes = static_cast<std::int64_t>(builder.splines());
  report.evaluated = static_cast<std::int64_t>(builder.evaluated());
  context.throwIfStopped();
  measure(*map, *solver, sd, static_cast<std::uint64_t>(o.seed), report);
  report.seconds = seconds();
  return map;
}

}  // namespace

std::shared_ptr<const GenerativeMap> tableMap(const PosteriorOptions& o, const Problem&, std::shared_ptr<const GenerativeMap> solver,
                                              const std::vector<double>& latentSd, TableReport& report, const JobContext& context) {
  report = {};
  const int D = solver->dim();
  if (D != 2 && D != 3)
    throw Error(ErrorCode::usage, "map is table, and the flow has " + std::to_string(D) +
                                      " dimensions; allowed: table with 2 or 3 dimensions, solver with any");
  if (latentSd.size() != static_cast<std::size_t>(D))
    throw Error(ErrorCode::usage,
                "the table was given " + std::to_string(latentSd.size()) + " standard deviations for " + std::to_string(D) + " axes");
  for (double sd : latentSd)
    if (!(sd > 0) || !std::isfinite(sd))
      throw Error(ErrorCode::usage, "a latent standard deviation is " + exactText(sd) + "; allowed: above 0");
  if (!(o.table_tolerance > 0)) throw Error(ErrorCode::usage, "table_tolerance is " + exactText(o.table_tolerance) + "; allowed: above 0");
  return D == 2 ? build<2>(o, solver, latentSd, report, context) : build<3>(o, solver, latentSd, report, context);
}

}  // namespace inflaton
