// Files and folders that cannot be used: the message names the file and the reason, and nothing on disk is harmed.
#include <gmock/gmock.h>

#include <cstring>

#include "core/io/npz.h"
#include "tests/cli/support.h"

using namespace inflaton;
using namespace inflaton::test;
using ::testing::AnyOf;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

namespace {

// One small network for all tests of this process.
const std::string& network() {
  static const TemporaryFolder folder;
  static const std::string path = trainTiny(folder.path());
  return path;
}

void writeQueries(const fs::path& path) {
  NpzWriter npz(path.string());
  const std::vector<float> x{0.1f, 0.2f, -1, 0.5f}, t{0.5f, 1};
  npz.add("x", x, {2, 2});
  npz.add("t", t, {2});
  npz.commit();
}

// Replaces text inside an array header without moving anything: the rest of the line is padding.
std::string withHeader(std::string bytes, const std::string& from, const std::string& to) {
  const std::size_t at = bytes.find(from);
  EXPECT_NE(at, std::string::npos);
  if (at == std::string::npos) return bytes;
  const std::size_t end = bytes.find('\n', at);
  std::string line = bytes.substr(at, end - at);
  const std::size_t length = line.size();
  line.replace(0, from.size(), to);
  line.resize(length, ' ');
  return bytes.replace(at, length, line);
}

void expectEvaluateRefuses(const std::string& networkFile, const fs::path& input, const std::string& named,
                           const std::vector<std::string>& reasons) {
  const TemporaryFolder folder;
  write(folder / "out.npz", "what was there before");
  const Ended ended = cli({"evaluate", "--network", networkFile, "--input", input.string(), "--output", (folder / "out.npz").string()});
  EXPECT_TRUE(ended.code == 1 || ended.code == 2) << ended.code << " " << ended.err;
  EXPECT_THAT(ended.err, HasSubstr("inflaton-cli: error: "));
  EXPECT_THAT(ended.err, HasSubstr(named));
  bool told = false;
  for (const std::string& reason : reasons) told = told || ended.err.find(reason) != std::string::npos;
  EXPECT_TRUE(told) << ended.err;
  EXPECT_EQ(read(folder / "out.npz"), "what was there before");
  EXPECT_EQ(filesBelow(folder.path()).size(), 1u);
  EXPECT_LT(ended.peakMegabytes, 1500);
}

std::string safetensors(const std::string& header, const std::string& data) {
  std::string bytes(8, '\0');
  const std::uint64_t size = header.size();
  std::memcpy(bytes.data(), &size, 8);
  return bytes + header + data;
}

void expectCsvRefused(const std::string& csv, const std::vector<std::string>& said) {
  const TemporaryFolder folder;
  write(folder / "mine.csv", csv);
  const Ended ended = cli({"toy-simulate", "discrete", "--data_name", "file", "--data_file", (folder / "mine.csv").string(), "--save_dir",
                           (folder / "out").string()});
  EXPECT_TRUE(ended.code == 1 || ended.code == 2) << ended.code << " " << ended.err;
  EXPECT_THAT(ended.err, HasSubstr("mine.csv"));
  for (const std::string& text : said) EXPECT_THAT(ended.err, HasSubstr(text));
  EXPECT_FALSE(fs::exists(folder / "out"));
}

}  // namespace

TEST(BadFiles, Npz) {
  ASSERT_FALSE(network().empty());
  const TemporaryFolder folder;
  writeQueries(folder / "good.npz");
  const std::string good = read(folder / "good.npz");
  const auto refuse = [&](const char* name, const std::string& bytes, const std::vector<std::string>& reasons) {
    SCOPED_TRACE(name);
    write(folder / name, bytes);
    expectEvaluateRefuses(network(), folder / name, name, reasons);
  };
  expectEvaluateRefuses(network(), folder / "missing.npz", "missing.npz", {"there is no such file"});
  refuse("empty.npz", "", {"empty", "not a"});
  refuse("truncated.npz", good.substr(0, good.size() / 2), {"truncated", "not a", "damaged", "ZIP", "zip"});
  refuse("foreign.npz", "\x89PNG\r\n\x1a\n and so on", {"not a"});
  refuse("pickled.npz",
         withHeader(good, "'<f4', 'fortran_order': False, 'shape': (2, 2), }", "'|O', 'fortran_order': False, 'shape': (2, 2), }"),
         {"pickle", "object"});
  refuse("terabytes.npz", withHeader(good, "(2, 2), }", "(999999999999, 2), }"), {"999999999999", "bytes", "claims", "GiB", "TiB"});

  NpzWriter wrong((folder / "wrong.npz").string());
  const std::vector<float> x{1, 2, 3}, t{1};
  wrong.add("x", x, {1, 3});
  wrong.add("t", t, {1});
  wrong.commit();
  expectEvaluateRefuses(network(), folder / "wrong.npz", "wrong.npz", {"dimension", "column", "shape", "[1, 3]"});

  NpzWriter none((folder / "none.npz").string());
  none.add("y", x, {3});
  none.commit();
  expectEvaluateRefuses(network(), folder / "none.npz", "none.npz", {"x"});
}

TEST(BadFiles, Safetensors) {
  const TemporaryFolder folder;
  writeQueries(folder / "in.npz");
  const auto refuse = [&](const char* name, const std::string& bytes, const std::vector<std::string>& reasons) {
    SCOPED_TRACE(name);
    write(folder / name, bytes);
    expectEvaluateRefuses((folder / name).string(), folder / "in.npz", name, reasons);
  };
  expectEvaluateRefuses((folder / "missing.safetensors").string(), folder / "in.npz", "missing.safetensors", {"there is no such file"});
  refuse("overlap.safetensors",
         safetensors(R"({"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]},"b":{"dtype":"F32","shape":[2],"data_offsets":[4,12]}})",
                     std::string(12, '\0')),
         {"overlap"});
  refuse("outside.safetensors", safetensors(R"({"a":{"dtype":"F32","shape":[2],"data_offsets":[100,108]}})", std::string(8, '\0')),
         {"offset", "outside", "end"});
  std::string huge = safetensors("{}", "");
  const std::uint64_t size = 1ull << 40;
  std::memcpy(huge.data(), &size, 8);
  refuse("huge.safetensors", huge, {"header"});
  refuse("text.safetensors", "weights, I promise", {"header", "not a"});
  refuse("foreign.safetensors", safetensors(R"({"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}})", std::string(8, '\0')),
         {"not", "no "});
  const std::string good = read(network());
  refuse("truncated.safetensors", good.substr(0, good.size() - 100), {"truncated", "outside", "end", "offset", "size"});
}

TEST(BadFiles, Csv) {
  expectCsvRefused("1,2\n3,four\n5,6\n", {"line 2", "four"});
  expectCsvRefused("1,2\n3,nan\n5,6\n", {"line 2", "nan"});
  expectCsvRefused("1,2\n3,4,5\n5,6\n", {"line 2", "3"});
  expectCsvRefused("1\n2\n3\n", {"column"});
  expectCsvRefused("", {"empty"});
  const TemporaryFolder folder;
  const Ended missing =
      cli({"toy-train", "--data_name", "file", "--data_file", (folder / "none.csv").string(), "--outdir", (folder / "runs").string()});
  EXPECT_NE(missing.code, 0);
  EXPECT_THAT(missing.err, HasSubstr("none.csv"));
  EXPECT_FALSE(fs::exists(folder / "runs"));
}

TEST(BadFiles, FolderThatCannotBeWritten) {
  const TemporaryFolder folder;
  write(folder / "file", "in the way");
  for (const std::vector<std::string>& arguments :
       {std::vector<std::string>{"toy-simulate", "discrete", "--total_samples", "20", "--save_dir", (folder / "file/out").string()},
        tinyTraining(folder / "file/out")}) {
    const Ended ended = cli(arguments);
    EXPECT_EQ(ended.code, 1) << ended.err;
    EXPECT_THAT(ended.err, HasSubstr((folder / "file").string()));
  }
  EXPECT_EQ(read(folder / "file"), "in the way");
  EXPECT_EQ(filesBelow(folder.path()).size(), 1u);
}

TEST(BadFiles, FullDiskLeavesWhatWasThere) {
  const TemporaryFolder folder;
  const std::vector<std::string> arguments{"toy-simulate", "discrete", "--total_samples", "300", "--save_dir", folder.path().string()};
  ASSERT_EQ(cli(arguments).code, 0);
  const auto before = contentsBelow(folder.path());
  // A limit on file size stands for the disk that fills up: both end in a write that fails half-way.
  const Ended ended = cli(arguments + std::vector<std::string>{"--seed", "9"}, {.folder = {}, .fileLimitBytes = 50000});
  EXPECT_EQ(ended.code, 1) << ended.signal << " " << ended.err;
  EXPECT_THAT(ended.err, HasSubstr("circles_PRP_melt_results.npz"));
  EXPECT_EQ(contentsBelow(folder.path()), before);
}

TEST(BadFiles, FullDiskEndsATrainingThatCanGoOn) {
  const TemporaryFolder folder;
  const Ended ended = cli(tinyTraining(folder.path()) + std::vector<std::string>{"--duration", "5", "--tick", "10", "--snap", "5", "--dump",
                                                                                 "5", "--validation_references", "0"},
                          {.folder = {}, .fileLimitBytes = 40000});
  EXPECT_EQ(ended.code, 1) << ended.err;
  EXPECT_THAT(ended.err, HasSubstr("00000-circles-PRP/"));
  std::string state;
  for (const auto& file : filesBelow(folder.path()))
    if (file.find("training-state-") != std::string::npos) state = (folder.path() / file).string();
  ASSERT_FALSE(state.empty());
  const auto progress = nlohmann::json::parse(read(fs::path(state).parent_path() / "progress.json"));
  EXPECT_EQ(progress.at("state"), "failed");
  const Ended resumed = cli({"toy-train", "--resume", state, "--duration", "0.3"});
  EXPECT_EQ(resumed.code, 0) << resumed.err;
}

TEST(BadFiles, OwnPointsAndStartingPoints) {
  const TemporaryFolder folder;
  writeQueries(folder / "good.npz");
  const std::string good = read(folder / "good.npz");
  write(folder / "pickled.npz",
        withHeader(good, "'<f4', 'fortran_order': False, 'shape': (2, 2), }", "'|O', 'fortran_order': False, 'shape': (2, 2), }"));
  write(folder / "terabytes.npz", withHeader(good, "(2, 2), }", "(999999999999, 2), }"));
  write(folder / "truncated.npz", good.substr(0, good.size() / 2));
  write(folder / "foreign.npy", "not at all");
  write(folder / "text.txt", "1,2\n3,4\n");
  for (const char* name : {"pickled.npz", "terabytes.npz", "truncated.npz", "foreign.npy", "text.txt", "none.npz"}) {
    const Ended ended = cli({"toy-simulate", "discrete", "--data_name", "file", "--data_file", (folder / name).string(), "--save_dir",
                             (folder / "out").string()});
    EXPECT_TRUE(ended.code == 1 || ended.code == 2) << name << ended.code << ended.err;
    EXPECT_THAT(ended.err, HasSubstr(name));
    EXPECT_LT(ended.peakMegabytes, 1500) << name;
    EXPECT_FALSE(fs::exists(folder / "out"));
  }
  const Ended ended =
      cli({"toy-simulate", "discrete", "--initial", (folder / "foreign.npy").string(), "--save_dir", (folder / "out").string()});
  EXPECT_NE(ended.code, 0);
  EXPECT_THAT(ended.err, HasSubstr("foreign.npy"));
}

TEST(BadFiles, ResumeFromSomethingElse) {
  const auto refuse = [](const std::string& name, const std::string& bytes, const std::string& reason) {
    for (const char* way : {"--json", "-n"}) {
      const TemporaryFolder folder;
      write(folder / name, bytes);
      const Ended ended = cli({"toy-train", "--resume", (folder / name).string(), way}, {.folder = folder.path()});
      EXPECT_TRUE(ended.code == 1 || ended.code == 2) << ended.err;
      EXPECT_THAT(ended.err, HasSubstr((folder / name).string()));
      EXPECT_THAT(ended.err, HasSubstr(reason));
      EXPECT_EQ(filesBelow(folder.path()).size(), 1u);
    }
  };
  refuse("training-state-000001.safetensors", "no archive", "safetensors");
  refuse("training-state-000001.pt", "PK\x03\x04 of an earlier version", "not opened, since such files can run programs");
  const TemporaryFolder folder;
  const Ended longName = cli({"toy-train", "--resume", std::string(300, 'n')}, {.folder = folder.path()});
  EXPECT_NE(longName.code, 0);
  EXPECT_THAT(longName.err, ::testing::AllOf(HasSubstr("too long"), ::testing::Not(HasSubstr("filesystem error"))));
  const Ended missing = cli({"toy-train", "--resume", (folder / "nowhere.pt").string()}, {.folder = folder.path()});
  EXPECT_TRUE(missing.code == 1 || missing.code == 2) << missing.err;
  EXPECT_THAT(missing.err, HasSubstr("nowhere.pt"));
}

// Nesting that runs whoever walks it recursively out of stack.
TEST(BadFiles, NestedJson) {
  ASSERT_FALSE(network().empty());
  const TemporaryFolder folder;
  const std::string deep(58'000, '['), deepObject = [] {
    std::string text;
    for (int i = 0; i < 58'000; ++i) text += "{\"a\":";
    return text + "1" + std::string(58'000, '}');
  }();
  fs::create_directories(folder / "run");
  NpzWriter correlate((folder / "residuals.npz").string());
  correlate.addText("meta", deepObject);
  correlate.commit();
  for (const auto& text : {deep, deepObject}) {
    write(folder / "run/options.json", text);
    write(folder / "run/training-state-000001.safetensors", safetensors("{\"__metadata__\":" + text + "}", ""));
    write(folder / "net.safetensors", safetensors(R"({"__metadata__":{"inflaton":)" + nlohmann::json(text).dump() + "}}", ""));
    write(folder / "net.json", text);
    writeQueries(folder / "in.npz");
    for (const std::vector<std::string>& arguments :
         {std::vector<std::string>{"toy-train", "--resume", (folder / "run/training-state-000001.safetensors").string()},
          {"toy-mcmc", "--resume", (folder / "run").string()},
          {"import-network", (folder / "in.npz").string(), (folder / "net.json").string(), (folder / "out.safetensors").string()},
          {"evaluate", "--network", (folder / "net.safetensors").string(), "--input", (folder / "in.npz").string(), "--output",
           (folder / "out.npz").string()},
          {"toy-simulate", "net", "--network", (folder / "net.safetensors").string(), "--save_dir", (folder / "flow").string()},
          {"residuals", "correlate", "--res_root", (folder / "residuals.npz").string()}}) {
      const Ended ended = cli(arguments, {.folder = folder.path()});
      EXPECT_EQ(ended.signal, 0) << arguments[0];
      EXPECT_TRUE(ended.code == 1 || ended.code == 2) << arguments[0] << ": " << ended.code << " " << ended.err;
      EXPECT_THAT(ended.err, HasSubstr(folder.path().string())) << arguments[0];
      EXPECT_THAT(ended.err, ::testing::Not(HasSubstr("json.exception"))) << arguments[0];
    }
  }
}
