// Run folders as somebody else sees them: written here, written by another process, killed, ended.
#include <gmock/gmock.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

#include "core/api/runs.h"
#include "core/io/run_folder.h"
#include "tests/core/io/io_testing.h"

using namespace inflaton;
using namespace inflaton::testing;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
namespace fs = std::filesystem;

namespace {

/// Another process that writes a run until it is told how to end. All it does is between fork and _exit.
class Writer {
 public:
  Writer(const std::string& parent, const std::string& name) {
    int ready[2], order[2];
    if (::pipe(ready) != 0 || ::pipe(order) != 0) throw std::runtime_error("no pipe");
    pid_ = ::fork();
    if (pid_ == 0) {
      {
        auto run = RunFolder::create(parent, name);
        run.progress("training", 3, 10, 70, "loss 0.9");
        run.beat();
        char c = 'r';
        if (::write(ready[1], &c, 1) != 1 || ::read(order[0], &c, 1) != 1) ::_exit(1);
        run.finish("done");
      }
      ::_exit(0);
    }
    order_ = order[1];
    char c = 0;
    EXPECT_EQ(::read(ready[0], &c, 1), 1);
  }
  ~Writer() { kill(); }
  void finish() {
    EXPECT_EQ(::write(order_, "f", 1), 1);
    wait();
  }
  void kill() {
    if (pid_ <= 0) return;
    ::kill(pid_, SIGKILL);
    wait();
  }

 private:
  void wait() {
    int status = 0;
    ::waitpid(pid_, &status, 0);
    pid_ = 0;
  }
  pid_t pid_ = 0;
  int order_ = -1;
};

std::vector<JobState> statesOf(const std::vector<RunSighting>& seen) {
  std::vector<JobState> states;
  for (const auto& s : seen) states.push_back(s.state);
  return states;
}

}  // namespace

TEST(RunWatch, TellsOwnForeignLostAndEnded) {
  TempFolder parent;
  RunWatch watch(parent.path());
  EXPECT_THAT(watch.look(), IsEmpty());
  Writer dies(parent.path(), "dies");
  Writer ends(parent.path(), "ends");
  auto own = RunFolder::create(parent.path(), "own");
  auto seen = watch.look();
  ASSERT_THAT(statesOf(seen), ElementsAre(JobState::running, JobState::running, JobState::running)) << "newest first";
  EXPECT_EQ(seen[0].folder, own.path());
  EXPECT_TRUE(seen[0].own);
  EXPECT_FALSE(seen[0].foreign());
  EXPECT_TRUE(seen[1].foreign());
  EXPECT_TRUE(seen[2].foreign());
  EXPECT_EQ(seen[2].progress.step, 3);
  EXPECT_EQ(seen[2].progress.etaSeconds, 70);
  EXPECT_EQ(seen[2].progress.message, "loss 0.9");

  dies.kill();
  ends.finish();
  own.finish();
  seen = watch.look();
  ASSERT_THAT(statesOf(seen), ElementsAre(JobState::finished, JobState::finished, JobState::lost));
  EXPECT_FALSE(seen[2].foreign());
  EXPECT_EQ(seen[2].progress.step, 3) << "how far it came";
}

// Two containers may give one number to two processes, and have one name.
TEST(RunWatch, AnotherContainersProcessOfTheSameNumberIsForeign) {
  TempFolder parent;
  Writer other(parent.path(), "a");
  const auto path = parent.path() + "/00000-a/progress.json";
  auto progress = nlohmann::json::parse(bytesOf(path));
  progress["pid"] = ::getpid();
  parent.write("00000-a/progress.json", progress.dump());
  RunWatch watch(parent.path());
  const auto seen = watch.look();
  ASSERT_EQ(seen.size(), 1u);
  EXPECT_EQ(seen[0].state, JobState::running);
  EXPECT_TRUE(seen[0].foreign());
}

TEST(RunWatch, SaysHowToGoOnWithALostRun) {
  TempFolder parent;
  RunWatch watch(parent.path());
  Writer training(parent.path(), "a"), chains(parent.path(), "b"), nothing(parent.path(), "c");
  for (const char* name : {"training-state-000512.safetensors", "training-state-001024.safetensors", "training-state-002048.pt",
                           "network-snapshot-001024.safetensors"})
    std::ofstream(parent.path() + "/00000-a/" + name) << "x";
  std::ofstream(parent.path() + "/00001-b/checkpoint.npz") << "x";
  training.kill(), chains.kill(), nothing.kill();
  const auto seen = watch.look();
  ASSERT_EQ(seen.size(), 3u);
  EXPECT_EQ(seen[0].command, "");
  EXPECT_THAT(seen[1].command, HasSubstr("inflaton-cli toy-mcmc --resume "));
  EXPECT_THAT(seen[1].command, HasSubstr("/00001-b"));
  EXPECT_THAT(seen[2].command, HasSubstr("inflaton-cli toy-train --resume "));
  EXPECT_THAT(seen[2].command, HasSubstr("/00000-a/training-state-001024.safetensors"));
}

TEST(RunWatch, ReadsOnlyWhatChanged) {
  TempFolder parent;
  for (int i = 0; i < 50; ++i) RunFolder::create(parent.path(), "ended").finish();
  auto own = RunFolder::create(parent.path(), "own");
  RunWatch watch(parent.path());
  EXPECT_EQ(watch.look().size(), 51u);
  EXPECT_EQ(watch.filesRead(), 51u);
  EXPECT_EQ(watch.look().size(), 51u);
  EXPECT_EQ(watch.filesRead(), 51u);
  own.progress("training", 4, 10);
  own.beat();
  EXPECT_EQ(watch.look()[0].progress.step, 4);
  EXPECT_EQ(watch.filesRead(), 52u);
  fs::remove_all(parent.path() + "/00007-ended");
  EXPECT_EQ(watch.look().size(), 50u);
}

TEST(RunWatch, IsBoundedAndTakesTheNewest) {
  TempFolder parent;
  std::string text;
  {
    auto run = RunFolder::create(parent.path(), "a");
    run.finish();
    text = bytesOf(run.file("progress.json"));
  }
  fs::remove_all(parent.path() + "/00000-a");
  for (int i = 0; i < 1200; ++i) {
    char name[32];
    std::snprintf(name, sizeof name, "%05d-a", i);
    fs::create_directory(parent.path() + "/" + name);
    std::ofstream(parent.path() + "/" + name + "/progress.json") << text;
  }
  RunWatch watch(parent.path());
  const auto seen = watch.look();
  ASSERT_EQ(seen.size(), RunWatch::kMost);
  EXPECT_EQ(watch.filesRead(), RunWatch::kMost);
  EXPECT_THAT(seen.front().folder, HasSubstr("01199-a"));
}

TEST(RunWatch, WhatIsNoRunIsLeftOut) {
  TempFolder parent;
  fs::create_directory(parent.path() + "/00000-empty");
  fs::create_directory(parent.path() + "/notes");
  parent.write("notes/progress.json", "{}");
  fs::create_directory(parent.path() + "/00001-damaged");
  parent.write("00001-damaged/progress.json", "{\"state\": \"run");
  fs::create_directories(parent.path() + "/00002-odd/progress.json");
  EXPECT_THAT(RunWatch(parent.path()).look(), IsEmpty());
  EXPECT_THAT(RunWatch(parent.path() + "/nowhere").look(), IsEmpty());
}
