#pragma once
#include <QString>

namespace inflaton {

/// The window's demo without the window: circles under PRP and PRR by the exact score; figures (PNG, SVG, PDF) at a few times,
/// plots and npz files into `folder`; a summary table on standard output. Returns the exit code.
int exportDemo(const QString& folder);

}  // namespace inflaton
