// The paper's whole experiment on calibration: joint NUTS on 3 logits and 2000 latents through the pretrained circles PRP network, four
// chains from dispersed starts, everything included, and how far its posterior mean lies from the exact marginal posterior. Other options
// may be given as name=value ("burn=300 seed=5"), for looking around.
#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdio>
#include <filesystem>
#include <string>

#include "core/api/calibration.h"
#include "core/api/job.h"
#include "core/api/options.h"
#include "core/api/system.h"

int main(int count, char** words) {
  using namespace inflaton;
  const auto folder =
      std::filesystem::temp_directory_path() / ("inflaton-bench-mcmc-" + std::to_string(std::hash<std::string>{}(words[0])));
  ToyMcmcOptions o;
  o.source = "net", o.network = resourceFolder() + "/networks/circles-PRP.safetensors";
  o.outdir = folder.string(), o.threads = 2;
  try {
    for (int i = 1; i < count; ++i) {
      const std::string word = words[i];
      const auto equals = word.find('=');
      const Parameter* p = parameterTable<ToyMcmcOptions>().find(word.substr(0, equals));
      if (!p || equals == std::string::npos) return std::fprintf(stderr, "%s is not an option's name=value\n", word.c_str()), 2;
      p->set(&o, parseParameter(*p, word.substr(equals + 1)));
    }
  } catch (const Error& e) {
    return std::fprintf(stderr, "%s\n", e.what()), 2;
  }
  JobContext context;
  context.log = [](const std::string& line) { std::fprintf(stderr, "%s\n", line.c_str()); };
  const auto began = std::chrono::steady_clock::now();
  const auto r = toyMcmc(o, context);
  const double seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - began).count();
  std::filesystem::remove_all(folder);
  if (!r) return std::fprintf(stderr, "%s\n", r.error().message.c_str()), 1;
  MarginalOptions m;
  static_cast<PosteriorOptions&>(m) = o;
  const auto exact = marginalPosterior(m, {});
  if (!exact) return std::fprintf(stderr, "%s\n", exact.error().message.c_str()), 1;

  double off = 0, leastTail = 1e300;
  for (std::size_t k = 0; k < r->last.weights.size(); ++k) {
    const auto& d = r->last.weights[k];
    off = std::max(off, std::abs(d.mean - (*exact)->mean[k]) / std::hypot(d.mcse, (*exact)->meanError[k]));
    leastTail = std::min(leastTail, d.essTail);
  }
  std::printf("joint_nuts_seconds\t%.1f\ts\n", seconds);
  std::printf("joint_nuts_table\t%.1f\ts\n", r->table.seconds);
  std::printf("joint_nuts_rhat\t%.4f\t\n", r->worstRhat);
  std::printf("joint_nuts_ess\t%.0f\t\n", r->leastEss);
  std::printf("joint_nuts_ess_tail\t%.0f\t\n", leastTail);
  std::printf("joint_nuts_ess_per_second\t%.2f\t1/s\n", r->leastEss / seconds);
  std::printf("joint_nuts_from_marginal\t%.2f\tMCSE\n", off);
  const auto& d = *r->last.draws;
  for (const bool warm : {true, false}) {
    double leapfrogs = 0, step = 0, n = 0;
    for (int k = 0; k < d.chains; ++k)
      for (std::int64_t i = warm ? 0 : d.warmup; i < (warm ? d.warmup : d.drawsOf(k)); ++i, ++n)
        leapfrogs += d.leapfrogs[static_cast<std::size_t>(k)][static_cast<std::size_t>(i)],
            step += d.stepSize[static_cast<std::size_t>(k)][static_cast<std::size_t>(i)];
    std::printf("joint_nuts_leapfrogs%s\t%.1f\ta transition\njoint_nuts_step%s\t%.4f\t\n", warm ? "_warmup" : "", leapfrogs / n,
                warm ? "_warmup" : "", step / n);
  }
  std::printf("joint_nuts_gradients\t%lld\t\n", static_cast<long long>(r->gradients));
  std::printf("joint_nuts_divergences\t%lld\t\n", static_cast<long long>(r->last.divergences));
  std::printf("joint_nuts_latent_rhat\t%.3f\t\n", r->latentRhat);
  for (std::size_t k = 0; k < r->last.weights.size(); ++k)
    std::printf("joint_nuts_w%zu\t%.5f\t+-%.5f\njoint_nuts_w%zu_marginal\t%.5f\t+-%.5f\n", k, r->last.weights[k].mean,
                r->last.weights[k].sd, k, (*exact)->mean[k], (*exact)->sd[k]);
}
