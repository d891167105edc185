#pragma once
// Values set aside on disk while another array is written: an archive takes its arrays one after another, but two may come out of
// the same computation. The file has no name and vanishes with the object, also when the program is killed.
#include <cstdint>
#include <functional>
#include <span>
#include <string>

namespace inflaton {

class SetAside {
 public:
  /// In the folder that `neighbour` is in, where room is meant to be. Throws Error(failed) when it cannot be made.
  explicit SetAside(const std::string& neighbour);
  ~SetAside();
  SetAside(const SetAside&) = delete;
  SetAside& operator=(const SetAside&) = delete;

  /// Throws Error(failed) when the disk is full.
  void append(std::span<const float> values);
  /// Everything appended so far, in order, in pieces. Throws Error(failed) when it cannot be read back.
  void replay(const std::function<void(std::span<const float>)>& take) const;

 private:
  std::string path_;  ///< for messages
  int fd_ = -1;
  std::uint64_t bytes_ = 0;
};

}  // namespace inflaton
