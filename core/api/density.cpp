// The options of density.
#include "core/api/density.h"

#include "core/api/option_rows.h"

namespace inflaton {

template <>
const ParameterTable& parameterTable<DensityOptions>() {
  using O = DensityOptions;
  static const ParameterTable table = [] {
    Rows<O> r;
    r.table.command = "density";
    r.table.summary =
        "Exact log-densities and the stretch of neighbourhoods. The flow carries each point to tmax, where the model is Gaussian, and the "
        "divergence is "
        "integrated along: log p(x) = log N(y(T); 0, I) - integral of sum_i dF_i/dy_i dtheta_i - 1/2 sum_i log(xi_i + gamma_i). The "
        "stretch is the singular "
        "values of the map's Jacobian d y(T) / d y(t): by how much a small neighbourhood grows or shrinks along its axes; their product is "
        "the determinant.";
    addDenoiser(r);
    addData(r);
    r.group("Points");
    r.add(&O::points, "points", "Points",
          "A .csv, .npy or .npz of points to ask at, in data coordinates; empty: the starting points, or the grid.")
        .file();
    addUnits(r, "points, and of x, grid_x, grid_y and the volume that log_density is per");
    r.add(&O::grid, "grid", "Grid", "Two dimensions only: ask at a square grid with so many nodes a side; 0: no grid.")
        .range(0, 2000)
        .unit("nodes");
    r.add(&O::extent, "extent", "Half side", "Of the grid, about the mean; 0: 1.25 times the points' reach.")
        .range(0, 1e6)
        .unit("data sd")
        .advanced();
    r.add(&O::t, "t", "Time", "At which the points live: p_t is the density of the data smoothed until then, in unscaled coordinates.")
        .range(0, 30)
        .step(0.1)
        .unit("t");
    r.group("Accuracy");
    r.add(&O::tolerance, "tolerance", "Tolerance",
          "Local error per step of the adaptive solver in point and log-density; many points take fixed steps instead where a few of them "
          "show that ten times this is kept.")
        .range(1e-11, 0.1)
        .log();
    r.add(&O::probes, "probes", "Probes",
          "Estimate the divergence by so many random probes (Hutchinson) instead of exactly, and tell the standard error; 0: exact up to "
          "16 dimensions, 32 probes above.")
        .range(0, 4096)
        .unit("probes")
        .advanced();
    r.add(&O::stretch, "stretch", "Stretch", "The singular values of the flow map's Jacobian too.");
    r.add(&O::output, "output", "Output", "The .npz to write: x, log_density, latent, singular, standard_error, grid.").file().advanced();
    addSchedule(r);
    addRun(r);
    r.table.crossCheck = [](const void* p) {
      const auto& o = *static_cast<const O*>(p);
      if (!namedByNetwork(o)) checkData(o);
      checkDenoiser(o, "density");
      if (o.grid == 1) refuseOption("grid is 1; allowed: 2 to 2000 nodes a side, or 0 for none");
      if (o.grid > 0 && !o.points.empty())
        refuseOption("grid is " + std::to_string(o.grid) + " and points is " + o.points + "; allowed: one of the two");
      if (o.source == "net" && o.tolerance < 1e-6)
        refuseOption("tolerance is " + formatParameter(o.tolerance) +
                     "; allowed for a network, which computes in single precision: at least 1e-06");
      if (o.source == "discrete" && o.schedule == "paper" && o.t == 0)
        refuseOption("t is 0; allowed for the exact score with schedule paper: t > 0",
                     "The paper's kernels start with width 0, and finite data without a kernel have no density.");
      if (o.output.empty()) refuseOption("output is empty; density needs --output FILE.npz");
    };
    return std::move(r.table);
  }();
  return table;
}

}  // namespace inflaton
