// The options of toy-train.
#include "core/api/train.h"

#include "core/api/architectures.h"
#include "core/api/option_rows.h"

namespace inflaton {

template <>
const ParameterTable& parameterTable<ToyTrainOptions>() {
  using O = ToyTrainOptions;
  static const ParameterTable table = [] {
    Rows<O> r;
    r.table.command = "toy-train";
    r.table.summary = "Train a denoiser on a toy set or your own points.";
    addData(r);
    addSchedule(r);
    addTraining(r, [&] {
      r.add(&O::targets, "targets", "Targets",
            "sample: the clean point itself. mean: its posterior mean over a reference batch that contains it, by the exact denoiser: "
            "unbiased, with far less scatter, for the cost of that batch's kernels.")
          .choices({"sample", "mean"}, {"Clean point", "Posterior mean (less scatter)"});
      r.add(&O::target_references, "target_references", "Target references",
            "Points of that reference batch; cost and benefit grow with it.")
          .range(2, 1e6)
          .log()
          .unit("points")
          .advanced()
          .when("targets=mean");
    });
    r.group("Network");
    r.add(&O::arch, "arch", "Architecture", architectureHelp()).choices(architectureIds(), architectureLabels());
    r.add(&O::precond, "precond", "Preconditioning",
          "ifs: the inflationary flow's, per eigen-axis. edm: EDM's, data coordinates, data variance 1. edm_es: EDM's with the "
          "eigenvalues. EDM's know isotropic noise only: PRP of the reference's schedule.")
        .choices({"ifs", "edm", "edm_es"})
        .advanced()
        .when("schedule=reference");
    r.add(&O::space, "space", "Space", "Coordinates that the network sees: ES eigen-coordinates, IS data coordinates.")
        .choices({"ES", "IS"}, {"Eigen (ES)", "Data (IS)"})
        .advanced();
    r.add(&O::img_res, "img_res", "Image side", "ToySongUNet: side of the square that the points are spread over, a multiple of 8.")
        .range(8, 64)
        .step(8)
        .unit("pixels")
        .advanced()
        .when(architectureWhen("img_res"));
    r.add(&O::width, "width", "Width", "Hidden units of the residual MLP.")
        .range(4, 4096)
        .log()
        .unit("units")
        .advanced()
        .when(architectureWhen("width"));
    r.add(&O::depth, "depth", "Depth", "Residual blocks.").range(1, 64).unit("blocks").advanced().when(architectureWhen("depth"));
    r.add(&O::eigenbasis_samples, "eigenbasis_samples", "Eigenbasis from", "Samples for mean and covariance.")
        .range(100, 1e8)
        .log()
        .unit("samples")
        .advanced();
    addTrainingRecords(r);
    r.add(&O::validation_references, "validation_references", "Validation references",
          "0: no validation. Toy sets are measured against the exact denoiser of their whole population; own points against that of the "
          "points themselves, of at most so many.")
        .range(0, 1e7)
        .log()
        .unit("points")
        .advanced()
        .freeOnResume();
    r.add(&O::validation_queries, "validation_queries", "Validation queries", "Noisy points at each of the eight times.")
        .range(2, 1e6)
        .log()
        .unit("points")
        .advanced()
        .when("validation_references!=0")
        .freeOnResume();
    addRun(r, OnResume::free);
    r.table.crossCheck = [](const void* p) {
      const auto& o = *static_cast<const O*>(p);
      checkData(o);
      checkSchedule(o, o);
      checkTraining(o);
      if (o.img_res % 8 != 0) refuseOption("img_res is " + std::to_string(o.img_res) + "; allowed: 8 to 64, a multiple of 8");
      if (o.precond != "ifs" && o.schedule == "paper")
        refuseOption("precond is \"" + o.precond + "\"; allowed with schedule paper: ifs",
                     "EDM's preconditioning knows one noise level for all axes.");
    };
    return std::move(r.table);
  }();
  return table;
}

}  // namespace inflaton
