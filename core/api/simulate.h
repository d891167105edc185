#pragma once
// Flows of points, there and back: the jobs behind toy-simulate.
#include <memory>
#include <string>
#include <vector>

#include "core/api/job.h"
#include "core/api/options.h"
#include "core/api/trajectory.h"

namespace inflaton {

/// Integrates inflation, round trip and generation as the options say; writes nothing. Deterministic in the seed.
Expected<std::shared_ptr<const Simulation>> simulateToy(const ToySimulateOptions&, const JobContext&, const GivenPoints& = {});
/// Writes the reference's npz files and _sim_params.json into options.save_dir; returns the paths.
Expected<std::vector<std::string>> saveSimulation(const Simulation&, const ToySimulateOptions&, const JobContext&);
/// Those paths before anything is computed; reads the data file or the network file. Throws Error for options that cannot be.
std::vector<std::string> simulationFiles(const ToySimulateOptions&);

}  // namespace inflaton
