// compare-solvers: the table, the file, refusals that name field and value.
#include <gmock/gmock.h>

#include <map>
#include <sstream>

#include "tests/cli/support.h"

using namespace inflaton;
using namespace inflaton::test;
using ::testing::HasSubstr;

TEST(CompareSolvers, TellsErrorsThatFallWithTheBudgetAndWritesThem) {
  const TemporaryFolder folder;
  const std::string file = (folder / "work.csv").string();
  const Ended ended =
      cli({"compare-solvers", "discrete", "--total_samples", "120", "--solvers", "adams,euler", "--budgets", "16,64", "--output", file});
  ASSERT_EQ(ended.code, 0) << ended.err;
  EXPECT_THAT(ended.out + ended.err, HasSubstr("adams"));
  std::istringstream rows(read(file));
  std::string row;
  std::getline(rows, row);
  EXPECT_EQ(row, "solver,evaluations,error");
  std::map<std::string, std::vector<double>> errors;
  while (std::getline(rows, row)) {
    const auto first = row.find(','), second = row.find(',', first + 1);
    EXPECT_LE(std::stoi(row.substr(first + 1)), 64) << row;
    errors[row.substr(0, first)].push_back(std::stod(row.substr(second + 1)));
  }
  ASSERT_EQ(errors.size(), 2u);
  for (const auto& [solver, e] : errors) {
    ASSERT_EQ(e.size(), 2u) << solver;
    EXPECT_LT(e[1], e[0]) << solver;
  }
  EXPECT_LT(errors["adams"][1], 0.1 * errors["euler"][1]);
}

TEST(CompareSolvers, RefusesWhatCannotBe) {
  const std::pair<std::vector<std::string>, std::string> wrong[] = {{{"--budgets", "12,x"}, "budgets holds \"x\""},
                                                                    {{"--solvers", "magic"}, "solvers holds \"magic\""},
                                                                    {{"--output", "table.txt"}, "output is table.txt"},
                                                                    {{"--direction", "sideways"}, "direction"}};
  for (const auto& [options, message] : wrong) {
    std::vector<std::string> line{"compare-solvers", "discrete", "--total_samples", "50"};
    line.insert(line.end(), options.begin(), options.end());
    const Ended ended = cli(line);
    EXPECT_EQ(ended.code, 2) << message;
    EXPECT_THAT(ended.err, HasSubstr(message));
  }
}
