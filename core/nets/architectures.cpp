#include "core/nets/architectures.h"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "core/io/input_file.h"
#include "core/nets/conv_unet/toy_conv_unet.h"
#include "core/nets/mlp.h"
#include "core/nets/toy_song_unet.h"

namespace inflaton {
namespace {

template <class N>
Architecture row(bool ofTheReference) {
  return {N::id, ofTheReference,
          [](const nlohmann::json& configuration, const std::string& source) -> std::shared_ptr<const Network> {
            return std::make_shared<N>(N::settingsFrom(configuration, source));
          },
          &N::fresh};
}

std::string known() {
  std::string list;
  for (const auto& a : architectureTable()) list += (list.empty() ? "" : ", ") + a.id;
  return list;
}

}  // namespace

const std::vector<Architecture>& architectureTable() {
  static const std::vector<Architecture> rows{row<Mlp>(false), row<ToyConvUNet>(true), row<ToySongUNet>(true)};
  return rows;
}

const Architecture* findArchitecture(const std::string& id) {
  const auto& rows = architectureTable();
  const auto found = std::find_if(rows.begin(), rows.end(), [&](const Architecture& a) { return a.id == id; });
  return found == rows.end() ? nullptr : &*found;
}

std::shared_ptr<const Network> makeNetwork(const nlohmann::json& configuration, const std::string& source) {
  const auto found = configuration.find("arch");
  const std::string id = found != configuration.end() && found->is_string() ? found->get<std::string>() : "";
  if (const Architecture* a = findArchitecture(id)) return a->make(configuration, source);
  throwBadFile(source, "has the architecture \"" + id + "\"; known: " + known());
}

std::shared_ptr<const Network> freshNetwork(const ToyTrainOptions& o, const Schedule& schedule, const Eigenbasis& basis) {
  if (const Architecture* a = findArchitecture(o.arch)) return a->fresh(o, schedule, basis);
  throw Error(ErrorCode::usage, "arch is \"" + o.arch + "\"; allowed: " + known());
}

}  // namespace inflaton
