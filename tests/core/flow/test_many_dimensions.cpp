// Flows through networks of more dimensions than toy data have: start points come from a file, so any number is a user's input.
#include <ATen/CPUGeneratorImpl.h>
#include <ATen/TensorOperators.h>
#include <ATen/core/Tensor.h>
#include <gmock/gmock.h>

#include "core/api/networks.h"
#include "core/api/simulate.h"
#include "core/io/npy.h"
#include "core/nets/file/network_file.h"
#include "tests/core/nets/net_testing.h"

namespace inflaton {
namespace {

using ::testing::HasSubstr;

struct Case {
  int dim, keep;
};

class ManyDimensions : public ::testing::TestWithParam<Case> {};

TEST_P(ManyDimensions, FlowThereAndBack) {
  const auto [dim, keep] = GetParam();
  const testing::Folder folder;
  std::vector<double> eigenvalues;
  for (int j = 0; j < dim; ++j) eigenvalues.push_back(2.0 / (j + 1));
  ScheduleOptions schedule;
  schedule.dims_to_keep = keep;
  const auto network = std::make_shared<Mlp>(MlpSettings{.dim = dim, .width = 8, .depth = 1});
  const auto weights = network->initialWeights(at::detail::createCPUGenerator(1));
  saveNetwork(folder.file("net.safetensors"), NetDenoiser(Schedule::make(schedule, dim), testing::diagonal(eigenvalues), network, weights),
              {{"data_name", "file"}});
  std::vector<float> start;
  for (int i = 0; i < 5 * dim; ++i) start.push_back(static_cast<float>(std::sin(i)));
  writeNpy(folder.file("x.npy"), std::span<const float>(start), {5, dim});

  const auto info = networkInfo(folder.file("net.safetensors"));
  ASSERT_TRUE(info) << info.error().message;
  ToySimulateOptions o;
  static_cast<ScheduleOptions&>(o) = info->scheduleOptions;  // as the command line takes them
  o.source = "net", o.network = folder.file("net.safetensors"), o.initial = folder.file("x.npy"), o.direction = "roundtrip";
  o.save_dir = folder.path(), o.frames = 5;
  const auto simulation = simulateToy(o, {});
  ASSERT_TRUE(simulation) << simulation.error().message;
  EXPECT_EQ((*simulation)->basis.dim, dim);
  EXPECT_LT((*simulation)->roundTripRmse, 1e-2);
  const auto files = saveSimulation(**simulation, o, {});
  ASSERT_TRUE(files) << files.error().message;
  const auto& lane = (*simulation)->lanes.front();
  const auto there = positionsAt(**simulation, lane, lane.t.front(), Space::dataUnscaled);
  for (std::size_t i = 0; i < start.size(); ++i) EXPECT_NEAR(there[i], start[i], 1e-4);
}

INSTANTIATE_TEST_SUITE_P(Networks, ManyDimensions, ::testing::Values(Case{17, 17}, Case{24, 2}, Case{24, 20}, Case{24, 24}, Case{200, 3}),
                         [](const auto& of) { return "D" + std::to_string(of.param.dim) + "Keep" + std::to_string(of.param.keep); });

}  // namespace
}  // namespace inflaton
