// Ctrl-C, SIGTERM and kill -9: nothing is lost that was reached, and training goes on from there.
#include <gmock/gmock.h>

#include <csignal>

#include "core/io/run_folder.h"
#include "tests/cli/support.h"

using namespace inflaton;
using namespace inflaton::test;
using ::testing::HasSubstr;

namespace {

std::vector<std::string> longTraining(const fs::path& outdir) {
  // A minute and more: it must be stopped.
  return tinyTraining(outdir) + std::vector<std::string>{"--duration", "50", "--snap", "10", "--validation_references", "0", "--json"};
}

fs::path runFolder(const fs::path& outdir) {
  for (const auto& entry : fs::directory_iterator(outdir)) return entry.path();
  return {};
}

fs::path newest(const fs::path& folder, const std::string& begin) {
  fs::path best;
  for (const auto& entry : fs::directory_iterator(folder)) {
    const std::string name = entry.path().filename().string();
    if (name.rfind(begin, 0) == 0 && name > best.filename().string()) best = entry.path();
  }
  return best;
}

bool hasSnapshot(const fs::path& outdir) {
  if (!fs::exists(outdir)) return false;
  for (const auto& file : filesBelow(outdir))
    if (file.find("training-state-") != std::string::npos && file.ends_with(".safetensors")) return true;
  return false;
}

void expectStopsAndKeeps(int signal) {
  const TemporaryFolder folder;
  Process training(longTraining(folder.path()));
  ASSERT_TRUE(training.waitUntil([&] { return training.err().find("\"stage\":\"training\"") != std::string::npos; })) << training.err();
  training.signal(signal);
  const Ended ended = training.wait(std::chrono::seconds(20));
  EXPECT_EQ(ended.code, 3) << ended.err;
  const auto last = jsonLines(ended.err).back();
  EXPECT_EQ(last.at("state"), "cancelled");
  const std::string state = last.at("training_state");
  EXPECT_TRUE(fs::exists(state)) << state;
  EXPECT_TRUE(fs::exists(last.at("network").get<std::string>()));
  EXPECT_THAT(last.at("hint").get<std::string>(), HasSubstr("--resume " + state));
}

}  // namespace

TEST(Signals, CtrlCStopsATrainingAndKeepsIt) { expectStopsAndKeeps(SIGINT); }
TEST(Signals, TerminateDoesTheSame) { expectStopsAndKeeps(SIGTERM); }

TEST(Signals, TheTableOfAMapIsLeftAtOnce) {
  for (const int signal : {SIGINT, SIGTERM}) {
    const TemporaryFolder folder;
    Process chains({"toy-mcmc", "--network", pretrained("circles-PRP"), "--table_tolerance", "1e-6", "--outdir", (folder / "runs").string(),
                    "--json"});
    ASSERT_TRUE(chains.waitUntil([&] { return chains.err().find("table of the map") != std::string::npos; })) << chains.err();
    const auto before = jsonLines(chains.err().substr(0, chains.err().rfind('\n') + 1)).size();
    chains.signal(signal);
    const Ended ended = chains.wait(std::chrono::seconds(20));
    EXPECT_EQ(ended.code, 3) << ended.err;
    const auto lines = jsonLines(ended.err);
    EXPECT_EQ(lines.back().at("state"), "cancelled");
    std::size_t batches = 0;
    for (std::size_t i = before; i < lines.size(); ++i) batches += lines[i].value("stage", "") == "table of the map";
    EXPECT_LE(batches, 2u) << "batches of the table since the signal";
    EXPECT_FALSE(fs::exists(folder / "runs"));
  }
}

TEST(Signals, TheHintIsACommandWhateverTheFolderIsCalled) {
  const TemporaryFolder folder;
  Process training(longTraining(folder / "my run's"));
  ASSERT_TRUE(training.waitUntil([&] { return training.err().find("\"stage\":\"training\"") != std::string::npos; })) << training.err();
  training.signal(SIGINT);
  const Ended ended = training.wait(std::chrono::seconds(20));
  const std::string hint = jsonLines(ended.err).back().at("hint"), begin = "go on with: ";
  ASSERT_EQ(hint.rfind(begin, 0), 0u) << hint;
  const Ended resumed = shell(hint.substr(begin.size()) + " --duration 0.02 -n", folder.path());
  ASSERT_EQ(resumed.code, 0) << hint << resumed.err;
  EXPECT_THAT(nlohmann::json::parse(resumed.out).at("would_write").at(0).get<std::string>(), HasSubstr("my run's/00000-circles-PRP/"));
}

TEST(Signals, SecondCtrlCCancelsATraining) {
  const TemporaryFolder folder;
  Process training(longTraining(folder.path()));
  ASSERT_TRUE(training.waitUntil([&] { return hasSnapshot(folder.path()); })) << training.err();
  training.signal(SIGINT);
  training.signal(SIGINT);
  const Ended ended = training.wait(std::chrono::seconds(10));
  EXPECT_EQ(ended.code, 3) << ended.err;
  EXPECT_NE(readRunState(runFolder(folder.path()).string()), JobState::running);
}

TEST(Signals, CtrlCCancelsASimulationAndLeavesNoHalfFiles) {
  const TemporaryFolder folder;
  Process simulation(
      {"toy-simulate", "discrete", "--total_samples", "20000", "--solver", "euler", "--save_dir", folder.path().string(), "--json"});
  ASSERT_TRUE(simulation.waitUntil([&] { return simulation.err().find("\"stage\"") != std::string::npos; })) << simulation.err();
  simulation.signal(SIGINT);
  const Ended ended = simulation.wait(std::chrono::seconds(10));
  EXPECT_EQ(ended.code, 3) << ended.err;
  EXPECT_EQ(jsonLines(ended.err).back().at("state"), "cancelled");
  EXPECT_THAT(filesBelow(folder.path()), ::testing::IsEmpty());
}

TEST(Signals, KilledTrainingIsReadableAndGoesOn) {
  const TemporaryFolder folder;
  Process training(longTraining(folder.path()));
  ASSERT_TRUE(training.waitUntil([&] { return hasSnapshot(folder.path()); })) << training.err();
  training.signal(SIGKILL);
  EXPECT_EQ(training.wait().signal, SIGKILL);

  const fs::path run = runFolder(folder.path());
  EXPECT_EQ(readRunState(run.string()), JobState::lost);
  EXPECT_TRUE(nlohmann::json::parse(read(run / "options.json")).is_object());
  for (const auto& line : readStats(run.string())) EXPECT_TRUE(line.is_object());
  const fs::path state = newest(run, "training-state-");
  ASSERT_FALSE(state.empty());

  // The run's own options stand behind; a longer or shorter duration may be given.
  const auto before = static_cast<double>(readStats(run.string()).size());
  const double reached = std::stod(state.stem().string().substr(std::string("training-state-").size())) / 1000;  // kimg
  const Ended resumed = cli({"toy-train", "--resume", state.string(), "--duration", std::to_string(reached + 0.1), "--json"});
  ASSERT_EQ(resumed.code, 0) << resumed.err;
  const auto last = jsonLines(resumed.err).back();
  EXPECT_EQ(last.at("state"), "finished");
  EXPECT_GT(last.at("steps").get<double>(), reached * 1e6 / 256);
  const auto options = nlohmann::json::parse(read(fs::path(last.at("run_folder").get<std::string>()) / "options.json")).at("options");
  EXPECT_EQ(options.at("width"), 16) << "resuming takes the run's own options";
  EXPECT_GE(before, 0);
}

TEST(Signals, OfTwoResumesOfOneFolderOneIsRefused) {
  const TemporaryFolder folder;
  ASSERT_FALSE(trainTiny(folder.path(), {"--validation_references", "0"}).empty());
  const fs::path run = runFolder(folder.path()), state = newest(run, "training-state-");
  ASSERT_FALSE(state.empty());
  const std::vector<std::string> resume{"toy-train", "--resume", state.string(), "--duration", "50"};
  Process one(resume), two(resume);
  const auto refused = [](const Process& p) {
    return p.err().find("program that still runs") != std::string::npos || p.err().find("is still running") != std::string::npos;
  };
  ASSERT_TRUE(one.waitUntil([&] { return refused(one) || refused(two); })) << one.err() << two.err();
  Process& first = refused(one) ? two : one;
  Process& second = refused(one) ? one : two;
  EXPECT_EQ(second.wait().code, 1);
  EXPECT_THAT(second.err(), HasSubstr(run.string()));
  ASSERT_TRUE(first.waitUntil([&] { return readRunState(run.string()) == JobState::running; })) << first.err();
  first.signal(SIGTERM);
  EXPECT_EQ(first.wait(std::chrono::seconds(20)).code, 3) << first.err();
}

TEST(Signals, RunFolderIsReadableWheneverItIsKilled) {
  for (int milliseconds : {650, 800, 1000, 1400}) {
    const TemporaryFolder folder;
    Process training(longTraining(folder.path()) + std::vector<std::string>{"--snap", "5", "--dump", "5", "--tick", "1"});
    training.waitUntil([] { return false; }, std::chrono::milliseconds(milliseconds));
    training.signal(SIGKILL);
    training.wait();
    for (const auto& name : filesBelow(folder.path())) {
      const fs::path file = folder.path() / name;
      if (file.extension() == ".json") {
        EXPECT_FALSE(nlohmann::json::parse(read(file), nullptr, false).is_discarded()) << name;
      }
      if (file.extension() == ".safetensors" && file.filename().string().starts_with("network-")) {
        const Ended ended = cli({"toy-simulate", "net", "--network", file.string(), "--total_samples", "5", "--frames", "2", "--save_dir",
                                 (folder / "flow").string()});
        EXPECT_EQ(ended.code, 0) << name << ": " << ended.err;
        break;
      }
    }
  }
}
