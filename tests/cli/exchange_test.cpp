// import-network and export-network as commands; what they refuse is in tests/core/nets/file/test_exchange.cpp.
#include <gmock/gmock.h>

#include "core/io/npz.h"
#include "tests/cli/support.h"
#include "tests/golden.h"
#include "tests/paths.h"

using namespace inflaton;
using namespace inflaton::test;
using ::testing::HasSubstr;

namespace {

const fs::path kScript = fs::path(inflaton::test::sourceFolder()) / "resources/scripts/export_network.py";

/// The names of the toy networks among the fixtures.
std::vector<std::string> fixtures() {
  std::vector<std::string> names;
  for (const auto& entry : fs::directory_iterator(fs::path(golden("x")).parent_path()))
    if (const auto name = entry.path().filename().string(); name.starts_with("toy_net_") && name.ends_with(".npz"))
      names.push_back(entry.path().stem().string());
  return names;
}

}  // namespace

TEST(ExchangeCommands, RoundTripOfEveryFixtureParity) {
  const TemporaryFolder folder;
  const auto path = [&](const char* name) { return (folder / name).string(); };
  ASSERT_FALSE(fixtures().empty());
  for (const auto& name : fixtures()) {
    SCOPED_TRACE(name);
    const Ended in = cli({"import-network", golden(name + ".npz"), golden(name + ".json"), path("a.safetensors")});
    ASSERT_EQ(in.code, 0) << in.err;
    EXPECT_THAT(in.out, HasSubstr("wrote " + path("a.safetensors")));
    ASSERT_EQ(cli({"export-network", path("a.safetensors"), path("b.npz"), path("b.json")}).code, 0);
    ASSERT_EQ(cli({"import-network", path("b.npz"), path("b.json"), path("b.safetensors"), "--tmax", "0"}).code, 0);
    EXPECT_EQ(read(folder / "a.safetensors"), read(folder / "b.safetensors"));
    EXPECT_EQ(nlohmann::json::parse(read(folder / "b.json")), goldenJson(name + ".json"));
    const NpzReader theirs(golden(name + ".npz")), ours(path("b.npz"));
    for (const auto& a : ours.arrays()) {
      EXPECT_EQ(a.dtype, theirs.info(a.name).dtype) << a.name;
      EXPECT_EQ(ours.doubles(a.name), theirs.doubles(a.name)) << a.name;
    }
    for (const auto& a : theirs.arrays()) EXPECT_TRUE(!a.name.starts_with("w/") || ours.has(a.name)) << a.name;
  }
}

TEST(ExchangeCommands, AnImportedNetworkSimulates) {
  const TemporaryFolder folder;
  const auto name = fixtures().front();
  const auto network = (folder / "net.safetensors").string();
  ASSERT_EQ(cli({"import-network", golden(name + ".npz"), golden(name + ".json"), network, "--tmax", "2"}).code, 0);
  const Ended ended = cli({"toy-simulate", "net", "--network", network, "--total_samples", "20", "--direction", "melt", "--solver", "rk4",
                           "--steps", "4", "--save_dir", (folder / "out").string()});
  EXPECT_EQ(ended.code, 0) << ended.err;
}

TEST(ExchangeCommands, FilesAreWordsAfterTheCommand) {
  const TemporaryFolder folder;
  EXPECT_THAT(cli({"import-network", "--help"}).out, HasSubstr("import-network WEIGHTS CONFIGURATION OUTPUT"));
  EXPECT_THAT(cli({"export-network", "--help"}).out, HasSubstr("export-network NETWORK WEIGHTS CONFIGURATION"));
  const Ended few = cli({"import-network", "a.npz", "b.json"});
  EXPECT_EQ(few.code, 2);
  EXPECT_THAT(few.err, HasSubstr("output is missing"));
  const Ended many = cli({"export-network", "a", "b", "c", "d"});
  EXPECT_EQ(many.code, 2);
  EXPECT_THAT(many.err, HasSubstr("'d' is one word too many"));
  const Ended missing =
      cli({"import-network", (folder / "a.npz").string(), (folder / "b.json").string(), (folder / "c.safetensors").string()});
  EXPECT_EQ(missing.code, 1);
  EXPECT_THAT(missing.err, HasSubstr("b.json"));
  EXPECT_TRUE(filesBelow(folder.path()).empty());
  const Ended dry = cli({"export-network", "net.safetensors", "out.npz", "out.json", "-n"});
  EXPECT_EQ(dry.code, 0) << dry.err;
  EXPECT_THAT(dry.out, HasSubstr("out.json"));
  EXPECT_THAT(dry.out, HasSubstr("export-network net.safetensors out.npz out.json"));
}

TEST(ExchangeCommands, ScriptWritesWhatIsRead) {
  const TemporaryFolder folder;
  if (shell("/usr/bin/python3 -c 'import numpy'", folder.path()).code != 0) GTEST_SKIP() << "needs Python with NumPy";
  const auto name = fixtures().front();
  // A state_dict without the wrapping module's "model.", as someone else's program may hold it.
  write(folder / "split.py",
        "import numpy as np, sys\nz = np.load(sys.argv[1])\n"
        "np.savez('state.npz', **{k[len('w/model.'):]: z[k] for k in z.files if k.startswith('w/')})\n"
        "np.savez('basis.npz', **{k: z[k] for k in ('eigs', 'W', 'g', 'gamma0', 'rho', 'M')})\n");
  ASSERT_EQ(shell("/usr/bin/python3 split.py " + golden(name + ".npz"), folder.path()).code, 0);
  const std::string script = "/usr/bin/python3 " + kScript.string() + " ";
  const Ended made = shell(script + "state.npz --basis basis.npz --settings " + golden(name + ".json") + " --output net", folder.path());
  ASSERT_EQ(made.code, 0) << made.err;
  ASSERT_EQ(cli({"import-network", golden(name + ".npz"), golden(name + ".json"), (folder / "a.safetensors").string()}).code, 0);
  const Ended in =
      cli({"import-network", (folder / "net.npz").string(), (folder / "net.json").string(), (folder / "b.safetensors").string()});
  ASSERT_EQ(in.code, 0) << in.err;
  EXPECT_EQ(read(folder / "a.safetensors"), read(folder / "b.safetensors"));

  write(folder / "empty.json", "{}");
  const Ended unsettled = shell(script + "state.npz --basis basis.npz --settings empty.json --output x", folder.path());
  EXPECT_EQ(unsettled.code, 1);
  EXPECT_THAT(unsettled.err, HasSubstr("the settings lack model_type"));
  const Ended baseless = shell(script + "state.npz --basis state.npz --settings empty.json --output x", folder.path());
  EXPECT_EQ(baseless.code, 1);
  EXPECT_THAT(baseless.err, HasSubstr("state.npz lacks eigs"));
  EXPECT_THAT(shell(script + "--help", folder.path()).out, HasSubstr("import-network"));
}
