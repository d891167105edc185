#pragma once
// TensorBoard's event files: records of u64 length, masked CRC32C of it, a protobuf Event, masked CRC32C of that.
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "core/api/error.h"

namespace inflaton {

/// Scalars over steps that never go back. One file per folder, events.out.tfevents.<unix>.<host>.<pid>.0: readers follow one file only.
class EventWriter {
 public:
  /// Makes the folder and, if there is none, the file. In a file that is there, events after `step` (those of a run that went
  /// further than the state it is resumed from) and a record that a kill cut are taken off the end, and it goes on from there.
  /// Throws Error(failed) when it cannot be written.
  EventWriter(const std::string& folder, std::int64_t step);
  ~EventWriter();
  EventWriter(const EventWriter&) = delete;
  EventWriter& operator=(const EventWriter&) = delete;

  /// One event, in one write. A step before the last one written counts as that one.
  void scalars(std::int64_t step, double wallTime, const std::vector<std::pair<std::string, double>>& values);
  const std::string& path() const { return path_; }

 private:
  void record(const std::string& event);
  std::string path_;
  int fd_ = -1;
  std::int64_t last_;
};

/// The checksum of those records (Castagnoli), unmasked.
std::uint32_t crc32c(const void* bytes, std::size_t n);

}  // namespace inflaton
