#include "core/train/resumed_data.h"

#include "core/api/error.h"

namespace inflaton {

void requireDataAsStarted(const std::string& statePath, const DataOrigin& started, const DataOrigin& now) {
  if (started.sha256 == now.sha256) return;
  const auto told = [](const DataOrigin& d) { return std::to_string(d.rows) + " rows, SHA-256 " + d.sha256.substr(0, 12) + "..."; };
  throw Error(ErrorCode::failed,
              now.file + ": is not the data that the run of " + statePath + " was started with: " + started.file + " (" + told(started) +
                  "; now " + told(now) + ")",
              "Put the file back as it was, or start a new run.");
}

}  // namespace inflaton
