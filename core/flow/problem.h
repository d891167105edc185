#pragma once
// What DenoiserOptions ask for: points to start from, and the denoiser that moves them.
#include <c10/core/Device.h>

#include <functional>
#include <memory>

#include "core/api/job.h"
#include "core/api/networks.h"
#include "core/denoise/denoiser.h"

namespace inflaton {

struct NetworkFile;

struct Problem {
  PointSet start;  ///< data coordinates; start.units() are those in which own points can be told, wherever the start came from
  std::shared_ptr<const Denoiser> denoiser;
  Schedule schedule;               ///< the denoiser's, with the end that was asked for and the scale A0
  std::vector<std::string> notes;  ///< what a user has to know of them: which rows of a file, and a network of other data
};
/// Tells them; and where points are given in the file's units (`given` names the option) of a data set that has none, that too.
void say(const Problem&, const JobContext&);
void sayUnits(const Problem&, const DenoiserOptions&, const UnitsOptions&, const std::string& given, const JobContext&);

/// data_dim, where given, must be the dimension of the points before any embedding. Throws Error(usage).
void requireDataDim(const ScheduleOptions&, const PointSet&);

/// `type`: float or double, of the exact denoiser's references. `poll` is called now and then inside long evaluations of the exact
/// denoiser and may throw to cancel. Own points are read in the units of the network, where it has any (loadPoints). With `given.start`
/// these are the start, and the exact score is that of a draw of its own, from `given.references` if there are any. Throws Error(usage)
/// naming the field when network, schedule and points do not fit each other.
Problem makeProblem(const DenoiserOptions&, double A0, at::ScalarType type, const c10::Device&, std::function<void()> poll,
                    const GivenPoints& given = {});

/// The points of a network's data set, `asked` or (0) as sampleCount gives, own points in the network's units. `notes` gets which rows of a
/// file they are, and what a user has to know where these are not the data that the network was trained on. Throws as makePoints, and
/// saying so where the network's own file is gone.
PointSet networkPoints(const DataOptions&, std::int64_t asked, std::int64_t usual, std::uint64_t seed, const NetworkFile&,
                       const std::string& path, std::vector<std::string>& notes);

/// For work that looks at no point of the data set: a start of two points at the origin with the network's own name and dimension, where
/// it is a network and the data set are the own points that it was trained on, which then need not be there (and a note tells if they have
/// changed or gone). No start for others. Throws as networkInfo.
GivenPoints withoutOwnPoints(const DenoiserOptions&, const JobContext&);
/// The units in which points given beside the options are read where those ask for the file's own: the network's, else those of the data
/// file, which is read for it; null where there are none.
std::shared_ptr<const DataOrigin> unitsOf(const DenoiserOptions&);

/// Scaled eigen-coordinates [n, D], float64, drawn from the latent Gaussian of these variances.
at::Tensor latentDraw(std::int64_t n, const std::vector<double>& variance, std::uint64_t seed);

}  // namespace inflaton
