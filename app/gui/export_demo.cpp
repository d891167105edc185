#include "app/gui/export_demo.h"

#include <QDir>
#include <cstdio>

#include "core/api/number_text.h"
#include "core/api/printable.h"
#include "core/api/simulate.h"
#include "ui/export/figure_export.h"
#include "ui/model/view_state.h"
#include "ui/style/theme.h"
#include "ui/views/canvas_2d.h"
#include "ui/views/flow_plots.h"

namespace inflaton {

namespace {

int fail(const JobError& error) {
  std::fputs(("inflaton: " + printable(error.message) + "\n" + (error.hint.empty() ? "" : "  " + printable(error.hint) + "\n")).c_str(),
             stderr);
  return static_cast<int>(error.code);
}

struct Demo {
  const char* data;
  std::int64_t keep;
};

Expected<void> writeFigures(ui::ViewState& state, ui::Canvas2D& data, ui::Canvas2D& latent, ui::FlowPlots& plots, const QString& folder,
                            const QString& name) {
  const double end = state.simulation()->schedule.tMax();
  const auto write = [&](ui::Figure& figure, const QString& file, ui::FigureFormat format) {
    ui::ExportOptions options;
    options.path = folder + "/" + file;
    options.format = format;
    options.dpi = 150;
    return ui::exportFigure(figure, state, options);
  };
  for (double part : {0.0, 0.25, 0.5, 1.0}) {
    state.setTime(part * end);
    for (ui::Canvas2D* canvas : {&data, &latent}) {
      const QString file = QStringLiteral("%1_%2_t%3").arg(name, canvas->figureName()).arg(part * end, 0, 'f', 2);
      if (auto done = write(*canvas, file + ".png", ui::FigureFormat::png); !done) return done;
      if (part != 0.5) continue;  // once as vectors is enough to look at
      if (auto done = write(*canvas, file + ".svg", ui::FigureFormat::svg); !done) return done;
      if (auto done = write(*canvas, file + ".pdf", ui::FigureFormat::pdf); !done) return done;
    }
  }
  for (int plot = 0; plot < 3; ++plot) {
    plots.setCurrentPlot(plot);
    if (auto done = write(plots, QStringLiteral("%1_%2.pdf").arg(name, plots.figureName()), ui::FigureFormat::pdf); !done) return done;
  }
  return {};
}

}  // namespace

int exportDemo(const QString& folder) {
  if (!QDir().mkpath(folder)) return fail({ErrorCode::failed, folder.toStdString() + ": this folder cannot be made", ""});
  ui::applyTheme(ui::ThemeChoice::light);
  ui::ViewState state;
  ui::Canvas2D data(&state, ui::Canvas2D::Kind::data), latent(&state, ui::Canvas2D::Kind::latent);
  ui::FlowPlots plots(&state);
  data.resize(480, 480);
  latent.resize(480, 480);
  plots.resize(640, 320);

  const auto say = [](const std::string& line) { std::fputs(line.c_str(), stdout), std::fflush(stdout); };
  say(formatted("%-10s %-9s %12s %8s %16s %20s\n", "data", "schedule", "evaluations", "seconds", "round trip RMSE", "latent variances"));
  for (const Demo& demo : {Demo{"circles", 0}, Demo{"moons", 0}, Demo{"moons", 1}}) {
    ToySimulateOptions options;
    options.data_name = demo.data;
    options.dims_to_keep = demo.keep;
    options.save_dir = folder.toStdString();
    const auto simulation = simulateToy(options, {});
    if (!simulation) return fail(simulation.error());
    if (auto saved = saveSimulation(**simulation, options, {}); !saved) return fail(saved.error());
    state.setSimulation(*simulation);
    data.resetView();
    latent.resetView();
    const QString name = QStringLiteral("%1_%2").arg(demo.data, QString::fromStdString((*simulation)->schedule.name()));
    if (auto written = writeFigures(state, data, latent, plots, folder, name); !written) return fail(written.error());

    int evaluations = 0;
    double seconds = 0;
    for (const Trajectory& lane : (*simulation)->lanes) evaluations += lane.evaluations, seconds += lane.seconds;
    std::string variances;
    for (double v : (*simulation)->latentVariance) variances += (variances.empty() ? "" : " ") + numberText(v, 3);
    say(formatted("%-10s %-9s %12d %8.2f %16.2g %20s\n", demo.data, (*simulation)->schedule.name(), evaluations, seconds,
                  (*simulation)->roundTripRmseKept, variances));
  }
  say("Figures and arrays are in " + printable(QDir(folder).absolutePath().toStdString()) + "\n");
  if (std::fflush(stdout) != 0 || std::ferror(stdout)) return fail({ErrorCode::failed, "cannot write to standard output", ""});
  return 0;
}

}  // namespace inflaton
