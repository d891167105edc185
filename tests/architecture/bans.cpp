#include "tests/architecture/bans.h"

#include <algorithm>
#include <regex>

#include "tests/architecture/arrows.h"

namespace inflaton::architecture {
namespace {

struct Ban {
  std::regex words;
  const char* reason;
  std::vector<std::string> free;  ///< files and folders that may
};

const std::vector<Ban>& bans() {
  static const std::vector<Ban> all{
      // Whoever adds the detector that a user names adds its one file here.
      {std::regex(R"(\b(torch::jit|jit::load|torch::load|torch::pickle_load|pickle_load|torch::serialize|InputArchive|script_module)\b)"
                  R"(|[<"]torch/(script\.h|serialize[/.]|jit[/.]|csrc/jit/))"),
       "files of LibTorch can hold programs, which run while they are read; only a named detector may be such a file",
       {"tests/architecture/"}},
      {std::regex(R"(json(<[^>]*>)?::(parse|accept|sax_parse|from_(cbor|msgpack|ubjson|bson|bjdata))\b)"),
       "JSON from outside is read by core/api/json_text.h, which bounds nesting and size",
       {"core/io/json_reader.cpp", "tests/"}},
  };
  return all;
}

}  // namespace

std::vector<std::string> bannedUses(const std::string& path, const std::string& text) {
  std::vector<std::string> found;
  const std::string code = withoutComments(text);
  for (const Ban& ban : bans()) {
    if (std::any_of(ban.free.begin(), ban.free.end(), [&](const std::string& place) { return path.compare(0, place.size(), place) == 0; }))
      continue;
    for (std::sregex_iterator use(code.begin(), code.end(), ban.words), end; use != end; ++use) {
      const auto line = 1 + std::count(code.begin(), code.begin() + use->position(), '\n');
      found.push_back(path + ":" + std::to_string(line) + ": " + use->str() + ": " + ban.reason);
    }
  }
  return found;
}

}  // namespace inflaton::architecture
