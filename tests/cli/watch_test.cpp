// A training in a terminal, as the window sees it: there while it runs, lost once it is killed, with the command that goes on with it.
#include <gmock/gmock.h>

#include <csignal>

#include "core/api/runs.h"
#include "tests/cli/support.h"

using namespace inflaton;
using namespace inflaton::test;
using ::testing::HasSubstr;

TEST(RunWatch, SeesATrainingInATerminalAndItsLoss) {
  const TemporaryFolder folder;
  RunWatch watch(folder.path().string());
  Process training(tinyTraining(folder.path()) +
                   std::vector<std::string>{"--duration", "50", "--snap", "10", "--validation_references", "0", "--json"});
  std::vector<RunSighting> seen;
  ASSERT_TRUE(training.waitUntil([&] {
    seen = watch.look();
    if (seen.size() != 1 || seen[0].progress.step <= 0) return false;
    for (const auto& file : filesBelow(folder.path()))
      if (file.find("training-state-") != std::string::npos && file.ends_with(".safetensors")) return true;
    return false;
  })) << training.err();
  EXPECT_EQ(seen[0].state, JobState::running);
  EXPECT_TRUE(seen[0].foreign());
  EXPECT_EQ(seen[0].progress.stage, "training");
  EXPECT_GT(seen[0].progress.total, 0);

  training.signal(SIGKILL);
  training.wait();
  seen = watch.look();
  ASSERT_EQ(seen.size(), 1u);
  EXPECT_EQ(seen[0].state, JobState::lost);
  EXPECT_THAT(seen[0].command, HasSubstr("inflaton-cli toy-train --resume "));
}
