#pragma once
// What the plots show, as numbers: closed forms along t and what the points of the lane do.
#include <vector>

#include "ui/model/view_state.h"

namespace inflaton::ui {

struct FlowCurves {
  std::vector<double> t;                                            ///< [F] stored frames, rising
  std::vector<double> gamma;                                        ///< [F] of the fastest axis
  std::vector<double> ratioTheory, ratioSample;                     ///< [F] participation ratio of the scaled coordinates
  std::vector<std::vector<double>> varianceTheory, varianceSample;  ///< [D][F] of the scaled eigen-axes
  std::vector<double> errorEdges;  ///< [B+1] bins of the round-trip errors, equal in the logarithm; empty: no round trip
  std::vector<int> errorCounts;    ///< [B]
  int kept = 0;

  /// Sample moments come from at most 20 000 points, evenly taken: enough for one per cent.
  static FlowCurves of(const ViewState&);
};

}  // namespace inflaton::ui
