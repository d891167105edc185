#include "core/api/relevance.h"

#include <algorithm>
#include <sstream>

namespace inflaton {
namespace {

bool among(const std::string& value, const std::vector<std::string>& values) {
  return std::find(values.begin(), values.end(), value) != values.end();
}

bool holdsTerm(const RelevanceTerm& term, const ParameterTable& table, const void* options) {
  const Parameter* p = table.find(term.name);
  const bool is = p && among(formatParameter(p->get(options)), term.values);
  return is != term.other;
}

std::string joined(const std::vector<std::string>& words) {
  std::string all;
  for (const std::string& word : words) all += (all.empty() ? "" : ", ") + word;
  return all;
}

/// The values that fulfil a term: all of them by name where there are a few to choose from.
std::string allowedText(const RelevanceTerm& term, const ParameterTable& table) {
  if (!term.other) return joined(term.values);
  const Parameter* p = table.find(term.name);
  std::vector<std::string> rest;
  if (p)
    std::copy_if(p->choices.begin(), p->choices.end(), std::back_inserter(rest),
                 [&](const std::string& choice) { return !among(choice, term.values); });
  return rest.empty() ? "other than " + joined(term.values) : joined(rest);
}

}  // namespace

std::vector<RelevanceTerm> relevanceTerms(const std::string& condition) {
  std::vector<RelevanceTerm> terms;
  std::istringstream words(condition);
  for (std::string word; words >> word;) {
    const std::size_t equals = std::min(word.find('='), word.size());
    RelevanceTerm term;
    term.other = equals > 0 && word[equals - 1] == '!';
    term.name = word.substr(0, equals - (term.other ? 1 : 0));
    std::istringstream values(word.substr(std::min(equals + 1, word.size())));
    for (std::string value; std::getline(values, value, '|');) term.values.push_back(value);
    terms.push_back(std::move(term));
  }
  return terms;
}

bool holds(const std::string& condition, const ParameterTable& table, const void* options) {
  const auto terms = relevanceTerms(condition);
  return std::all_of(terms.begin(), terms.end(), [&](const RelevanceTerm& term) { return holdsTerm(term, table, options); });
}

std::string relevanceText(const ParameterTable& table, const ParameterInfo& p) {
  std::string text;
  for (const RelevanceTerm& term : relevanceTerms(p.when))
    text += (text.empty() ? "for " : " and ") + term.name + " " + allowedText(term, table);
  return text;
}

std::string noEffectText(const ParameterTable& table, const ParameterInfo& p, const void* options) {
  for (const RelevanceTerm& term : relevanceTerms(p.when))
    if (!holdsTerm(term, table, options)) {
      const Parameter* decides = table.find(term.name);
      return p.name + " has no effect with " + term.name + " " + (decides ? formatParameter(decides->get(options)) : std::string()) +
             "; it is for " + allowedText(term, table);
    }
  return {};
}

}  // namespace inflaton
