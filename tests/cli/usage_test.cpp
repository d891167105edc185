// What is typed wrongly is answered with the field, the value and what is allowed, and exit code 2; nothing is written.
#include <gmock/gmock.h>

#include <cctype>

#include "tests/cli/support.h"

using namespace inflaton::test;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

namespace {

struct Wrong {
  std::vector<std::string> arguments;
  std::vector<std::string> said;
};

class WrongUsage : public ::testing::TestWithParam<Wrong> {};

// Names of tests may hold letters, digits and '_' only.
std::string named(const ::testing::TestParamInfo<Wrong>& info) {
  std::string name = std::to_string(info.index);
  for (const std::string& a : info.param.arguments) name += "_" + a;
  for (char& c : name) c = std::isalnum(static_cast<unsigned char>(c)) ? c : '_';
  return name;
}

std::vector<std::string> discrete(const std::vector<std::string>& more) {
  return std::vector<std::string>{"toy-simulate", "discrete"} + more;
}

}  // namespace

TEST_P(WrongUsage, IsToldAndDoesNothing) {
  const TemporaryFolder folder;
  const Ended ended = cli(GetParam().arguments, {.folder = folder.path()});
  EXPECT_EQ(ended.code, 2) << ended.err;
  EXPECT_THAT(ended.err, ::testing::StartsWith("inflaton-cli: error: "));
  for (const std::string& text : GetParam().said) EXPECT_THAT(ended.err, HasSubstr(text));
  EXPECT_THAT(ended.out, IsEmpty());
  EXPECT_THAT(filesBelow(folder.path()), IsEmpty());
}

INSTANTIATE_TEST_SUITE_P(
    Lines, WrongUsage,
    ::testing::Values(
        Wrong{discrete({"--data_name", "spiral"}), {"data_name", "spiral", "circles", "alt_swirl"}},
        Wrong{discrete({"--dims_to_keep", "3"}), {"dims_to_keep", "3", "1 to 2", "circles"}},
        Wrong{discrete({"--data_name", "s_curve", "--dims_to_keep", "4"}), {"dims_to_keep", "4", "1 to 3"}},
        Wrong{discrete({"--data_dim", "5"}), {"data_dim", "5", "circles has 2"}},
        Wrong{discrete({"--dims_to_keep", "1", "--g_type", "gentle"}), {"g_type", "gentle", "orig", "constant_inflation_gap"}},
        Wrong{discrete({"--rho", "-1"}), {"rho", "-1", "20"}}, Wrong{discrete({"--rho=-1"}), {"rho", "-1"}},
        Wrong{discrete({"--tmax", "0"}), {"tmax", "0 < tmax <= 30"}}, Wrong{discrete({"--tmax", "nan"}), {"tmax", "nan"}},
        Wrong{discrete({"--tmax", "seven"}), {"tmax", "seven", "not a number"}}, Wrong{discrete({"--gamma0", "0"}), {"gamma0", "0"}},
        Wrong{discrete({"--h", "0", "--solver", "euler"}), {"h is 0", "0 < h"}},
        Wrong{discrete({"--h=-0.1", "--solver", "euler"}), {"h is -0.1"}}, Wrong{discrete({"--tolerance", "0"}), {"tolerance"}},
        Wrong{discrete({"--total_samples", "1"}), {"total_samples", "1"}},
        Wrong{discrete({"--total_samples", "1.5"}), {"total_samples", "1.5", "not an integer"}},
        Wrong{discrete({"--solver", "magic"}), {"solver", "magic", "dopri5"}}, Wrong{discrete({"--save_freq", "0"}), {"save_freq", "0"}},
        Wrong{discrete({"--device", "cuda:7"}), {"device", "cuda:7", "cpu"}},
        Wrong{discrete({"--device", "abacus"}), {"device", "abacus", "cpu"}},
        Wrong{discrete({"--data_name", "file"}), {"data_file", "empty"}},
        Wrong{{"toy-simulate", "exact"}, {"source", "exact", "net", "discrete"}}, Wrong{{"toy-simulate", "net"}, {"network", "empty"}},
        Wrong{{"toy-train", "--batch", "0"}, {"batch", "0"}}, Wrong{{"toy-train", "--duration", "0"}, {"duration", "0"}},
        Wrong{{"toy-train", "--lr", "0"}, {"lr", "0"}}, Wrong{{"toy-train", "--tick", "0"}, {"tick", "0"}},
        Wrong{{"toy-train", "--data_name", "spiral"}, {"data_name", "spiral"}},
        Wrong{{"evaluate", "--input", "a.npz"}, {"network", "empty"}},
        Wrong{discrete({"--total_sample", "5"}), {"no option --total_sample", "--total_samples"}},
        Wrong{discrete({"--dataname=moons"}), {"no option --dataname", "--data_name"}},
        Wrong{discrete({"--seed"}), {"--seed needs a value"}}, Wrong{discrete({"extra"}), {"extra"}},
        Wrong{{"residuals"}, {"residuals needs a second word", "extract, correlate"}},
        Wrong{{"residuals", "--network", "a"}, {"residuals needs a second word"}},
        Wrong{{"residuals", "extrat"}, {"residuals extrat", "residuals extract"}},
        Wrong{{"residuals-extract"}, {"residuals-extract", "residuals extract"}}, Wrong{{"residuals", "extract"}, {"network", "empty"}},
        Wrong{{"residuals", "extract", "--alon", "fresh"}, {"inflaton-cli residuals extract has no option --alon", "--along"}},
        Wrong{{"residuals", "correlate"}, {"res_root", "empty"}}, Wrong{{"density", "net"}, {"network", "empty"}},
        Wrong{{"density", "discrete", "--grid", "1"}, {"grid is 1", "2 to 2000"}},
        Wrong{{"density", "discrete", "--data_name", "swirl", "--grid", "9"}, {"grid is 9", "3 dimensions"}},
        Wrong{{"density", "discrete", "--schedule", "paper"}, {"t is 0", "t > 0"}},
        Wrong{{"density", "discrete", "--t", "7.5"}, {"t is 7.5", "7.01"}}, Wrong{{"toy-trian"}, {"toy-trian", "toy-train"}},
        Wrong{{"toy-train", "--resume", ""}, {"resume is empty", "leave --resume out"}},
        Wrong{{"toy-train", "--resume="}, {"resume is empty"}}, Wrong{{"toy-mcmc", "--resume", "", "-n"}, {"resume is empty"}},
        Wrong{{"info", "--dry-run"}, {"dry"}}, Wrong{{}, {"which command"}}),
    named);

TEST(Usage, DashesAndUnderscoresAreAlike) {
  const Ended a = cli({"toy-simulate", "discrete", "--data-name", "moons", "--dims-to-keep=1", "--total-samples", "7", "--dry-run"});
  const Ended b = cli({"toy-simulate", "discrete", "--data_name=moons", "--dims_to_keep", "1", "--total_samples=7", "--dry_run"});
  ASSERT_EQ(a.code, 0) << a.err;
  EXPECT_EQ(a.out, b.out);
}

TEST(Usage, ValuesMayBeginWithADashAndTheLastOneWins) {
  const Ended ended = cli({"toy-train", "--desc", "-x-", "--seed", "1", "--seed", "2", "--lr_cosine", "false", "-n"});
  ASSERT_EQ(ended.code, 0) << ended.err;
  const auto options = nlohmann::json::parse(ended.out).at("options");
  EXPECT_EQ(options.at("desc"), "-x-");
  EXPECT_EQ(options.at("seed"), 2);
  EXPECT_EQ(options.at("lr_cosine"), false);
  const Ended other = cli({"toy-train", "--no-lr-cosine", "-n"});
  ASSERT_EQ(other.code, 0) << other.err;
  EXPECT_EQ(nlohmann::json::parse(other.out).at("options").at("lr_cosine"), false);
}

TEST(Usage, ErrorsAreJsonToo) {
  const Ended ended = cli({"toy-simulate", "discrete", "--rho", "-1", "--json"});
  EXPECT_EQ(ended.code, 2);
  const auto lines = jsonLines(ended.err);
  ASSERT_EQ(lines.size(), 1u);
  EXPECT_EQ(lines[0].at("state"), "failed");
  EXPECT_EQ(lines[0].at("code"), 2);
  EXPECT_THAT(lines[0].at("message").get<std::string>(), HasSubstr("rho"));
}
