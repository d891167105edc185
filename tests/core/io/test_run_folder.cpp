#include <signal.h>

#include <chrono>
#include <cmath>
#include <set>
#include <thread>

#include "core/io/life_lock.h"
#include "core/io/run_folder.h"
#include "tests/core/io/io_testing.h"

using namespace inflaton;
using namespace inflaton::testing;
using nlohmann::json;
using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::MatchesRegex;
namespace fs = std::filesystem;

namespace {
json jsonOf(const std::string& path) { return json::parse(bytesOf(path)); }
bool eventually(const std::function<bool()>& condition) {
  for (int i = 0; i < 200; ++i, std::this_thread::sleep_for(std::chrono::milliseconds(25)))
    if (condition()) return true;
  return false;
}
}  // namespace

TEST(RunFolder, NumbersGoOnAndDescriptionsAreMadeSafe) {
  TempFolder parent;
  EXPECT_THAT(RunFolder::create(parent.path() + "/new/runs", "circles-PRP").path(), EndsWith("new/runs/00000-circles-PRP"));
  EXPECT_THAT(RunFolder::create(parent.path() + "/new/runs", "circles-PRP").path(), EndsWith("/00001-circles-PRP"));
  fs::create_directory(parent.path() + "/new/runs/00041-by-hand");
  fs::create_directory(parent.path() + "/new/runs/99-notes");
  EXPECT_THAT(RunFolder::create(parent.path() + "/new/runs", "../a b/c\n").path(), EndsWith("/00042-..-a-b-c-"));
  EXPECT_THAT(RunFolder::create(parent.path() + "/new/runs", "").path(), EndsWith("/00043-run"));
  EXPECT_LT(RunFolder::create(parent.path() + "/new/runs", std::string(500, 'x')).path().size(), parent.path().size() + 130);
}

TEST(RunFolder, CannotBeMade) {
  TempFolder parent;
  parent.write("file", "x");
  EXPECT_THAT(errorOf([&] { RunFolder::create(parent.file("file/runs"), "a"); }), HasSubstr("cannot write " + parent.file("file/runs")));
  EXPECT_THAT(errorOf([] { RunFolder::create("/proc/runs", "a"); }), HasSubstr("cannot write /proc/runs"));
  EXPECT_THAT(errorOf([&] { RunFolder::open(parent.file("none")); }), HasSubstr("is not a run folder"));
}

TEST(RunFolder, ManyAtOnceGetDistinctNumbers) {
  TempFolder parent;
  std::vector<std::jthread> threads;
  for (int i = 0; i < 8; ++i)
    threads.emplace_back([&, i] {
      for (int k = 0; k < 3; ++k) RunFolder::create(parent.path(), "run-" + std::to_string(i));
    });
  threads.clear();
  std::set<std::string> numbers;
  for (const auto& entry : fs::directory_iterator(parent.path())) numbers.insert(entry.path().filename().string().substr(0, 5));
  EXPECT_EQ(numbers.size(), 24u);
  EXPECT_EQ(*numbers.begin(), "00000");
  EXPECT_EQ(*numbers.rbegin(), "00023");
}

TEST(RunFolder, OptionsLogAndStats) {
  TempFolder parent;
  auto run = RunFolder::create(parent.path(), "a");
  run.writeOptions({{{"data_name", "circles"}, {"lr", 2e-3}}, 7, "0.1.0", "cpu", "inflaton-cli toy-train --seed 7"});
  run.writeOptions({{{"x", 1}}, 8, "0.1.0", "cpu", ""}, "training_options.json");
  const json o = jsonOf(run.file("options.json"));
  EXPECT_EQ(o["options"]["data_name"], "circles");
  EXPECT_EQ(o["seed"], 7);
  EXPECT_EQ(o["version"], "0.1.0");
  EXPECT_EQ(o["device"], "cpu");
  EXPECT_EQ(o["command"], "inflaton-cli toy-train --seed 7");
  EXPECT_EQ(jsonOf(run.file("training_options.json"))["seed"], 8);
  run.log("hello");
  run.log("not UTF-8: \xFF");
  EXPECT_THAT(bytesOf(run.file("log.txt")), HasSubstr("Z  hello\n"));
  run.stat({{"step", 1}, {"loss", 0.5}});
  run.stat({{"step", 2}, {"loss", NAN}, {"note", "\xFF"}});
  const auto stats = readStats(run.path());
  ASSERT_EQ(stats.size(), 2u);
  EXPECT_EQ(stats[0]["loss"], 0.5);
  EXPECT_TRUE(stats[1]["loss"].is_null());
}

TEST(RunFolder, ProgressAppearsWithoutWaitingForTheDisk) {
  TempFolder parent;
  auto run = RunFolder::create(parent.path(), "a");
  EXPECT_EQ(readRunState(run.path()), JobState::running);
  const auto start = std::chrono::steady_clock::now();
  for (int i = 1; i <= 10'000; ++i) run.progress("training", i, 10'000, 12.5, "loss 0.9");
  EXPECT_LT(std::chrono::steady_clock::now() - start, std::chrono::seconds(2));
  EXPECT_TRUE(eventually([&] { return readRunStatus(run.path()).progress.step == 10'000; }));
  const auto s = readRunStatus(run.path());
  EXPECT_EQ(s.state, JobState::running);
  EXPECT_EQ(s.progress.stage, "training");
  EXPECT_EQ(s.progress.total, 10'000);
  EXPECT_EQ(s.progress.etaSeconds, 12.5);
  EXPECT_EQ(s.progress.message, "loss 0.9");
  EXPECT_EQ(s.pid, ::getpid());
  EXPECT_THAT(s.updated, MatchesRegex("[0-9]+-[0-9]+-[0-9]+T[0-9]+:[0-9]+:[0-9]+.[0-9]+Z"));
  EXPECT_GT(fromIsoTime(s.nextBeatBy), fromIsoTime(s.updated) + 5);
}

TEST(RunFolder, EveryEndingIsKept) {
  TempFolder parent;
  const auto ended = [&](const std::function<void(RunFolder&)>& end) {
    std::string path;
    {
      auto run = RunFolder::create(parent.path(), "a");
      path = run.path();
      run.progress("training", 3, 10, 5);
      end(run);
    }
    return readRunStatus(path);
  };
  EXPECT_EQ(ended([](RunFolder& r) { r.finish("done"); }).state, JobState::finished);
  EXPECT_EQ(ended([](RunFolder& r) { r.finish("done"); }).progress.message, "done");
  EXPECT_EQ(ended([](RunFolder& r) { r.finish(); }).progress.etaSeconds, -1);
  EXPECT_EQ(ended([](RunFolder& r) { r.cancel(); }).state, JobState::cancelled);
  EXPECT_EQ(ended([](RunFolder& r) { r.cancel(); }).progress.step, 3);
  EXPECT_EQ(ended([](RunFolder& r) { r.fail("loss is NaN at step 12"); }).state, JobState::failed);
  EXPECT_EQ(ended([](RunFolder& r) { r.fail("loss is NaN at step 12"); }).error, "loss is NaN at step 12");
  EXPECT_EQ(ended([](RunFolder&) {}).state, JobState::failed);
  EXPECT_THAT(ended([](RunFolder&) {}).error, HasSubstr("ended without saying how"));
  EXPECT_EQ(ended([](RunFolder& r) { r.pause(), r.resume(), r.finish(); }).state, JobState::finished);
  auto run = RunFolder::create(parent.path(), "a");
  run.pause();
  EXPECT_EQ(readRunState(run.path()), JobState::paused);
}

TEST(RunFolder, AKilledRunIsReadableLostAndCanGoOn) {
  TempFolder parent;
  EXPECT_EQ(inChild([&] {
              auto run = RunFolder::create(parent.path(), "a");
              run.writeOptions({{{"x", 1}}, 7, "0.1.0", "cpu", "again"});
              run.log("first life");
              run.stat({{"step", 1}});
              run.progress("training", 5, 10);
              run.beat();
              ::raise(SIGKILL);
              return 0;
            }),
            1000 + SIGKILL);
  const std::string folder = parent.path() + "/00000-a";
  EXPECT_EQ(readRunState(folder), JobState::lost);
  EXPECT_EQ(readRunStatus(folder).progress.step, 5);
  EXPECT_EQ(jsonOf(folder + "/options.json")["seed"], 7);
  std::ofstream(folder + "/stats.jsonl", std::ios::app) << "{\"step\": 2, \"lo";  // cut in the middle of a line
  std::ofstream(folder + "/.progress.json.tmp-0123456789abcdef") << "{";          // and of a file
  EXPECT_EQ(readStats(folder).size(), 1u);

  auto run = RunFolder::open(folder);
  EXPECT_EQ(readRunState(folder), JobState::running);
  EXPECT_FALSE(fs::exists(folder + "/.progress.json.tmp-0123456789abcdef"));
  run.stat({{"step", 2}});
  run.log("second life");
  const auto stats = readStats(folder);
  ASSERT_EQ(stats.size(), 2u);
  EXPECT_EQ(stats[1]["step"], 2);
  EXPECT_THAT(bytesOf(folder + "/log.txt"), ::testing::AllOf(HasSubstr("first life"), HasSubstr("second life")));
}

TEST(RunFolder, HasOneWriterAtATime) {
  TempFolder parent;
  auto run = std::make_unique<RunFolder>(RunFolder::create(parent.path(), "a"));
  const std::string folder = run->path(), before = bytesOf(folder + "/progress.json");
  EXPECT_THAT(errorOf([&] { RunFolder::open(folder); }),
              HasSubstr("log.txt: is in use by a program that still runs | Stop that program first."));
  EXPECT_EQ(bytesOf(folder + "/progress.json"), before) << "refused before anything is written";
  bytesOf(folder + "/log.txt");
  EXPECT_EQ(lifeOf(folder + "/log.txt"), Life::held) << "reading a file that is locked does not give it up";
  run->finish();
  run.reset();
  EXPECT_EQ(lifeOf(folder + "/log.txt"), Life::free);
  EXPECT_EQ(lifeOf(folder + "/nothing"), Life::unknown);
  RunFolder::open(folder).finish();
}

// The number of a process is given to another one in time; its lock is not.
TEST(RunFolder, AStrangersProcessNumberIsNoSignOfLife) {
  TempFolder parent;
  std::string folder;
  {
    auto run = RunFolder::create(parent.path(), "a");
    folder = run.path();
    run.beat();
    const std::string running = bytesOf(run.file("progress.json"));
    run.finish();
    parent.write("00000-a/progress.json", running);  // says this very process, which lives
    EXPECT_EQ(readRunState(folder), JobState::running);
  }
  EXPECT_EQ(readRunState(folder), JobState::lost);
}

// Between the reading of a state and the writing of what follows nobody else may go on from it.
TEST(RunFolder, WhoeverClaimsItKeepsOthersOutBeforeAnythingIsWritten) {
  TempFolder parent;
  const std::string folder = RunFolder::create(parent.path(), "a").path(), before = bytesOf(folder + "/progress.json");
  {
    const LifeLock claimed = RunFolder::claim(folder);
    EXPECT_TRUE(isHeldHere(folder + "/log.txt"));
    EXPECT_THAT(errorOf([&] { RunFolder::claim(folder); }), HasSubstr("is in use by a program that still runs"));
    EXPECT_EQ(inChild([&] {
                try {
                  RunFolder::open(folder);
                  return 1;
                } catch (const Error&) {
                  return 0;
                }
              }),
              0);
    EXPECT_EQ(bytesOf(folder + "/progress.json"), before);
  }
  EXPECT_FALSE(isHeldHere(folder + "/log.txt"));
  auto claimed = RunFolder::claim(folder);
  auto run = RunFolder::open(folder, std::move(claimed));
  EXPECT_THAT(errorOf([&] { RunFolder::claim(folder); }), HasSubstr("is in use"));
  run.finish();
  EXPECT_THAT(errorOf([&] { RunFolder::claim(parent.file("none")); }), HasSubstr("is not a run folder"));
}

// Whoever asks holds a lock for a moment: that must not look like a second writer.
TEST(RunFolder, AskingDisturbsNobody) {
  TempFolder parent;
  const std::string folder = RunFolder::create(parent.path(), "a").path();
  std::jthread asks([&](std::stop_token stop) {
    for (; !stop.stop_requested(); std::this_thread::sleep_for(std::chrono::microseconds(50))) lifeOf(folder + "/log.txt");
  });
  for (int i = 0; i < 2000; ++i) RunFolder::claim(folder);
}

// A zombie still has its number, and is nobody.
TEST(RunFolder, AZombieHoldsNothing) {
  TempFolder parent;
  const pid_t child = ::fork();
  if (child == 0) {
    auto run = RunFolder::create(parent.path(), "a");
    run.beat();
    ::kill(::getpid(), SIGKILL);
  }
  siginfo_t ended{};
  ASSERT_EQ(::waitid(P_PID, static_cast<id_t>(child), &ended, WEXITED | WNOWAIT), 0);  // it stays a zombie
  const std::string folder = parent.path() + "/00000-a";
  EXPECT_EQ(readRunState(folder), JobState::lost);
  RunFolder::open(folder).finish();
  ::waitpid(child, nullptr, 0);
}

TEST(RunFolder, StatsAreCutToWhereARunGoesOnFrom) {
  TempFolder parent;
  std::string folder;
  {
    auto run = RunFolder::create(parent.path(), "a");
    folder = run.path();
    for (int k = 1; k <= 10; ++k) run.stat({{"step", 10 * k}, {"note", std::string(1000, 'x')}});
  }
  const auto steps = [&] {
    std::vector<int> all;
    for (const auto& line : readStats(folder)) all.push_back(line.at("step").get<int>());
    return all;
  };
  {
    auto run = RunFolder::open(folder);
    run.cutStats("step", 65);
    run.stat({{"step", 70}});
    run.cutStats("step", 70);  // is kept: the state was saved after its line
  }
  EXPECT_EQ(steps(), (std::vector<int>{10, 20, 30, 40, 50, 60, 70}));
  std::ofstream(folder + "/stats.jsonl", std::ios::app) << "{\"step\": 80, \"lo";  // cut by a kill
  {
    auto run = RunFolder::open(folder);
    run.cutStats("step", 1000);
  }
  EXPECT_EQ(steps().back(), 70);
  EXPECT_EQ(bytesOf(folder + "/stats.jsonl").back(), '\n');
  EXPECT_EQ(bytesOf(folder + "/stats.jsonl").find("80"), std::string::npos);
  RunFolder::open(folder).cutStats("step", 0);
  EXPECT_TRUE(steps().empty());
}

TEST(RunFolder, AnOverdueHeartbeatMeansLost) {
  TempFolder parent;
  std::string folder;
  {
    auto run = RunFolder::create(parent.path(), "a");
    folder = run.path();
    json j = jsonOf(run.file("progress.json"));
    j["host"] = "another machine";  // its processes cannot be seen from here
    j["next_beat_by"] = isoTime(static_cast<double>(std::time(nullptr)) + 30);
    parent.write("00000-a/progress.json", j.dump());
    EXPECT_EQ(readRunState(folder), JobState::running);
    j["next_beat_by"] = isoTime(static_cast<double>(std::time(nullptr)) - 1);
    parent.write("00000-a/progress.json", j.dump());
    EXPECT_EQ(readRunState(folder), JobState::lost);
    j["state"] = "finished";
    parent.write("00000-a/progress.json", j.dump());
    EXPECT_EQ(readRunState(folder), JobState::finished);
    run.finish();
  }
  EXPECT_EQ(readRunState(folder), JobState::finished);
}

TEST(RunFolder, DamagedProgressIsTold) {
  TempFolder folder;
  const auto failure = [&] { return errorOf([&] { readRunStatus(folder.path()); }); };
  EXPECT_THAT(failure(), HasSubstr(folder.file("progress.json") + ": there is no such file"));
  folder.write("progress.json", "{\"state\": \"run");
  EXPECT_THAT(failure(), HasSubstr("is damaged"));
  folder.write("progress.json", "{\"state\": \"asleep\"}");
  EXPECT_THAT(failure(), HasSubstr("unknown state \"asleep\"; known: running"));
  folder.write("progress.json", "{\"state\": \"running\"}");
  EXPECT_THAT(failure(), HasSubstr("is damaged"));
}

TEST(RunFolder, AFolderThatVanishedIsToldToTheJob) {
  TempFolder parent;
  auto run = RunFolder::create(parent.path(), "a");
  fs::remove_all(run.path());
  run.progress("training", 1, 2);
  EXPECT_TRUE(eventually([&] {
    try {
      run.progress("training", 2, 2);
      return false;
    } catch (const Error& e) {
      return std::string(e.what()).find("cannot write") != std::string::npos;
    }
  }));
}

TEST(IsoTime, ThereAndBack) {
  EXPECT_EQ(isoTime(0), "1970-01-01T00:00:00.000Z");
  EXPECT_EQ(isoTime(1769860800.25), "2026-01-31T12:00:00.250Z");
  EXPECT_EQ(fromIsoTime("2026-01-31T12:00:00.250Z"), 1769860800.25);
  EXPECT_EQ(fromIsoTime("2026-01-31T12:00:00Z"), 1769860800);
  for (const char* text : {"", "yesterday", "2026-01-31", "2026-01-31T12:00:00", "2026-01-31T12:00:00Zx"})
    EXPECT_THAT(errorOf([&] { fromIsoTime(text); }), HasSubstr("is not a time")) << text;
}
