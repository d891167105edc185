// What files may hold programs, and who reads JSON.
#include "tests/architecture/bans.h"

#include <gmock/gmock.h>

#include "tests/architecture/tree.h"

using namespace inflaton::architecture;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

TEST(Bans, HoldInTheTree) {
  const auto files = sources();
  ASSERT_GT(files.size(), 20u);
  for (const auto& file : files)
    for (const std::string& use : bannedUses(placeOf(file), read(file))) ADD_FAILURE() << use;
}

TEST(Bans, LoadersOfLibTorchsFilesAreSeenEverywhere) {
  for (const char* path : {"core/train/a.cpp", "core/io/json_reader.cpp", "ui/a.cpp", "app/cli/a.cpp", "tests/core/a.cpp"})
    for (const char* use : {"auto m = torch::jit::load(path);", "torch::load(tensors, path);", "auto v = torch::pickle_load(bytes);",
                            "torch::serialize::InputArchive in;", "using torch::serialize::InputArchive;", "#include <torch/script.h>",
                            "#include <torch/serialize/archive.h>", "#include <torch/csrc/jit/serialization/import.h>",
                            "namespace jit = torch::jit; jit::load(path);"})
      EXPECT_THAT(bannedUses(path, std::string("int a;\n") + use + "\n"), ::testing::Not(IsEmpty())) << path << ": " << use;
  EXPECT_THAT(bannedUses("core/a.cpp", "\n\ntorch::load(x, p);"), ElementsAre(HasSubstr("core/a.cpp:3: torch::load: ")));
}

TEST(Bans, OtherReadersOfJsonAreSeen) {
  for (const char* use :
       {"nlohmann::json::parse(in);", "json::parse(text, nullptr, false);", "nlohmann::ordered_json::parse(text);", "json::accept(text);",
        "json::sax_parse(text, &sax);", "nlohmann::basic_json<>::parse(text);", "json::from_cbor(bytes);"}) {
    EXPECT_THAT(bannedUses("core/nets/a.cpp", use), SizeIs(1)) << use;
    EXPECT_THAT(bannedUses("core/io/json_reader.cpp", use), IsEmpty()) << use;
    EXPECT_THAT(bannedUses("tests/core/a.cpp", use), IsEmpty()) << use;
  }
}

TEST(Bans, CommentsAndOtherWordsPass) {
  EXPECT_THAT(
      bannedUses("core/a.cpp", "// torch::load\n/* json::parse */\nparseJson(text);\nat::load_thing();\n#include <torch/types.h>\n"),
      IsEmpty());
}
