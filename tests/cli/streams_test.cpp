// Standard streams in any state: a result that cannot be written is a failure that is told, and no file is taken for a stream.
#include <gmock/gmock.h>

#include "core/io/npz.h"
#include "tests/cli/support.h"

using namespace inflaton;
using namespace inflaton::test;
using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

namespace {

const std::string kFlow = "inflaton-cli toy-simulate discrete --total_samples 20 --frames 3 --save_dir out";

}  // namespace

TEST(Streams, AFullDeviceIsTold) {
  const TemporaryFolder folder;
  for (const std::string& line :
       {std::string("inflaton-cli --version"), std::string("inflaton-cli --help"), std::string("inflaton-cli density --help"),
        std::string("inflaton-cli info"), std::string("inflaton-cli info --json"), std::string("inflaton-cli presets"),
        std::string("inflaton-cli completion bash"), std::string("inflaton-cli options-reference"), kFlow + " -n", kFlow,
        std::string("inflaton-cli density discrete --total_samples 20")}) {
    const Ended ended = shell(line + " >/dev/full", folder.path());
    EXPECT_EQ(ended.code, 1) << line;
    EXPECT_THAT(ended.err, HasSubstr("cannot write to standard output: No space left on device")) << line;
  }
  EXPECT_THAT(filesBelow(folder / "out"), Not(IsEmpty())) << "the files are there all the same";
}

TEST(Streams, ALostResultInJsonIsAFailureToo) {
  const TemporaryFolder folder;
  EXPECT_EQ(shell(kFlow + " --json 2>/dev/full", folder.path()).code, 1);
  EXPECT_EQ(shell(kFlow + " 2>/dev/full", folder.path()).code, 0) << "only progress is lost";
}

TEST(Streams, ClosedOnesTakeNoFile) {
  const TemporaryFolder folder;
  for (const char* closed : {"<&-", ">&-", "2>&-", "<&- >&- 2>&-"}) {
    const Ended ended = shell("rm -rf out; " + kFlow + " --json " + closed, folder.path());
    EXPECT_EQ(ended.code, 0) << closed << ended.err;
    EXPECT_THAT(NpzReader((folder / "out/circles_PRP_melt_results.npz").string()).shape("xs"), ::testing::ElementsAre(3, 20, 2)) << closed;
    EXPECT_TRUE(nlohmann::json::parse(read(folder / "out/circles_PRP_sim_params.json")).is_object()) << closed;
  }
}

TEST(Streams, SignalsStillArriveWithClosedOnes) {
  const TemporaryFolder folder;
  // The pipe for signals must be none of the streams: what is printed there would be taken for signals.
  const Ended ended = shell(
      "inflaton-cli toy-simulate discrete --total_samples 100000 --solver euler --save_dir out <&- >&- 2>&- & child=$!; sleep 1; "
      "kill -TERM $child; wait $child; echo ended $?",
      folder.path());
  EXPECT_THAT(ended.out, HasSubstr("ended 3"));
  EXPECT_THAT(filesBelow(folder.path()), IsEmpty());
}

TEST(Streams, NamesThatSteerATerminalAreSpeltOut) {
  const TemporaryFolder folder;
  const std::string name = "a\x1b[31m\nb.csv";
  write(folder / name, "1,2\n3,four\n5,6\n");
  for (const std::vector<std::string>& more : {std::vector<std::string>{}, {"-n"}}) {
    const Ended ended =
        cli(std::vector<std::string>{"toy-simulate", "discrete", "--data_name", "file", "--data_file", (folder / name).string()} + more);
    EXPECT_NE(ended.code, 0);
    EXPECT_THAT(ended.err, AllOf(HasSubstr("a\\u001b[31m\\u000ab.csv"), Not(HasSubstr("\x1b"))));
  }
}
