// Help, option reference and completion come from the tables: every field is in all of them.
#include <gmock/gmock.h>

#include <sstream>

#include "core/api/density.h"
#include "core/api/exchange.h"
#include "core/api/options.h"
#include "core/api/relevance.h"
#include "core/api/residuals.h"
#include "tests/cli/support.h"

using namespace inflaton;
using namespace inflaton::test;
using ::testing::Contains;
using ::testing::HasSubstr;
using ::testing::Not;

namespace {

std::vector<const ParameterTable*> tables() {
  return {&parameterTable<ToyTrainOptions>(),      &parameterTable<ToySimulateOptions>(),      &parameterTable<EvaluateOptions>(),
          &parameterTable<DensityOptions>(),       &parameterTable<ResidualsExtractOptions>(), &parameterTable<ResidualsCorrelateOptions>(),
          &parameterTable<ImportNetworkOptions>(), &parameterTable<ExportNetworkOptions>()};
}

// A command's words, then "--help".
std::vector<std::string> helpOf(const std::string& command) {
  std::istringstream in(command);
  std::vector<std::string> words;
  for (std::string word; in >> word;) words.push_back(word);
  return words + std::vector<std::string>{"--help"};
}

// Completes the last of `words` as bash would, given them split at its word breaks; the script lies in the folder.
std::vector<std::string> completed(const std::string& words, const fs::path& folder) {
  const Ended ended = shell("set -eu; source ./script; set +eu; COMP_WORDS=(inflaton-cli " + words +
                                "); COMP_CWORD=$((${#COMP_WORDS[@]} - 1)); _inflaton_cli; printf \"%s\\n\" \"${COMPREPLY[@]}\"",
                            folder);
  EXPECT_EQ(ended.code, 0) << ended.err;
  EXPECT_EQ(ended.err, "");
  std::vector<std::string> lines;
  std::istringstream in(ended.out);
  for (std::string line; std::getline(in, line);)
    if (!line.empty()) lines.push_back(line);
  return lines;
}

}  // namespace

TEST(Help, ListsEveryFieldWithItsRangeAndDefault) {
  for (const ParameterTable* table : tables()) {
    const Ended ended = cli(helpOf(table->command));
    ASSERT_EQ(ended.code, 0) << ended.err;
    std::string flat;  // wrapping undone
    for (char c : ended.out)
      if (c != '\n' && !(c == ' ' && !flat.empty() && flat.back() == ' '))
        flat += c;
      else if (c == '\n' && !flat.empty() && flat.back() != ' ')
        flat += ' ';
    EXPECT_THAT(flat, HasSubstr(table->summary));
    for (const Parameter& p : table->parameters) {
      EXPECT_THAT(flat, HasSubstr("--" + p.name + " "));
      EXPECT_THAT(flat, HasSubstr(p.help.substr(0, 25)));
      EXPECT_THAT(flat, HasSubstr(p.range()));
      EXPECT_THAT(flat, HasSubstr(relevanceText(*table, p)));
    }
    std::istringstream lines(ended.out);
    for (std::string line; std::getline(lines, line);) EXPECT_LE(line.size(), 110u) << line;
  }
}

TEST(Help, SaysWhatAnOptionIsFor) {
  const Ended help = cli({"toy-simulate", "--help"}), reference = cli({"options-reference"});
  EXPECT_THAT(help.out, HasSubstr("for solver dopri5]"));
  EXPECT_THAT(reference.out, HasSubstr("Own points only: give every column mean 0 and standard deviation 1. (for data_name file) |"));
}

TEST(Help, OverviewListsTheCommands) {
  for (const std::vector<std::string>& arguments : {std::vector<std::string>{"--help"}, {"-h"}}) {
    const Ended ended = cli(arguments);
    EXPECT_EQ(ended.code, 0);
    for (const char* name :
         {"toy-train", "toy-simulate", "evaluate", "residuals extract", "residuals correlate", "density", "info", "presets"})
      EXPECT_THAT(ended.out, HasSubstr(name));
    EXPECT_THAT(ended.out, Not(HasSubstr("options-reference")));
  }
  EXPECT_THAT(cli({"--version"}).out, ::testing::MatchesRegex("inflaton-cli [0-9]+\\.[0-9]+\\.[0-9]+\n"));
}

TEST(Help, OptionReferenceCoversAllFields) {
  const Ended ended = cli({"options-reference"});
  ASSERT_EQ(ended.code, 0) << ended.err;
  for (const ParameterTable* table : tables()) {
    const auto from = ended.out.find("\n## " + table->command + "\n");
    ASSERT_NE(from, std::string::npos);
    const std::string section = ended.out.substr(from, ended.out.find("\n## ", from + 4) - from);
    for (const Parameter& p : table->parameters) EXPECT_THAT(section, HasSubstr("| `--" + p.name + "` |"));
  }
}

TEST(Help, InfoTellsTheMachine) {
  const Ended ended = cli({"info", "--json"});
  ASSERT_EQ(ended.code, 0) << ended.err;
  const auto info = nlohmann::json::parse(ended.out);
  EXPECT_GE(info.at("threads").get<int>(), 1);
  EXPECT_THAT(info.at("devices").dump(), HasSubstr("cpu"));
  EXPECT_FALSE(info.at("torch").get<std::string>().empty());
  EXPECT_FALSE(info.at("blas").get<std::string>().empty());
  EXPECT_THAT(cli({"info"}).out, HasSubstr(info.at("torch").get<std::string>()));
}

TEST(Help, TheBlasCanBeLeftAsItIs) {
  ::setenv("INFLATON_KEEP_BLAS", "1", 1);
  const Ended ended = cli({"info"});
  ::unsetenv("INFLATON_KEEP_BLAS");
  ASSERT_EQ(ended.code, 0) << ended.err;
  EXPECT_THAT(ended.out, Not(HasSubstr("chosen by Inflaton")));
}

TEST(Help, PresetsAreListed) {
  const Ended ended = cli({"presets"});
  ASSERT_EQ(ended.code, 0) << ended.err;
  EXPECT_THAT(ended.out, HasSubstr("quick"));
  EXPECT_THAT(ended.out, HasSubstr("careful"));
  EXPECT_THAT(ended.out, HasSubstr("paper"));
  EXPECT_EQ(nlohmann::json::parse(cli({"presets", "--json"}).out).size(), 3u);
}

TEST(Completion, IsAcceptedByBash) {
  const TemporaryFolder folder;
  const Ended ended = shell("inflaton-cli completion bash > it && bash -n it", folder.path());
  EXPECT_EQ(ended.code, 0) << ended.err;
}

TEST(Completion, KnowsCommandsOptionsAndValues) {
  const TemporaryFolder folder;
  write(folder / "points.csv", "");
  write(folder / "script", cli({"completion", "bash"}).out);
  EXPECT_THAT(completed("toy-", folder.path()), ::testing::UnorderedElementsAre("toy-train", "toy-simulate", "toy-coverage", "toy-mcmc"));
  EXPECT_THAT(completed("toy-simulate ''", folder.path()), ::testing::UnorderedElementsAre("net", "discrete"));
  EXPECT_THAT(completed("toy-simulate discrete --da", folder.path()), Contains("--data_name"));
  EXPECT_THAT(completed("toy-simulate discrete --data-n", folder.path()), ::testing::ElementsAre("--data_name"));
  EXPECT_THAT(completed("toy-simulate discrete --data_name mo", folder.path()), ::testing::ElementsAre("moons"));
  EXPECT_THAT(completed("toy-simulate discrete --data-name = mo", folder.path()), ::testing::ElementsAre("moons"));
  EXPECT_THAT(completed("toy-train --data_file poi", folder.path()), ::testing::ElementsAre("points.csv"));
  EXPECT_THAT(completed("resi", folder.path()), ::testing::ElementsAre("residuals"));
  EXPECT_THAT(completed("residuals ''", folder.path()), ::testing::UnorderedElementsAre("extract", "correlate"));
  EXPECT_THAT(completed("residuals c", folder.path()), ::testing::ElementsAre("correlate"));
  EXPECT_THAT(completed("residuals extract --along ''", folder.path()), ::testing::UnorderedElementsAre("fresh", "trajectory"));
  EXPECT_THAT(completed("residuals extract --network = poi", folder.path()), ::testing::ElementsAre("points.csv"));
  for (const ParameterTable* table : tables())
    for (const Parameter& p : table->parameters)
      EXPECT_THAT(completed(table->command + " --" + p.name, folder.path()), Contains("--" + p.name));
}
