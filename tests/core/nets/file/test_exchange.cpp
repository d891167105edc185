#include "core/api/exchange.h"
#include "core/api/networks.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <fstream>
#include <functional>
#include <map>

#include "core/io/npz.h"
#include "core/io/safetensors.h"
#include "core/nets/architectures.h"
#include "core/nets/file/network_file.h"
#include "tests/core/nets/net_testing.h"

namespace inflaton {
namespace {

using nlohmann::json;
using ::testing::AllOf;
using testing::Folder;
using ::testing::HasSubstr;

std::string bytesOf(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

void put(const std::string& path, const std::string& text) { std::ofstream(path, std::ios::binary) << text; }

struct Array {
  std::vector<float> values;
  std::vector<std::int64_t> shape;
};
using Arrays = std::map<std::string, Array>;

/// A foreign network: what a program that is not this one would hand over. Small, PRR in two dimensions, single precision.
Arrays foreignArrays(json& settings) {
  settings = {{"model_type", "ToySongUNet"}, {"precond", "ifs"}, {"space", "IS"},       {"data_name", "moons"},   {"data_dim", 2},
              {"dims_to_keep", 1},           {"img_res", 2},     {"model_channels", 8}, {"channel_mult", {1, 1}}, {"num_blocks", 1},
              {"attn_resolutions", {16}},    {"dropout", 0.1},   {"rho", 1.0},          {"gamma0", 0.0005},       {"M", 500},
              {"note", "kept as it is"}};
  auto c = settings;
  c.update({{"arch", "ToySongUNet"}, {"dim", 2}, {"noise_scale", 499}, {"noise_offset", 0}});
  const auto network = makeNetwork(c, "test");
  const auto weights = network->initialWeights(at::detail::createCPUGenerator(4));
  Arrays arrays{{"eigs", {{1.4f, 0.6f}, {2}}},
                {"W", {{0.8f, -0.6f, 0.6f, 0.8f}, {2, 2}}},
                {"g", {{0.15f, -0.15f}, {2}}},
                {"gamma0", {{0.0005f}, {}}},
                {"rho", {{1}, {}}},
                {"M", {{500}, {}}}};
  for (const auto& part : network->layout()) {
    const auto* from = weights.data_ptr<float>() + part.offset;
    arrays["w/" + part.name] = {{from, from + part.count()}, part.shape};
  }
  return arrays;
}

void writeArrays(const std::string& path, const Arrays& arrays) {
  NpzWriter npz(path);
  for (const auto& [name, a] : arrays) npz.add(name, std::span<const float>(a.values), a.shape);
  npz.commit();
}

/// The message of an import after `spoil` changed arrays or settings; "" when it went well.
std::string afterSpoiling(const std::function<void(Arrays&, json&)>& spoil) {
  const Folder folder;
  json settings;
  auto arrays = foreignArrays(settings);
  spoil(arrays, settings);
  writeArrays(folder.file("w.npz"), arrays);
  put(folder.file("c.json"), settings.dump());
  const auto done = importNetwork({folder.file("w.npz"), folder.file("c.json"), folder.file("out.safetensors"), 0}, {});
  EXPECT_EQ(std::filesystem::exists(folder.file("out.safetensors")), done.has_value());
  return done ? "" : done.error().message;
}

TEST(Exchange, AForeignNetworkComesInAndGoesOutUnchanged) {
  const Folder folder;
  json settings;
  const auto arrays = foreignArrays(settings);
  writeArrays(folder.file("w.npz"), arrays);
  put(folder.file("c.json"), settings.dump());
  ASSERT_TRUE(importNetwork({folder.file("w.npz"), folder.file("c.json"), folder.file("net.safetensors"), 0}, {}));
  const auto net = readNetwork(folder.file("net.safetensors")).denoiser;
  EXPECT_EQ(net->coordinates().space(), "IS");
  EXPECT_EQ(net->schedule().tMax(), 15.01);
  EXPECT_EQ(net->network().configuration().at("noise_scale"), 499);
  ASSERT_TRUE(exportNetwork({folder.file("net.safetensors"), folder.file("w2.npz"), folder.file("c2.json")}, {}));

  const NpzReader out(folder.file("w2.npz"));
  EXPECT_EQ(out.arrays().size(), arrays.size());
  for (const auto& [name, a] : arrays) {
    EXPECT_EQ(out.info(name).dtype, "<f4") << name;
    EXPECT_EQ(out.shape(name), a.shape) << name;
    EXPECT_EQ(out.floats(name), a.values) << name;
  }
  EXPECT_EQ(json::parse(bytesOf(folder.file("c2.json"))), settings);
  ASSERT_TRUE(importNetwork({folder.file("w2.npz"), folder.file("c2.json"), folder.file("again.safetensors"), 0}, {}));
  EXPECT_EQ(bytesOf(folder.file("again.safetensors")), bytesOf(folder.file("net.safetensors")));
}

TEST(Exchange, OurNetworksGoOutAndComeInUnchanged) {
  for (const char* arch : {"Mlp", "ToyConvUNet"})
    for (const char* kind : {"reference", "paper"}) {
      SCOPED_TRACE(std::string(arch) + " " + kind);
      const Folder folder;
      ToyTrainOptions o;
      o.arch = arch, o.width = 8, o.depth = 1, o.schedule = kind;
      const auto basis = testing::turnedBasis();
      const auto schedule = Schedule::make(o, 2, 1.0, basis.eigenvalues);
      const auto network = freshNetwork(o, schedule, basis);
      const NetDenoiser net(schedule, basis, network, network->initialWeights(at::detail::createCPUGenerator(2)), "ifs", "IS");
      saveNetwork(folder.file("net.safetensors"), net,
                  {{"data_name", "moons"}, {"options", {{"width", 8}}}, {"kimg", 12}, {"validation", {{"mean", 0.1}}}});
      ASSERT_TRUE(exportNetwork({folder.file("net.safetensors"), folder.file("w.npz"), folder.file("c.json")}, {}));
      const auto done = importNetwork({folder.file("w.npz"), folder.file("c.json"), folder.file("again.safetensors"), 0}, {});
      ASSERT_TRUE(done) << done.error().message;
      EXPECT_EQ(bytesOf(folder.file("again.safetensors")), bytesOf(folder.file("net.safetensors")));
      const auto described = json::parse(bytesOf(folder.file("c.json")));
      EXPECT_EQ(described.at("model_type"), arch);
      EXPECT_EQ(described.at("space"), "IS");
    }
}

TEST(Exchange, EdmIsToldTheNoiseLevelInItsWay) {
  const Folder folder;
  json settings;
  auto arrays = foreignArrays(settings);
  arrays["g"].values = {0, 0};
  settings["dims_to_keep"] = 2, settings["precond"] = "edm";
  writeArrays(folder.file("w.npz"), arrays);
  put(folder.file("c.json"), settings.dump());
  ASSERT_TRUE(importNetwork({folder.file("w.npz"), folder.file("c.json"), folder.file("net.safetensors"), 0}, {}));
  const auto net = readNetwork(folder.file("net.safetensors")).denoiser;
  const auto c = net->network().configuration();
  for (const double t : {0.0, 3.0})
    EXPECT_NEAR(c.at("noise_scale").get<double>() * t + c.at("noise_offset").get<double>(), std::log(net->schedule().gamma(0, t)) / 8,
                1e-12);
}

TEST(Exchange, TheLastTimeIsTheOneGiven) {
  const Folder folder;
  json settings;
  auto arrays = foreignArrays(settings);
  writeArrays(folder.file("w.npz"), arrays);
  const auto tMax = [&](double asked) {
    put(folder.file("c.json"), settings.dump());
    EXPECT_TRUE(importNetwork({folder.file("w.npz"), folder.file("c.json"), folder.file("net.safetensors"), asked}, {}));
    return readNetwork(folder.file("net.safetensors")).denoiser->schedule().tMax();
  };
  EXPECT_EQ(tMax(6.5), 6.5);
  settings["t_max"] = 9;
  EXPECT_EQ(tMax(0), 9);
  EXPECT_EQ(tMax(6.5), 6.5);
  ASSERT_TRUE(exportNetwork({folder.file("net.safetensors"), folder.file("w2.npz"), folder.file("c2.json")}, {}));
  EXPECT_EQ(json::parse(bytesOf(folder.file("c2.json"))).at("t_max"), 6.5);
}

TEST(Exchange, ImportedNetworksCanBeAskedForByTheirSchedule) {
  const Folder folder;
  json settings;
  writeArrays(folder.file("w.npz"), foreignArrays(settings));
  put(folder.file("c.json"), settings.dump());
  ASSERT_TRUE(importNetwork({folder.file("w.npz"), folder.file("c.json"), folder.file("net.safetensors"), 0}, {}));
  const auto info = networkInfo(folder.file("net.safetensors"));
  ASSERT_TRUE(info) << info.error().message;
  EXPECT_EQ(info->arch, "ToySongUNet");
  EXPECT_EQ(info->precond, "ifs");
  EXPECT_EQ(info->space, "IS");
  EXPECT_EQ(info->scheduleOptions.g_rescaling, 0.15);
  EXPECT_NO_THROW(requireMatches(*loadNetwork(folder.file("net.safetensors")), info->scheduleOptions, 2, "F"));
}

const std::string kConv = "w/model.enc.2x2_conv.weight";

TEST(HostileImport, WeightsAreNamed) {
  EXPECT_EQ(afterSpoiling([](Arrays&, json&) {}), "");
  EXPECT_THAT(afterSpoiling([](Arrays& a, json&) {
                a[kConv].shape = {1, 8, 3, 3};
              }),
              AllOf(HasSubstr("w.npz"), HasSubstr("model.enc.2x2_conv.weight"), HasSubstr("[1, 8, 3, 3]"), HasSubstr("[8, 1, 3, 3]")));
  EXPECT_THAT(afterSpoiling([](Arrays& a, json&) { a.erase(kConv); }), AllOf(HasSubstr("w.npz"), HasSubstr("model.enc.2x2_conv.weight")));
  EXPECT_THAT(afterSpoiling([](Arrays& a, json&) {
                a["w/model.surplus"] = {{1}, {1}};
              }),
              AllOf(HasSubstr("w.npz"), HasSubstr("model.surplus")));
  EXPECT_THAT(afterSpoiling([](Arrays& a, json&) { a[kConv].values[3] = NAN; }),
              AllOf(HasSubstr("model.enc.2x2_conv.weight"), HasSubstr("not finite"), HasSubstr("number 3")));
  EXPECT_THAT(afterSpoiling([](Arrays& a, json&) { a["w/model.enc.1x1_down.skip.resample_filter"].values[2] = 0.3f; }),
              AllOf(HasSubstr("enc.1x1_down.skip.resample_filter"), HasSubstr("0.25")));
}

TEST(HostileImport, BasisAndScheduleAreNamed) {
  EXPECT_THAT(afterSpoiling([](Arrays& a, json&) { a["W"].values[1] = 0.6f; }), AllOf(HasSubstr("\"W\""), HasSubstr("not orthonormal")));
  EXPECT_THAT(afterSpoiling([](Arrays& a, json&) { a["W"].values[1] = NAN; }), AllOf(HasSubstr("\"W\""), HasSubstr("not finite")));
  EXPECT_THAT(afterSpoiling([](Arrays& a, json&) { a["eigs"].values[1] = 0; }), AllOf(HasSubstr("\"eigs\""), HasSubstr("eigenvalues > 0")));
  EXPECT_THAT(afterSpoiling([](Arrays& a, json&) { a["eigs"] = {{1, 1, 1}, {3}}; }), AllOf(HasSubstr("\"eigs\""), HasSubstr("[3]")));
  EXPECT_THAT(afterSpoiling([](Arrays& a, json&) { a["eigs"] = {{1, 1, 1, 1}, {2, 2}}; }), HasSubstr("\"eigs\""));
  EXPECT_THAT(afterSpoiling([](Arrays& a, json&) { a.erase("g"); }), HasSubstr("no array \"g\""));
  EXPECT_THAT(afterSpoiling([](Arrays& a, json&) { a["M"].values = {1}; }), AllOf(HasSubstr("\"M\""), HasSubstr("1 < M")));
  EXPECT_THAT(afterSpoiling([](Arrays& a, json& c) { a["rho"].values = {-1}, c.erase("rho"); }), HasSubstr("rho"));
  EXPECT_THAT(afterSpoiling([](Arrays& a, json&) { a["gamma0"].values = {0.001f}; }),
              AllOf(HasSubstr("c.json"), HasSubstr("\"gamma0\""), HasSubstr("w.npz")));
  EXPECT_THAT(afterSpoiling([](Arrays&, json& c) { c["M"] = 1000; }), AllOf(HasSubstr("\"M\""), HasSubstr("500")));
}

TEST(HostileImport, TheConfigurationIsNamed) {
  for (const char* field : {"model_type", "precond", "space", "data_name", "data_dim", "dims_to_keep", "img_res", "num_blocks"})
    EXPECT_THAT(afterSpoiling([&](Arrays&, json& c) { c.erase(field); }),
                AllOf(HasSubstr("c.json"), HasSubstr(std::string("\"") + field + "\"")))
        << field;
  const auto with = [](const char* field, const json& value) { return afterSpoiling([&](Arrays&, json& c) { c[field] = value; }); };
  EXPECT_THAT(with("model_type", "Transformer"), AllOf(HasSubstr("c.json"), HasSubstr("Transformer"), HasSubstr("ToyConvUNet")));
  EXPECT_THAT(with("model_type", "Mlp"), AllOf(HasSubstr("c.json"), HasSubstr("\"inflaton\"")));
  EXPECT_THAT(with("precond", "vp"), AllOf(HasSubstr("\"vp\""), HasSubstr("ifs, edm, edm_es")));
  EXPECT_THAT(with("precond", "edm"), HasSubstr("PRRto1D"));
  EXPECT_THAT(with("space", 3), HasSubstr("\"space\""));
  EXPECT_THAT(with("space", "RGB"), AllOf(HasSubstr("\"space\""), HasSubstr("ES, IS")));
  EXPECT_THAT(with("data_dim", 3), HasSubstr("\"eigs\""));
  EXPECT_THAT(with("data_dim", 1e12), AllOf(HasSubstr("\"data_dim\""), HasSubstr("1 to 4096")));
  EXPECT_THAT(with("dims_to_keep", 3), AllOf(HasSubstr("\"dims_to_keep\""), HasSubstr("1 to 2")));
  EXPECT_THAT(with("dims_to_keep", "one"), HasSubstr("\"dims_to_keep\""));
  EXPECT_THAT(with("t_max", -1), HasSubstr("tmax"));
  EXPECT_THAT(with("t_max", nullptr), HasSubstr("\"t_max\""));
  EXPECT_THAT(with("model_channels", 1 << 20), HasSubstr("model_channels"));
  EXPECT_THAT(with("inflaton", 5), HasSubstr("\"inflaton\""));
  EXPECT_THAT(with("inflaton", json::object()), HasSubstr("\"network\""));
}

TEST(HostileImport, OwnSettingsMustAgreeWithWhatStandsBesideThem) {
  const Folder folder;
  saveNetwork(folder.file("net.safetensors"), testing::smallNet(1), {{"data_name", "moons"}});
  ASSERT_TRUE(exportNetwork({folder.file("net.safetensors"), folder.file("w.npz"), folder.file("c.json")}, {}));
  auto c = json::parse(bytesOf(folder.file("c.json")));
  c["space"] = "IS";
  put(folder.file("c.json"), c.dump());
  const auto done = importNetwork({folder.file("w.npz"), folder.file("c.json"), folder.file("out.safetensors"), 0}, {});
  ASSERT_FALSE(done);
  EXPECT_THAT(done.error().message, AllOf(HasSubstr("c.json"), HasSubstr("\"space\""), HasSubstr("\"IS\""), HasSubstr("\"ES\"")));
}

TEST(HostileImport, FilesOfAnotherKindAreNamed) {
  const Folder folder;
  json settings;
  writeArrays(folder.file("w.npz"), foreignArrays(settings));
  put(folder.file("c.json"), settings.dump());
  put(folder.file("broken.json"), "{\"model_type\": ");
  put(folder.file("list.json"), "[1, 2]");
  put(folder.file("text.npz"), "weights, I promise");
  put(folder.file("pickle.npz"), "\x80\x04 and so on");
  const auto error = [&](const char* weights, const char* configuration) {
    const auto done = importNetwork({folder.file(weights), folder.file(configuration), folder.file("out.safetensors"), 0}, {});
    return done ? std::string() : done.error().message;
  };
  EXPECT_EQ(error("w.npz", "c.json"), "");
  EXPECT_THAT(error("w.npz", "broken.json"), AllOf(HasSubstr("broken.json"), HasSubstr("JSON")));
  EXPECT_THAT(error("w.npz", "list.json"), AllOf(HasSubstr("list.json"), HasSubstr("no JSON object")));
  EXPECT_THAT(error("w.npz", "none.json"), HasSubstr("none.json"));
  EXPECT_THAT(error("none.npz", "c.json"), HasSubstr("none.npz"));
  EXPECT_THAT(error("text.npz", "c.json"), AllOf(HasSubstr("text.npz"), HasSubstr("not an npz")));
  EXPECT_THAT(error("pickle.npz", "c.json"), AllOf(HasSubstr("pickle.npz"), HasSubstr("pickle")));
  // An array of objects inside: the header says "|O".
  auto bytes = bytesOf(folder.file("w.npz"));
  const auto at = bytes.find("'<f4'");
  ASSERT_NE(at, std::string::npos);
  bytes.replace(at, 5, "'|O' ");
  put(folder.file("object.npz"), bytes);
  EXPECT_THAT(error("object.npz", "c.json"), AllOf(HasSubstr("object.npz"), ::testing::AnyOf(HasSubstr("pickle"), HasSubstr("object"))));
  // Double precision would lose bits, and big-endian is not what is written.
  NpzWriter wide(folder.file("wide.npz"));
  for (const auto& [name, a] : foreignArrays(settings))
    wide.add(name, std::span<const double>(std::vector<double>(a.values.begin(), a.values.end())), a.shape);
  wide.commit();
  EXPECT_THAT(error("wide.npz", "c.json"), AllOf(HasSubstr("wide.npz"), HasSubstr("F64; needed: F32")));
}

TEST(Exchange, FilesThatAreMissingOrTwiceTheSameAreRefused) {
  EXPECT_THAT(importNetwork({"a", "", "c", 0}, {}).error().message, HasSubstr("configuration is missing"));
  EXPECT_THAT(exportNetwork({"a", "b", "b"}, {}).error().message, HasSubstr("weights and configuration are both b"));
}

}  // namespace
}  // namespace inflaton
