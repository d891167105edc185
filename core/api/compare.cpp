// The table of compare-solvers.
#include "core/api/compare.h"

#include <algorithm>

#include "core/api/option_rows.h"

namespace inflaton {

template <>
const ParameterTable& parameterTable<CompareSolversOptions>() {
  using O = CompareSolversOptions;
  static const ParameterTable table = [] {
    Rows<O> r;
    r.table.command = "compare-solvers";
    r.table.summary = "Measure which error each solver leaves for which number of evaluations.";
    addDenoiser(r);
    addData(r);
    addSchedule(r);
    r.group("Comparison");
    r.add(&O::solvers, "solvers", "Solvers", "Names of toy-simulate's --solver with commas between them, or all.");
    r.add(&O::budgets, "budgets", "Budgets",
          "Evaluations of the denoiser that each solver may use, with commas between them; one below a solver's least is left out.");
    r.add(&O::direction, "direction", "Direction", "melt: inflation; gen: generation.")
        .choices({"melt", "gen"}, {"Inflation", "Generation"});
    r.add(&O::output, "output", "Output", "A .csv or .npz to write; empty: the numbers are only told.").file();
    addRun(r);
    r.table.crossCheck = [](const void* p) {
      const auto& o = *static_cast<const O*>(p);
      checkData(o);
      checkDenoiser(o, "compare-solvers");
      if (o.solvers.empty()) refuseOption("solvers is empty; allowed: names of toy-simulate's --solver with commas between them, or all");
      for (std::size_t at = 0; at <= o.budgets.size();) {
        const std::size_t end = std::min(o.budgets.find(',', at), o.budgets.size());
        const std::string one = o.budgets.substr(at, end - at);
        std::size_t used = 0;
        long value = 0;
        try {
          value = std::stol(one, &used);
        } catch (const std::exception&) {
        }
        if (used == 0 || one.find_first_not_of(' ', used) != std::string::npos || value < 1 || value > 1000000)
          refuseOption("budgets holds \"" + one + "\"; allowed: whole numbers from 1 to 1000000 with commas between them");
        at = end + 1;
      }
      const auto ends = [&](const char* suffix) { return o.output.size() > 4 && o.output.compare(o.output.size() - 4, 4, suffix) == 0; };
      if (!o.output.empty() && !ends(".csv") && !ends(".npz"))
        refuseOption("output is " + o.output + "; allowed: a name that ends in .csv or .npz, or none");
    };
    return std::move(r.table);
  }();
  return table;
}

}  // namespace inflaton
