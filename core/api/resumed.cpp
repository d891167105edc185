#include "core/api/resumed.h"

namespace inflaton {

void requireResumable(const ParameterInfo& p, const ParameterValue& wanted, const ParameterValue& had, const std::string& source) {
  const bool grows = p.onResume == OnResume::grows;
  if (wanted == had || p.onResume == OnResume::free || (grows && wanted > had)) return;
  throw Error(ErrorCode::usage,
              p.name + " is " + formatParameter(wanted) + "; allowed when resuming " + source + ": " + (grows ? "at least " : "") +
                  formatParameter(had) + ", what the run was started with",
              "Leave it out, or start a new run.");
}

void takeResumed(const ParameterTable& table, void* stored, const void* asked, const void* defaults, const std::string& source) {
  for (const Parameter& p : table.parameters) {
    const ParameterValue wanted = p.get(asked), had = p.get(stored);
    if (p.onResume == OnResume::folder || wanted == p.get(defaults) || wanted == had) continue;
    requireResumable(p, wanted, had, source);
    p.set(stored, wanted);
  }
}

}  // namespace inflaton
