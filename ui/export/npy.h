#pragma once
// Points handed to a job as a file.
#include <QString>
#include <vector>

namespace inflaton::ui {

/// [n, columns] float32 as .npy (version 1.0), whole or not at all. Throws Error naming the file.
void writeNpy(const QString& path, const std::vector<float>& values, int columns);

}  // namespace inflaton::ui
