#pragma once
// The table of architectures: how a network is built from its configuration, and from the options of training. What people read of them
// stands in core/api/architectures.h, in the same order. A new one is a Network in files of its own and a row here and there.
#include <memory>
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <vector>

#include "core/api/options.h"
#include "core/api/points.h"
#include "core/api/schedule.h"
#include "core/nets/network.h"

namespace inflaton {

struct Architecture {
  std::string id;
  bool ofTheReference;  ///< other programs describe it whole, in the reference's words (core/api/exchange.h)
  /// From configuration(). Throws Error(failed) naming `source` and the field.
  std::shared_ptr<const Network> (*make)(const nlohmann::json& configuration, const std::string& source);
  /// What training options ask for, in the dimension of the basis. Throws Error for settings out of range.
  std::shared_ptr<const Network> (*fresh)(const ToyTrainOptions&, const Schedule&, const Eigenbasis&);
};

const std::vector<Architecture>& architectureTable();
/// nullptr: there is none of that id.
const Architecture* findArchitecture(const std::string& id);

/// The network that training options ask for. Throws as Architecture::fresh, and Error(usage) for an unknown architecture.
std::shared_ptr<const Network> freshNetwork(const ToyTrainOptions&, const Schedule&, const Eigenbasis&);

}  // namespace inflaton
