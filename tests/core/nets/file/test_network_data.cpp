// A network of own points says which they were, and what has become of them.
#include "core/nets/file/network_data.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <nlohmann/json.hpp>

#include "core/api/networks.h"
#include "core/api/points.h"
#include "core/nets/file/network_file.h"
#include "tests/core/nets/net_testing.h"

namespace inflaton {
namespace {

using nlohmann::json;
using ::testing::AllOf;
using testing::errorOf;
using testing::Folder;
using ::testing::HasSubstr;
using testing::smallNet;

void write(const std::string& path, const std::string& text) { std::ofstream(path) << text; }

struct NetworkData : ::testing::Test {
  Folder folder;
  const std::string csv = folder.file("mine.csv"), path = folder.file("net.safetensors");

  /// A network as toy-train leaves it for that file.
  NetworkInfo own() {
    write(csv, "mass,length\n1,10\n2,30\n6,20\n");
    ToyTrainOptions options;
    options.data_name = "file", options.data_file = "mine.csv", options.augment_noise = 0;
    saveNetwork(path, smallNet(),
                {{"data_name", "mine"}, {"options", toJson(options)}, {"data", originJson(*loadPoints(csv, true).origin)}});
    return info();
  }
  NetworkInfo info() {
    const auto read = networkInfo(path);
    if (!read) throw Error(read.error().code, read.error().message, read.error().hint);
    return *read;
  }
};

TEST_F(NetworkData, IsKept) {
  const auto network = own();
  ASSERT_NE(network.data, nullptr);
  EXPECT_EQ(*network.data, *loadPoints(csv, true).origin);
  EXPECT_EQ(*readNetwork(path).data, *network.data);
  EXPECT_EQ(changedData(network), "");
  DataOptions data;
  takeDataOf(network, data);
  EXPECT_EQ(data.data_name, "file");
  EXPECT_EQ(data.data_file, csv) << "whatever the folder that the program is started in";
}

TEST_F(NetworkData, ThatHasChangedOrGoneIsTold) {
  const auto network = own();
  write(csv, "mass,length\n1,10\n2,30\n6,21\n");
  DataOptions data;
  EXPECT_THAT(errorOf([&] { takeDataOf(network, data); }),
              AllOf(HasSubstr(csv + ": has changed since the network " + path), HasSubstr("--data_file")));
  EXPECT_THAT(changedData(network), HasSubstr("has changed"));
  std::filesystem::remove(csv);
  EXPECT_THAT(errorOf([&] { takeDataOf(network, data); }), AllOf(HasSubstr(csv + ": there is no such file"), HasSubstr("3 rows")));
  EXPECT_EQ(errorOf([&] { takeDataOf(network, data, false); }), "");
  EXPECT_EQ(data.data_file, csv);
}

TEST_F(NetworkData, OfAnOlderVersionOrFromElsewhereIsMissed) {
  ToyTrainOptions options;
  options.data_name = "file", options.data_file = "mine.csv";
  DataOptions data;
  saveNetwork(path, smallNet(), {{"data_name", "mine"}, {"options", toJson(options)}});
  EXPECT_EQ(info().data, nullptr);
  EXPECT_THAT(errorOf([&] { takeDataOf(info(), data); }),
              AllOf(HasSubstr("own points, mine.csv"), HasSubstr("older version"), HasSubstr("--data_name file --data_file FILE")));
  saveNetwork(path, smallNet(), {{"data_name", "galaxies"}});
  EXPECT_THAT(errorOf([&] { takeDataOf(info(), data); }), HasSubstr("trained on \"galaxies\", which is no data set of this program"));
  saveNetwork(path, smallNet(), json::object());
  EXPECT_THAT(errorOf([&] { takeDataOf(info(), data); }), HasSubstr("does not say what it was trained on"));
  EXPECT_EQ(errorOf([&] { takeDataOf(info(), data, false); }), "");
  EXPECT_EQ(data.data_name, "file") << "and not a toy set";
}

TEST_F(NetworkData, OfAToySetIsItsNameAndEmbedding) {
  ToyTrainOptions options;
  options.data_name = "moons", options.augment_to = 5, options.augment_noise = 0.1;
  saveNetwork(path, smallNet(), {{"data_name", "moons"}, {"options", toJson(options)}});
  DataOptions data;
  takeDataOf(info(), data);
  EXPECT_TRUE(data == static_cast<const DataOptions&>(options));
  saveNetwork(path, smallNet(), {{"data_name", "moons"}});
  takeDataOf(info(), data);
  EXPECT_EQ(data.data_name, "moons");
  EXPECT_EQ(data.augment_to, 0);
}

TEST_F(NetworkData, ThatCannotBeIsRefused) {
  auto origin = originJson(*own().data);
  const auto refusal = [&](const json& data) {
    saveNetwork(path, smallNet(), {{"data_name", "mine"}, {"data", data}});
    EXPECT_FALSE(networkInfo(path));
    return errorOf([&] { readNetwork(path); });
  };
  EXPECT_THAT(refusal("mine.csv"), AllOf(HasSubstr(path), HasSubstr("no JSON object")));
  auto damaged = origin;
  damaged["scale"] = {1, -1};
  EXPECT_THAT(refusal(damaged), HasSubstr("allowed: scales > 0"));
  damaged = origin, damaged["offset"] = damaged["scale"] = {1, 1, 1}, damaged["columns"] = json::array();
  EXPECT_THAT(refusal(damaged), HasSubstr("says 3 columns of its data, but is a network in 2 dimensions"));
}

}  // namespace
}  // namespace inflaton
