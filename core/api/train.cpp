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
    r.group("Training");
    r.add(&O::preset, "preset", "Preset", "Named set of options (see presets); options given beside it win.").freeOnResume();
    r.add(&O::duration, "duration", "Duration", "How many samples to see.").above(0).upTo(1e5).step(0.5).log().unit("Mimg").freeOnResume();
    r.add(&O::batch, "batch", "Batch", "Fresh samples a step.").range(2, 1 << 20).log().unit("samples");
    r.add(&O::batch_gpu, "batch_gpu", "At once",
          "Samples at once: gradients of batch / batch_gpu rounds of fresh data are added up; 0: the whole batch.")
        .range(0, 1 << 20)
        .unit("samples")
        .advanced();
    r.add(&O::targets, "targets", "Targets",
          "sample: the clean point itself. mean: its posterior mean over a reference batch that contains it, by the exact denoiser: "
          "unbiased, with far less scatter, for the cost of that batch's kernels.")
        .choices({"sample", "mean"}, {"Clean point", "Posterior mean (less scatter)"});
    r.add(&O::target_references, "target_references", "Target references", "Points of that reference batch; cost and benefit grow with it.")
        .range(2, 1e6)
        .log()
        .unit("points")
        .advanced()
        .when("targets=mean");
    r.add(&O::ls, "ls", "Loss scaling", "Factor on the loss.").above(0).upTo(1e6).log().advanced().freeOnResume();
    r.add(&O::bad_gradients, "bad_gradients", "Bad gradients",
          "stop: end at the first gradient that is not finite and keep the last good weights. clean: NaN becomes 0 and infinity 1e5, as "
          "the reference does.")
        .choices({"stop", "clean"}, {"Stop", "Clean up"})
        .advanced()
        .freeOnResume();
    r.add(&O::lr, "lr", "Learning rate", "Adam's step, after the ramp.").above(0).upTo(1e30).log().freeOnResume();
    r.add(&O::lr_rampup, "lr_rampup", "Ramp", "The learning rate rises linearly over this many samples.")
        .range(0, 1e5)
        .step(0.05)
        .unit("Mimg")
        .advanced()
        .freeOnResume();
    r.add(&O::lr_cosine, "lr_cosine", "Cosine decay", "Let the learning rate fall to zero along a cosine.").advanced().freeOnResume();
    r.add(&O::ema, "ema", "EMA half-life", "Of the averaged weights, which are the ones used.")
        .range(0, 1e5)
        .step(0.05)
        .unit("Mimg")
        .advanced()
        .freeOnResume();
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
    r.group("Records");
    r.add(&O::outdir, "outdir", "Runs in", "Parent of the numbered run folder.").folder().advanced().freeOnResume();
    r.add(&O::desc, "desc", "Description", "Suffix of the run folder's name.").advanced().when("nosubdir=false").freeOnResume();
    r.add(&O::resume, "resume", "Resume from", "A training-state-*.pt to go on from.").file().advanced().freeOnResume();
    r.add(&O::nosubdir, "nosubdir", "No subfolder", "Write into outdir itself instead of a numbered folder in it.")
        .advanced()
        .freeOnResume();
    r.add(&O::tick, "tick", "Tick", "Samples between lines of stats.jsonl.").above(0).upTo(1e8).unit("kimg").advanced().freeOnResume();
    r.add(&O::snap, "snap", "Snapshot", "Ticks between network snapshots.").range(1, 1e8).unit("ticks").advanced().freeOnResume();
    r.add(&O::dump, "dump", "Training state", "Ticks between training states, from which a run can be resumed.")
        .range(1, 1e8)
        .unit("ticks")
        .advanced()
        .freeOnResume();
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
      if (o.batch_gpu > 0 && (o.batch_gpu > o.batch || o.batch % o.batch_gpu != 0))
        refuseOption("batch_gpu is " + std::to_string(o.batch_gpu) + "; allowed: a divisor of batch (" + std::to_string(o.batch) +
                     "), or 0 for all of it");
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
