// What cannot be written is told before any work, and by a dry run.
#include <gmock/gmock.h>

#include "tests/cli/support.h"

using namespace inflaton::test;
using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

namespace {

/// Every command that writes, with the option that says where; its value follows.
struct Writes {
  std::vector<std::string> words;
  bool folder;  ///< the option names a folder, which is made
};

std::vector<Writes> writers(const TemporaryFolder& folder) {
  const std::string network = pretrained("circles-PRP");
  // The weights and the configuration that export-network leaves are what import-network takes.
  EXPECT_EQ(cli({"export-network", network, (folder / "w.npz").string(), (folder / "c.json").string()}).code, 0);
  return {{{"toy-train", "--outdir"}, true},
          {{"toy-train", "--nosubdir", "--outdir"}, true},
          {{"toy-simulate", "discrete", "--save_dir"}, true},
          {{"toy-coverage", "--network", network, "--save_dir"}, true},
          {{"toy-mcmc", "--network", network, "--outdir"}, true},
          {{"residuals", "extract", "--network", network, "--save_dir"}, true},
          {{"density", "net", "--network", network, "--output"}, false},
          {{"marginal-posterior", "--network", network, "--output"}, false},
          {{"sbc", "--network", network, "--output"}, false},
          {{"hmc-demo", "--network", network, "--output"}, false},
          {{"compare-solvers", "net", "--network", network, "--output"}, false},
          {{"evaluate", "--network", network, "--input", (folder / "w.npz").string(), "--output"}, false},
          {{"import-network", (folder / "w.npz").string(), (folder / "c.json").string()}, false},
          {{"export-network", network, (folder / "w.npz").string()}, false}};
}

/// Refused in words that hold these, before there is any progress, with and without -n.
void expectRefused(const std::vector<std::string>& words, const fs::path& where, const std::string& said) {
  for (const std::vector<std::string>& more : {std::vector<std::string>{}, {"-n"}}) {
    const Ended ended = cli(words + std::vector<std::string>{where.string(), "--json"} + more);
    EXPECT_EQ(ended.code, 1) << words[0] << " " << where << ended.err;
    const auto lines = jsonLines(ended.err);
    ASSERT_EQ(lines.size(), 1u) << words[0] << " was at work: " << ended.err;
    EXPECT_THAT(lines[0].value("message", ""), AllOf(HasSubstr("cannot write " + where.string()), HasSubstr(said))) << words[0];
    EXPECT_THAT(ended.out, IsEmpty());
  }
}

}  // namespace

TEST(Outputs, EveryCommandLooksBeforeItWorks) {
  const TemporaryFolder folder;
  write(folder / "file", "in the way");
  fs::create_directory(folder / "sub.npz");
  for (const Writes& w : writers(folder)) {
    SCOPED_TRACE(::testing::PrintToString(w.words));
    expectRefused(w.words, folder / "file/out.npz", "is not a folder");
    expectRefused(w.words, "/proc/out.npz", "writing there is not allowed");
    if (w.folder) continue;
    expectRefused(w.words, folder / "sub.npz", "it is a folder");
    expectRefused(w.words, folder / "missing/out.npz", "does not exist");
  }
  EXPECT_THAT(filesBelow(folder.path()), ::testing::UnorderedElementsAre("file", "w.npz", "c.json"));
}

TEST(Outputs, FoldersYetToBeMadeArePromisedOnly) {
  const TemporaryFolder folder;
  for (const std::vector<std::string>& words :
       {std::vector<std::string>{"toy-train", "--outdir"}, {"toy-simulate", "discrete", "--save_dir"}, {"toy-mcmc", "--outdir"}}) {
    const Ended ended = cli(words + std::vector<std::string>{(folder / "not/yet").string(), "-n"});
    EXPECT_EQ(ended.code, 0) << ended.err;
  }
  EXPECT_FALSE(fs::exists(folder / "not"));
}
