#include "core/api/networks.h"
#include "core/nets/file/network_file.h"

#include <ATen/ops/equal.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <cstring>
#include <functional>

#include "core/io/safetensors.h"
#include "core/nets/file/network_parts.h"
#include "tests/core/nets/net_testing.h"
#include "tests/core/nets/normalising_network.h"

namespace inflaton {
namespace {

using ::testing::AllOf;
using testing::errorOf;
using testing::Folder;
using ::testing::HasSubstr;
using testing::smallNet;

std::string saved(const Folder& folder, int keep = 2) {
  const std::string path = folder.file("net.safetensors");
  saveNetwork(path, smallNet(keep), {{"data_name", "moons"}, {"validation", {{"mean", 0.025}}}});
  return path;
}

/// The message when a file that was changed by `spoil` is read.
template <class Spoil>
std::string afterSpoiling(const Spoil& spoil) {
  const Folder folder;
  const auto path = saved(folder);
  auto file = readSafetensors(path);
  spoil(file);
  writeSafetensors(path, file);
  const auto message = errorOf([&] { readNetwork(path); });
  EXPECT_THAT(message, HasSubstr(path));
  return message;
}

void spoilConfiguration(SafetensorsFile& file, const std::function<void(nlohmann::json&)>& change) {
  auto c = nlohmann::json::parse(file.metadata.at("inflaton"));
  change(c);
  file.metadata["inflaton"] = c.dump();
}

TEST(NetworkFile, RoundTripIsExactToTheBit) {
  const Folder folder;
  const auto net = smallNet(1);
  const auto path = saved(folder, 1);
  const auto read = readNetwork(path);
  EXPECT_TRUE(at::equal(read.denoiser->weights(), net.weights()));
  EXPECT_EQ(read.denoiser->basis().W, net.basis().W);
  EXPECT_EQ(read.denoiser->basis().mean, net.basis().mean);
  EXPECT_EQ(read.denoiser->basis().eigenvalues, net.basis().eigenvalues);
  EXPECT_EQ(read.denoiser->schedule().g(), net.schedule().g());
  EXPECT_EQ(read.denoiser->schedule().rho(), net.schedule().rho());
  EXPECT_EQ(read.denoiser->schedule().tMax(), net.schedule().tMax());
  EXPECT_EQ(read.denoiser->schedule().name(), "PRRto1D");
  const auto x = at::normal(0., 1., {9, 2}, at::detail::createCPUGenerator(3));
  EXPECT_TRUE(at::equal(loadNetwork(path)->denoise(x, 1.5), net.denoise(x, 1.5)));
  EXPECT_EQ(read.configuration.at("data_name"), "moons");

  const auto names = readSafetensorsHeader(path).tensors;
  for (const char* name : {"eigs", "W", "mean", "g", "gamma0", "rho", "model.in.weight", "model.block1.time", "model.out.weight"})
    EXPECT_TRUE(names.contains(name)) << name;
  EXPECT_TRUE(names.at("rho").shape.empty());
}

TEST(NetworkFile, BuffersAreKeptUnderTheirNames) {
  const Folder folder;
  const auto path = folder.file("net.safetensors");
  const auto network = std::make_shared<testing::NormalisingNetwork>();
  const auto schedule = smallNet().schedule();
  const NetworkTensors tensors(at::tensor(std::vector<float>{2, 3}), at::tensor(std::vector<float>{0.5, -1, 4, 9}));
  const NetDenoiser net(schedule, testing::turnedBasis(), network, tensors);
  saveNetwork(path, net, nlohmann::json::object());
  auto file = readSafetensors(path);
  EXPECT_EQ(file.tensor("model.norm.running_var", path).floats(), (std::vector<float>{4, 9}));
  const auto read = tensorsFrom(file, path, *network);
  EXPECT_TRUE(at::equal(read.weights, tensors.weights));
  EXPECT_TRUE(at::equal(read.buffers, tensors.buffers));
  const auto x = at::normal(0., 1., {9, 2}, at::detail::createCPUGenerator(3));
  EXPECT_TRUE(at::equal(NetDenoiser(schedule, testing::turnedBasis(), network, read).denoise(x, 1.5), net.denoise(x, 1.5)));

  const auto damaged = [&](const auto& spoil) {
    auto copy = file;
    spoil(copy.tensors);
    return errorOf([&] { tensorsFrom(copy, path, *network); });
  };
  EXPECT_THAT(damaged([](auto& t) { t.erase("model.norm.running_mean"); }), HasSubstr("model.norm.running_mean"));
  EXPECT_THAT(damaged([](auto& t) {
                t["model.norm.running_mean"] = TensorData::of(std::span<const float>(std::vector<float>{1, NAN}), {2});
              }),
              AllOf(HasSubstr("tensor \"model.norm.running_mean\""), HasSubstr("buffer that is not finite (number 1)")));
  EXPECT_THAT(damaged([](auto& t) { t["model.norm.running_var"] = TensorData::of(std::span<const float>(std::vector<float>{1}), {1}); }),
              HasSubstr("has the shape [1]; needed: [2]"));
  EXPECT_THAT(errorOf([&] { NetDenoiser(schedule, testing::turnedBasis(), network, tensors.weights); }),
              HasSubstr("there are 0 numbers in buffers; the network has 4"));
}

TEST(NetworkFile, InfoComesFromTheHeader) {
  const Folder folder;
  const auto info = networkInfo(saved(folder, 1));
  ASSERT_TRUE(info) << info.error().message;
  EXPECT_EQ(info->data_name, "moons");
  EXPECT_EQ(info->schedule, "PRRto1D");
  EXPECT_EQ(info->dim, 2);
  EXPECT_EQ(info->parameters, smallNet().network().size());
  EXPECT_EQ(info->validation_mean, 0.025);
  EXPECT_EQ(info->scheduleOptions.dims_to_keep, 1);
  const auto missing = networkInfo(folder.file("none.safetensors"));
  ASSERT_FALSE(missing);
  EXPECT_THAT(missing.error().message, HasSubstr("none.safetensors"));
}

TEST(NetworkFile, OptionsOfOtherVersionsAreLeftAsideAndBadValuesRefused) {
  const Folder folder;
  const auto with = [&](const nlohmann::json& options) {
    const auto path = saved(folder, 1);
    auto file = readSafetensors(path);
    spoilConfiguration(file, [&](auto& c) { c["options"] = options; });
    writeSafetensors(path, file);
    return networkInfo(path);
  };
  const auto info = with({{"gamma0", 1e-3}, {"gone", 1}, {"not_yet", {{"a", 2}}}});
  ASSERT_TRUE(info) << info.error().message;
  EXPECT_EQ(info->scheduleOptions.gamma0, 1e-3);
  const auto bad = with({{"gamma0", 5}});
  ASSERT_FALSE(bad);
  EXPECT_THAT(bad.error().message, HasSubstr("gamma0 is 5; allowed: 1e-08 <= gamma0 <= 1"));
}

TEST(NetworkFile, ANetworkOfAnotherCommandIsRefusedByThatName) {
  const auto of = [](const nlohmann::json& command) {
    return afterSpoiling([&](SafetensorsFile& f) { spoilConfiguration(f, [&](auto& c) { c["command"] = command, c["network"] = 3; }); });
  };
  EXPECT_THAT(of("image-train"), HasSubstr("holds a network made by image-train; needed: one made by toy-train"));
  EXPECT_THAT(of(7), HasSubstr("made by 7"));
  EXPECT_THAT(of("toy-train"), HasSubstr("\"network\""));
  const Folder folder;
  const auto path = saved(folder);
  auto file = readSafetensors(path);
  spoilConfiguration(file, [](auto& c) { c["command"] = "image-train", c["options"] = {{"resolution", 64}}; });
  writeSafetensors(path, file);
  const auto info = networkInfo(path);
  ASSERT_FALSE(info);
  EXPECT_THAT(info.error().message, HasSubstr("made by image-train"));
}

TEST(NetworkFile, WeightsThatAreNotFiniteAreNamed) {
  for (const float bad : {NAN, INFINITY}) {
    const auto message =
        afterSpoiling([&](SafetensorsFile& f) { std::memcpy(f.tensors.at("model.block1.weight").bytes.data() + 20, &bad, 4); });
    EXPECT_THAT(message, AllOf(HasSubstr("model.block1.weight"), HasSubstr("not finite"), HasSubstr("number 5")));
  }
}

TEST(NetworkFile, WrongShapesTypesAndNamesAreNamed) {
  EXPECT_THAT(afterSpoiling([](SafetensorsFile& f) {
                f.tensors.at("model.in.weight").shape = {2, 12};
              }),
              AllOf(HasSubstr("model.in.weight"), HasSubstr("[2, 12]"), HasSubstr("[12, 2]")));
  EXPECT_THAT(afterSpoiling([](SafetensorsFile& f) { f.tensors.erase("model.out.time"); }), HasSubstr("model.out.time"));
  EXPECT_THAT(afterSpoiling([](SafetensorsFile& f) { f.tensors["model.extra"] = f.tensors.at("rho"); }), HasSubstr("model.extra"));
  EXPECT_THAT(afterSpoiling([](SafetensorsFile& f) { f.tensors.at("model.in.weight").dtype = "I32"; }),
              AllOf(HasSubstr("model.in.weight"), HasSubstr("I32"), HasSubstr("F32")));
  EXPECT_THAT(afterSpoiling([](SafetensorsFile& f) { f.tensors.at("eigs") = f.tensors.at("W"); }),
              AllOf(HasSubstr("eigs"), HasSubstr("[2, 2]")));
}

TEST(NetworkFile, ABasisOrScheduleThatCannotBeIsRefused) {
  const auto put = [](SafetensorsFile& f, const char* name, std::vector<double> v) {
    f.tensors.at(name) = TensorData::of(std::span<const double>(v), f.tensors.at(name).shape);
  };
  EXPECT_THAT(afterSpoiling([&](SafetensorsFile& f) { put(f, "W", {1, 1, 1, 1}); }), AllOf(HasSubstr("\"W\""), HasSubstr("orthonormal")));
  EXPECT_THAT(afterSpoiling([&](SafetensorsFile& f) { put(f, "eigs", {1, -1}); }), HasSubstr("eigenvalues > 0"));
  EXPECT_THAT(afterSpoiling([&](SafetensorsFile& f) { put(f, "mean", {NAN, 0}); }), HasSubstr("mean"));
  EXPECT_THAT(afterSpoiling([&](SafetensorsFile& f) { put(f, "rho", {-2}); }), HasSubstr("rho"));
  EXPECT_THAT(afterSpoiling([](SafetensorsFile& f) { spoilConfiguration(f, [](auto& c) { c["t_max"] = 0; }); }), HasSubstr("tmax"));
  EXPECT_THAT(afterSpoiling([](SafetensorsFile& f) { spoilConfiguration(f, [](auto& c) { c["dims_to_keep"] = 5; }); }),
              HasSubstr("dims_to_keep"));
}

TEST(NetworkFile, AConfigurationThatIsDamagedOrForeignIsRefused) {
  EXPECT_THAT(afterSpoiling([](SafetensorsFile& f) { f.metadata.clear(); }), HasSubstr("__metadata__"));
  EXPECT_THAT(afterSpoiling([](SafetensorsFile& f) { f.metadata["inflaton"] = "{"; }), HasSubstr("is not valid JSON (line 1, column 2"));
  EXPECT_THAT(afterSpoiling([](SafetensorsFile& f) { spoilConfiguration(f, [](auto& c) { c["network"]["arch"] = "Unknown"; }); }),
              HasSubstr("Unknown"));
  EXPECT_THAT(afterSpoiling([](SafetensorsFile& f) { spoilConfiguration(f, [](auto& c) { c["network"]["depth"] = -1; }); }),
              HasSubstr("depth"));
  EXPECT_THAT(afterSpoiling([](SafetensorsFile& f) { spoilConfiguration(f, [](auto& c) { c["network"]["width"] = "wide"; }); }),
              HasSubstr("width"));
  EXPECT_THAT(afterSpoiling([](SafetensorsFile& f) {
                spoilConfiguration(f, [](auto& c) { c["network"]["width"] = 16384, c["network"]["depth"] = 1024; });
              }),
              HasSubstr("weights; allowed"));
}

TEST(NetworkFile, NothingIsLeftWhenTheFolderIsMissing) {
  EXPECT_THAT(errorOf([] { saveNetwork("/nowhere/at/all.safetensors", smallNet(), {}); }), HasSubstr("/nowhere/at/all.safetensors"));
}

TEST(RequireMatches, DefaultsTakeTheNetworksOwn) {
  for (const int keep : {1, 2}) EXPECT_EQ(errorOf([&] { requireMatches(smallNet(keep), {}, 2, "F"); }), "");
  ScheduleOptions same;
  same.dims_to_keep = 1, same.rho = 1, same.tmax = 5;
  EXPECT_EQ(errorOf([&] { requireMatches(smallNet(1), same, 2, "F"); }), "");
}

TEST(RequireMatches, SaysWhatWasTrainedAndWhatIsAsked) {
  ScheduleOptions asked;
  asked.dims_to_keep = 1;
  EXPECT_THAT(errorOf([&] { requireMatches(smallNet(2), asked, 2, "F"); }),
              HasSubstr("network F was trained for PRP in 2 dimensions (rho 2); asked: PRRto1D in 2 dimensions (rho 1)"));
  EXPECT_THAT(errorOf([&] { requireMatches(smallNet(2), {}, 3, "F"); }),
              AllOf(HasSubstr("in 2 dimensions"), HasSubstr("asked: PRP in 3 dimensions")));
  asked = {}, asked.dims_to_keep = 2;
  EXPECT_THAT(errorOf([&] { requireMatches(smallNet(1), asked, 2, "F"); }), AllOf(HasSubstr("PRRto1D"), HasSubstr("asked: PRP")));
  asked = {}, asked.rho = 1.5;
  EXPECT_THAT(errorOf([&] { requireMatches(smallNet(2), asked, 2, "F"); }), HasSubstr("rho 1.5"));
  asked = {}, asked.tmax = 15.01;
  EXPECT_THAT(errorOf([&] { requireMatches(smallNet(2), asked, 2, "F"); }), AllOf(HasSubstr("7.01"), HasSubstr("15.01")));
  asked = {}, asked.g_rescaling = 0.15;
  EXPECT_THAT(errorOf([&] { requireMatches(smallNet(1), asked, 2, "F"); }), HasSubstr("0.15"));
  asked = {}, asked.gamma0 = 1e-3;
  EXPECT_THAT(errorOf([&] { requireMatches(smallNet(2), asked, 2, "F"); }), HasSubstr("gamma0"));
}

}  // namespace
}  // namespace inflaton
