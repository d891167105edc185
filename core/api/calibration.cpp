// The options of marginal-posterior and sbc.
#include "core/api/calibration.h"

#include <algorithm>

#include "core/api/posterior_rows.h"

namespace inflaton {

template <>
const ParameterTable& parameterTable<MarginalOptions>() {
  using O = MarginalOptions;
  static const ParameterTable table = [] {
    Rows<O> r;
    r.table.command = "marginal-posterior";
    r.table.summary =
        "The exact posterior of the mixture weights, latents integrated out by quasi-Monte Carlo through the flow: p(x | w) = prod_n sum_k "
        "w_k L_nk with "
        "L_nk = integral N(z; mu_k, S_k) N(x_n; f(z), eps I) dz.";
    addPosterior(r);
    r.group("Marginal posterior");
    r.add(&O::observations, "observations", "Observations",
          "A .npy [n, 2] of observed points in data coordinates; empty: drawn as the experiment does, from seed.")
        .file();
    addUnits(r, "observations (their noise is standardised)");
    r.add(&O::points, "points", "Latents", "Quasi-random latents of each component that are pushed through the flow.")
        .range(64, 1e7)
        .log()
        .unit("points");
    r.add(&O::prior, "prior", "Prior",
          "softmax: flat on the logits, as the reference has it, 1/(w0 w1 w2) on the simplex; refused where the observations could do "
          "without a component, as the posterior then has no integral. uniform: flat on the simplex.")
        .choices({"softmax", "uniform"}, {"Flat on logits (reference)", "Flat on the simplex"});
    r.add(&O::draws, "draws", "Draws", "From the posterior, for plots and for comparison with chains.")
        .range(1, 1e6)
        .log()
        .unit("draws")
        .advanced();
    r.add(&O::output, "output", "Output", "The .npz to write: draws, mean, sd, covariance, mean_error, at, density.").file().advanced();
    addRun(r);
    r.table.crossCheck = [](const void* p) {
      const auto& o = *static_cast<const O*>(p);
      checkPosterior(o, "marginal-posterior");
      if (o.output.empty()) refuseOption("output is empty; marginal-posterior needs --output FILE.npz");
    };
    return std::move(r.table);
  }();
  return table;
}

template <>
const ParameterTable& parameterTable<SbcOptions>() {
  using O = SbcOptions;
  static const ParameterTable table = [] {
    Rows<O> r;
    r.table.command = "sbc";
    r.table.summary =
        "Simulation-based calibration: many times over, weights are drawn from the prior (flat on the simplex), data are made with them, "
        "and the posterior is "
        "computed; if it is right, the true weights' ranks among posterior draws are uniform.";
    addPosterior(r);
    auto& rows = r.table.parameters;  // each replicate has its own number of observations, below
    rows.erase(std::remove_if(rows.begin(), rows.end(), [](const Parameter& row) { return row.name == "gt_n"; }), rows.end());
    r.group("Calibration");
    r.add(&O::replicates, "replicates", "Replicates", "Experiments from fresh weights and data.").range(10, 20000).log().unit("replicates");
    r.add(&O::observations, "observations", "Observations", "In each replicate.").range(1, 100000).log().unit("points");
    r.add(&O::points, "points", "Latents", "Quasi-random latents of each component, pushed through the flow once for all replicates.")
        .range(64, 1e7)
        .log()
        .unit("points")
        .advanced();
    r.add(&O::posterior_draws, "posterior_draws", "Posterior draws", "Of each replicate; ranks run from 0 to this.")
        .range(9, 100000)
        .log()
        .unit("draws")
        .advanced();
    r.add(&O::truth, "truth", "Data from",
          "Which flow makes the data. self: the flow under test. exact: the exact score of the data set's whole population, so that the "
          "test is of the learned score too.")
        .choices({"self", "exact"}, {"The flow under test", "The exact score"});
    r.add(&O::score_scale, "score_scale", "Scale of the score",
          "Factor on the score of the flow under test; anything but 1 is wrong on purpose, and to be found out.")
        .above(0)
        .upTo(10)
        .step(0.05);
    r.add(&O::band, "band", "Band", "Simultaneous coverage of the band about each weight's ECDF.").range(0.5, 0.9999).advanced();
    r.add(&O::output, "output", "Output", "The .npz to write: ranks, ecdf_difference, band, coverage.").file().advanced();
    addRun(r);
    r.table.crossCheck = [](const void* p) {
      const auto& o = *static_cast<const O*>(p);
      checkPosterior(o, "sbc");
      if (o.truth == "exact" && o.data_name == "file")
        refuseOption("truth is exact; allowed with data_name file: self",
                     "The exact score of a whole population is known of the toy sets alone.");
      if (o.output.empty()) refuseOption("output is empty; sbc needs --output FILE.npz");
    };
    return std::move(r.table);
  }();
  return table;
}

}  // namespace inflaton
