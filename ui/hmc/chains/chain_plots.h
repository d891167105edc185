#pragma once
// The plots of the chains: traces, ranks, energies, posterior densities. Vehtari et al. 2021 (ranks), Betancourt 2017 (energies).
#include "core/api/calibration.h"
#include "ui/hmc/chains/chain_summary.h"
#include "ui/views/plot_pane.h"

namespace inflaton::ui {

/// One snapshot of a run with all that is drawn of it. Immutable once shared.
struct ChainPicture {
  std::shared_ptr<const ChainSummary> summary;
  McmcUpdate update;
  std::vector<double> truth;                          ///< weights; empty: not known yet
  std::shared_ptr<const MarginalPosterior> marginal;  ///< of the same experiment; nullptr: none
  QString command;
};
using ChainPicturePtr = std::shared_ptr<const ChainPicture>;

/// Each is empty (nothing to paint) while there are too few draws for it.
PlotContent tracePlot(ChainPicturePtr);
PlotContent rankPlot(ChainPicturePtr);
PlotContent energyPlot(ChainPicturePtr);
PlotContent posteriorPlot(ChainPicturePtr);
PlotContent pairPlot(ChainPicturePtr);  ///< pair_plot.cpp

/// Means of chains and marginal posterior: "Means differ by 0.4, 1.1 and 0.7 MCSE; ..."; empty without both.
QString marginalComparison(const ChainPicture&);
/// Line of chain c.
QPen chainPen(int chain, const Theme&, double width = 1.2);

}  // namespace inflaton::ui
