// Log-density and stretch on a 200 x 200 grid with a network of the quick preset's size; seconds, and evaluations.
// Its weights are trained for a moment only: the cost hangs on the size, not on the quality. And a pretrained network at 160 000 points.
#include <cstdio>
#include <filesystem>

#include "core/api/density.h"
#include "core/api/system.h"
#include "core/api/train.h"

int main() {
  using namespace inflaton;
  const auto folder = std::filesystem::temp_directory_path() / "inflaton-bench-density";
  auto train = trainPreset("quick");
  train.outdir = folder.string(), train.duration = 0.5, train.validation_references = 0;
  const auto net = trainToy(train, {});
  if (!net) return std::fprintf(stderr, "%s\n", net.error().message.c_str()), 1;
  DensityOptions o;
  o.source = "net", o.network = net->network, o.grid = 200;
  const auto r = density(o, {});
  std::filesystem::remove_all(folder);
  if (!r) return std::fprintf(stderr, "%s\n", r.error().message.c_str()), 1;
  std::printf("density_grid_seconds\t%.2f\ts\ndensity_grid_evaluations\t%d\t\n", (*r)->seconds, (*r)->evaluations);

  DensityOptions many;
  many.source = "net", many.network = resourceFolder() + "/networks/circles-PRP.safetensors", many.grid = 400;
  const auto pretrained = density(many, {});
  if (!pretrained) return std::fprintf(stderr, "%s\n", pretrained.error().message.c_str()), 1;
  std::printf("density_points_per_second\t%.0f\t1/s\ndensity_points_evaluations\t%d\t\n",
              static_cast<double>((*pretrained)->n) / (*pretrained)->seconds, (*pretrained)->evaluations);
}
