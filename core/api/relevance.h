#pragma once
// When a parameter matters: the little language of ParameterInfo::when, and what follows from it in words.
// "arch=Mlp", "g_type=orig|constant_inflation_gap", "dims_to_keep!=0": a name, and values as formatParameter writes them. Several terms,
// separated by spaces, must all hold. An empty condition always holds; a term about a name that the table does not have holds only with !=.
#include <string>
#include <vector>

#include "core/api/parameters.h"

namespace inflaton {

/// One term of a condition.
struct RelevanceTerm {
  std::string name;
  bool other = false;  ///< "!=": any value but these
  std::vector<std::string> values;
};
std::vector<RelevanceTerm> relevanceTerms(const std::string& condition);

/// Whether the options fulfil a condition.
bool holds(const std::string& condition, const ParameterTable&, const void* options);

/// For help texts: "for solver euler, heun and disc ifs"; empty for a parameter that always matters.
std::string relevanceText(const ParameterTable&, const ParameterInfo&);
/// "h has no effect with solver dopri5; it is for euler, heun", of the first term that does not hold; empty when all do.
std::string noEffectText(const ParameterTable&, const ParameterInfo&, const void* options);

}  // namespace inflaton
