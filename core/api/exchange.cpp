#include "core/api/exchange.h"

#include "core/api/option_rows.h"

namespace inflaton {
namespace {

/// Files are words after the command: none may be missing, and none of those read may be overwritten.
void requireFiles(const std::string& command, const std::vector<std::pair<const char*, const std::string*>>& files) {
  std::string form = command;
  for (const auto& [name, path] : files) form += std::string(" ") + name;
  for (std::size_t i = 0; i < files.size(); ++i) {
    if (files[i].second->empty()) refuseOption(std::string(files[i].first) + " is missing; needed: " + form);
    for (std::size_t k = 0; k < i; ++k)
      if (*files[i].second == *files[k].second)
        refuseOption(std::string(files[k].first) + " and " + files[i].first + " are both " + *files[i].second + "; needed: three files");
  }
}

}  // namespace

template <>
const ParameterTable& parameterTable<ImportNetworkOptions>() {
  using O = ImportNetworkOptions;
  static const ParameterTable table = [] {
    Rows<O> r;
    r.table.command = "import-network";
    r.table.summary = "Bring a network from elsewhere: named weights in an .npz, its configuration in a JSON.";
    r.group("Files");
    r.add(&O::weights, "weights", "Weights", "The .npz: w/<name>, eigs, W, g, gamma0, rho, M, and mean if there is one.")
        .file()
        .positional();
    r.add(&O::configuration, "configuration", "Configuration",
          "The .json: model_type, precond, space, data_name, data_dim, dims_to_keep, the architecture's settings.")
        .file()
        .positional();
    r.add(&O::output, "output", "Network", "The .safetensors to write.").file().positional();
    r.group("Schedule");
    r.add(&O::tmax, "tmax", "t max", "The longest time that it was trained for; 0: the configuration's t_max, or 15.01 as the reference.")
        .range(0, 30)
        .unit("t");
    r.table.crossCheck = [](const void* p) {
      const auto& o = *static_cast<const O*>(p);
      requireFiles("import-network", {{"weights", &o.weights}, {"configuration", &o.configuration}, {"output", &o.output}});
    };
    return std::move(r.table);
  }();
  return table;
}

template <>
const ParameterTable& parameterTable<ExportNetworkOptions>() {
  using O = ExportNetworkOptions;
  static const ParameterTable table = [] {
    Rows<O> r;
    r.table.command = "export-network";
    r.table.summary = "Hand a network to other programs: named weights in an .npz, its configuration in a JSON.";
    r.group("Files");
    r.add(&O::network, "network", "Network", "The .safetensors file.").file().positional();
    r.add(&O::weights, "weights", "Weights", "The .npz to write.").file().positional();
    r.add(&O::configuration, "configuration", "Configuration", "The .json to write.").file().positional();
    r.table.crossCheck = [](const void* p) {
      const auto& o = *static_cast<const O*>(p);
      requireFiles("export-network", {{"network", &o.network}, {"weights", &o.weights}, {"configuration", &o.configuration}});
    };
    return std::move(r.table);
  }();
  return table;
}

}  // namespace inflaton
