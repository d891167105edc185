// The options of residuals extract and residuals correlate.
#include "core/api/residuals.h"

#include "core/api/option_rows.h"

namespace inflaton {

template <>
const ParameterTable& parameterTable<ResidualsExtractOptions>() {
  using O = ResidualsExtractOptions;
  static const ParameterTable table = [] {
    Rows<O> r;
    r.table.command = "residuals extract";
    r.table.summary = "A network's outputs and residuals D(x, t) - clean point over a grid of times.";
    r.group("");
    r.add(&O::network, "network", "Network", "The .safetensors file.").file();
    addData(r);
    addSampleCount(r, &O::n_samples, "n_samples", "Clean points, drawn once.", kResidualSamples);
    r.add(&O::data_dim, "data_dim", "Data dimensions", "0: the network's; else they must agree with it.").range(0, kMostDims).advanced();
    r.add(&O::dims_to_keep, "dims_to_keep", "Dimensions kept", "0: the network's; else they must agree with it.")
        .range(0, kMostDims)
        .advanced();
    r.group("Times");
    r.add(&O::along, "along", "Along",
          "fresh: noise of its own for every point at every time, as the reference's code has it. trajectory: the noisy points of the "
          "first time carried along the flow, as the paper's text has it.")
        .choices({"fresh", "trajectory"}, {"Fresh noise", "Trajectories"});
    r.add(&O::n_time_pts, "n_time_pts", "Times", "Grid points from 0 to n_time_pts * h.").range(2, 100000).unit("times");
    r.add(&O::h, "h", "Step", "n_time_pts * h is the last time.").above(0).upTo(10).step(0.01).unit("t");
    r.group("Files");
    r.add(&O::save_dir, "save_dir", "Save in", "Folder of {data_name}_{PRP|PRRto{k}}_toy_net_outputs_residuals.npz.").folder();
    addRun(r);
    r.table.crossCheck = [](const void* p) {
      const auto& o = *static_cast<const O*>(p);
      checkData(o);
      checkSampleCount("n_samples", o.n_samples, kResidualSamples);
      if (o.network.empty())
        refuseOption("network is empty; residuals extract needs a .safetensors file", "Train one with inflaton-cli toy-train.");
    };
    return std::move(r.table);
  }();
  return table;
}

template <>
const ParameterTable& parameterTable<ResidualsCorrelateOptions>() {
  using O = ResidualsCorrelateOptions;
  static const ParameterTable table = [] {
    Rows<O> r;
    r.table.command = "residuals correlate";
    r.table.summary = "Correlation of outputs and residuals at every time with those at the first.";
    r.group("");
    r.add(&O::res_root, "res_root", "Residuals", "The .npz that residuals extract, or the reference, wrote.").file();
    r.add(&O::data_name, "data_name", "Data set", "For the name of the file written; must be what the residuals say, where they say it.");
    r.add(&O::n_time_pts, "n_time_pts", "Times", "The first so many; 0: all.").range(0, 100000).unit("times");
    r.add(&O::n_samples, "n_samples", "Samples", "The first so many; 0: all.").range(0, 1e7).unit("points");
    r.add(&O::data_dim, "data_dim", "Data dimensions", "0: as the file says.").range(0, kMostDims).advanced();
    r.add(&O::dims_to_keep, "dims_to_keep", "Dimensions kept", "0: as the file says; a file that does not say it needs this.")
        .range(0, kMostDims)
        .advanced();
    r.group("Files");
    r.add(&O::save_dir, "save_dir", "Save in", "Folder of {data_name}_{PRP|PRRto{k}}_toy_autocorrelations.npz.").folder();
    r.table.crossCheck = [](const void* p) {
      const auto& o = *static_cast<const O*>(p);
      if (o.res_root.empty())
        refuseOption("res_root is empty; residuals correlate needs --res_root FILE.npz", "Make it with inflaton-cli residuals extract.");
      if (o.data_name.empty() || o.data_name.find('/') != std::string::npos)
        refuseOption("data_name is \"" + o.data_name + "\"; allowed: a name without '/'");
    };
    return std::move(r.table);
  }();
  return table;
}

}  // namespace inflaton
