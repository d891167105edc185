#pragma once
// Every options struct that has a table, for typed tests.
#include <gtest/gtest.h>

#include "core/api/calibration.h"
#include "core/api/compare.h"
#include "core/api/coverage.h"
#include "core/api/density.h"
#include "core/api/exchange.h"
#include "core/api/mcmc.h"
#include "core/api/options.h"
#include "core/api/residuals.h"

namespace inflaton {

using AllOptions = ::testing::Types<ToyTrainOptions, ToySimulateOptions, EvaluateOptions, ToyCoverageOptions, ToyMcmcOptions,
                                    HmcDemoOptions, MarginalOptions, SbcOptions, CompareSolversOptions, DensityOptions,
                                    ResidualsExtractOptions, ResidualsCorrelateOptions, ImportNetworkOptions, ExportNetworkOptions>;

}  // namespace inflaton
