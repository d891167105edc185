// The options of evaluate.
#include "core/api/networks.h"

#include "core/api/option_rows.h"

namespace inflaton {

template <>
const ParameterTable& parameterTable<EvaluateOptions>() {
  using O = EvaluateOptions;
  static const ParameterTable table = [] {
    Rows<O> r;
    r.table.command = "evaluate";
    r.table.summary = "Evaluate a network: denoised points, weights and scores.";
    r.group("Files");
    r.add(&O::network, "network", "Network", "The .safetensors file.").file();
    r.add(&O::input, "input", "Input", "An .npz with x [N, D] in eigen-coordinates and t [N].").file();
    r.add(&O::output, "output", "Output", "The .npz to write: denoised, weight, score.").file();
    addRun(r);
    r.table.crossCheck = [](const void* p) {
      const auto& o = *static_cast<const O*>(p);
      for (const auto& [name, value] : {std::pair{"network", &o.network}, {"input", &o.input}, {"output", &o.output}})
        if (value->empty()) refuseOption(std::string(name) + " is empty; evaluate needs --" + name + " FILE");
    };
    return std::move(r.table);
  }();
  return table;
}

}  // namespace inflaton
