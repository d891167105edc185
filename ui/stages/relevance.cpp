#include "ui/stages/relevance.h"

namespace inflaton::ui {

namespace {
QMap<QString, QString> scheduleRelevance() {
  return {{"g_type", "dims_to_keep!=0"},
          {"g_rescaling", "dims_to_keep!=0"},
          {"inflation_gap", "dims_to_keep!=0 g_type=constant_inflation_gap"},
          {"gamma0", "schedule=reference"}};  // the paper's kernels start at width 0
}
}  // namespace

QMap<QString, QString> trainRelevance() {
  auto when = scheduleRelevance();
  when.insert({{"width", "arch=Mlp"},
               {"depth", "arch=Mlp"},
               {"img_res", "arch=ToySongUNet"},
               {"precond", "schedule=reference"},  // EDM's knows one noise level for all axes
               {"target_references", "targets=mean"},
               {"validation_queries", "validation_references!=0"},
               {"desc", "nosubdir=false"}});
  return when;
}

QMap<QString, QString> flowRelevance() {
  auto when = scheduleRelevance();
  when.insert({{"references", "source=discrete"},
               {"double_precision", "source=discrete"},
               {"eps", "dims_to_keep!=0"},
               {"tolerance", "solver=dopri5"},
               {"steps", "solver!=dopri5"},
               {"disc", "solver=euler|heun"},
               {"h", "solver=euler|heun disc=ifs"},
               {"eps_time", "solver=euler|heun disc=vp_ode"},
               {"save_freq", "solver=euler|heun"},
               {"frames", "solver!=euler|heun"}});
  return when;
}

}  // namespace inflaton::ui
