#include "core/api/architectures.h"

#include <algorithm>
#include <stdexcept>

namespace inflaton {

const std::vector<ArchitectureInfo>& architectures() {
  static const std::vector<ArchitectureInfo> rows{
      {"Mlp", "Residual MLP", "our residual network", {"width", "depth"}},
      {"ToyConvUNet", "ToyConvUNet (reference)", "the reference's toy network", {}},
      {"ToySongUNet", "ToySongUNet (reference)", "the reference's larger one", {"img_res"}},
  };
  return rows;
}

std::vector<std::string> architectureIds() {
  std::vector<std::string> all;
  for (const auto& a : architectures()) all.push_back(a.id);
  return all;
}

std::vector<std::string> architectureLabels() {
  std::vector<std::string> all;
  for (const auto& a : architectures()) all.push_back(a.label);
  return all;
}

std::string architectureHelp() {
  std::string text;
  for (const auto& a : architectures()) text += (text.empty() ? "" : " ") + a.id + ": " + a.help + ".";
  return text;
}

std::string architectureWhen(const std::string& option) {
  std::string text;
  for (const auto& a : architectures())
    if (std::find(a.options.begin(), a.options.end(), option) != a.options.end()) text += (text.empty() ? "arch=" : "|") + a.id;
  if (text.empty()) throw std::logic_error("no architecture looks at " + option);
  return text;
}

}  // namespace inflaton
