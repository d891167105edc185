#pragma once
// Whether what a job is to leave can be written at all: asked before the work, so that nobody waits for hours to learn that it cannot.
// Implemented in core/io.
#include <string>

#include "core/api/error.h"

namespace inflaton {

/// What becomes of folders that do not exist yet.
enum class MissingFolders { refused, made };

/// Fails as writing `path` would: in the words of AtomicFile when it is a folder, a device or protected, when its folder is missing,
/// protected or on a file system that is mounted for reading only. A path that ends in '/' is a folder that is to hold files. Asks the
/// system itself and leaves nothing behind. A disk that is full by then is not foreseen.
Expected<void> checkWritable(const std::string& path, MissingFolders);

}  // namespace inflaton
