#pragma once
// The architectures of networks as people choose them. How each is built stands in core/nets/architectures.h; a test holds the two to the
// same list. A new one joins both.
#include <string>
#include <vector>

namespace inflaton {

struct ArchitectureInfo {
  std::string id;                    ///< value of --arch, and "arch" in network files
  std::string label;                 ///< among the choices of a form
  std::string help;                  ///< a few words
  std::vector<std::string> options;  ///< of training, those that this architecture looks at and not every other does
};

/// In the order in which they are told, the default of training first.
const std::vector<ArchitectureInfo>& architectures();

std::vector<std::string> architectureIds();
std::vector<std::string> architectureLabels();
/// "Mlp: our residual network. ToyConvUNet: ..."
std::string architectureHelp();
/// When an option matters that only some of them look at: "arch=Mlp|Other". Throws std::logic_error where none does.
std::string architectureWhen(const std::string& option);

}  // namespace inflaton
