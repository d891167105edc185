#pragma once
// Going on with a run: which options then hold. The rules stand in the tables (ParameterInfo::onResume).
#include <string>

#include "core/api/parameters.h"

namespace inflaton {

/// Throws Error(usage) naming the parameter and both values unless a run that was started with `had` may go on with `wanted`.
/// `source`: what is gone on from, for the message.
void requireResumable(const ParameterInfo&, const ParameterValue& wanted, const ParameterValue& had, const std::string& source);

/// Takes into `stored`, the options that a run was started with, what `asked` changes of them. Fields of `asked` at their defaults count
/// as not given. Throws Error(usage) as above.
void takeResumed(const ParameterTable&, void* stored, const void* asked, const void* defaults, const std::string& source);

template <class O>
O resumedFrom(O stored, const O& asked, const std::string& source) {
  const O defaults{};
  takeResumed(parameterTable<O>(), &stored, &asked, &defaults, source);
  return stored;
}

}  // namespace inflaton
