// Random damage to good files: every reader must either read on or throw Error, and never take memory for a lie.
#include <random>

#include "core/io/csv.h"
#include "core/io/npz.h"
#include "core/io/run_folder.h"
#include "core/io/safetensors.h"
#include "tests/core/io/io_testing.h"

using namespace inflaton;
using namespace inflaton::testing;

namespace {

std::string damaged(std::string bytes, std::mt19937& draw) {
  const auto at = [&] { return draw() % bytes.size(); };
  for (unsigned n = 1 + draw() % 4; n > 0 && !bytes.empty(); --n) switch (draw() % 5) {
      case 0:
        bytes[at()] = static_cast<char>(draw());
        break;
      case 1:
        bytes[at()] ^= static_cast<char>(1 << draw() % 8);
        break;
      case 2:
        bytes.resize(at());
        break;
      case 3:
        bytes.insert(at(), 1 + draw() % 8, static_cast<char>(draw()));
        break;
      case 4:
        bytes.replace(at(), 4, "\xFF\xFF\xFF\xFF");
        break;
    }
  return bytes;
}

void survive(const std::string& good, const std::function<void(const std::string&)>& read) {
  TempFolder folder;
  std::mt19937 draw(7);
  int refused = 0;
  ASSERT_NO_THROW(read(folder.write("f", good)));
  for (int i = 0; i < 600; ++i) try {
      read(folder.write("f", damaged(good, draw)));
    } catch (const Error& e) {
      ++refused;
      ASSERT_NE(std::string(e.what()).find(folder.path()), std::string::npos) << e.what();
    }
  EXPECT_GT(refused, 120);  // the damage is real
}

}  // namespace

TEST(HostileBytes, Npy) {
  TempFolder folder;
  writeNpy(folder.file("a"), std::vector<float>{1, 2, 3, 4, 5, 6}, {3, 2});
  survive(bytesOf(folder.file("a")), [](const std::string& path) { readNpy<double>(path, 1 << 20); });
}

TEST(HostileBytes, Npz) {
  TempFolder folder;
  const std::vector<float> v{1, 2, 3, 4, 5, 6};
  NpzWriter w(folder.file("a"));
  w.add("x", v, {3, 2});
  w.addText("meta", "{\"a\": 1}");
  w.add("melt/y", v, {6});
  w.commit();
  survive(bytesOf(folder.file("a")), [](const std::string& path) {
    const NpzReader r(path, 1 << 20);
    for (const auto& info : r.arrays()) info.kind == 'U' || info.kind == 'S' ? (void)r.text(info.name) : (void)r.doubles(info.name);
  });
}

TEST(HostileBytes, Safetensors) {
  TempFolder folder;
  SafetensorsFile f;
  f.metadata["config"] = "{\"width\": 128}";
  f.tensors["w"] = TensorData::of(std::vector<float>{1, 2, 3, 4, 5, 6}, {3, 2});
  f.tensors["eigs"] = TensorData::of(std::vector<double>{1, 2}, {2});
  writeSafetensors(folder.file("a"), f);
  survive(bytesOf(folder.file("a")), [](const std::string& path) { readSafetensors(path, 1 << 20); });
}

TEST(HostileBytes, Csv) {
  survive("x,y\n1,2\n3.5,-4e-3\n5,6\n", [](const std::string& path) { readCsv(path, 1 << 20); });
}

TEST(HostileBytes, CsvOfAllKinds) {
  survive("sep=;\n\"\";\"a \"\"1\"\"\";b #2;kind;\n;[mm];;;\n\"1\";0,5;1,25;left;\n\"2\";-0,5;2,5;right;\n\"3\";0,75;3,5;left;\n",
          [](const std::string& path) { readCsv(path, 1 << 20); });
}

TEST(HostileBytes, Progress) {
  TempFolder parent;
  std::string good;
  {
    auto run = RunFolder::create(parent.path(), "a");
    good = bytesOf(run.file("progress.json"));
  }
  TempFolder folder;
  survive(good, [&](const std::string& path) {
    const auto run = std::filesystem::path(path).parent_path().string();
    std::filesystem::rename(path, run + "/progress.json");
    readRunStatus(run);
  });
}
