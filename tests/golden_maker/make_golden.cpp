// A second folder in the layout of tests/golden, with other sizes, seeds, dimensions and numbers, computed by our own code in double
// precision where the parity tests compare in single: the parity suite must hold there too, so nothing in it can be hard-coded.
// make_golden FOLDER [SEED]
#include <ATen/CPUGeneratorImpl.h>
#include <ATen/TensorOperators.h>
#include <ATen/core/Generator.h>
#include <ATen/core/Tensor.h>
#include <ATen/core/grad_mode.h>
#include <ATen/ops/cat.h>
#include <ATen/ops/diagonal.h>
#include <ATen/ops/full.h>
#include <ATen/ops/log_softmax.h>
#include <ATen/ops/logsumexp.h>
#include <ATen/ops/normal.h>
#include <ATen/ops/rand.h>
#include <ATen/ops/scalar_tensor.h>
#include <ATen/ops/stack.h>
#include <ATen/ops/tensor.h>
#include <torch/autograd.h>

#include <cmath>
#include <cstdio>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <numbers>

#include "core/api/job.h"
#include "core/api/system.h"
#include "core/api/trajectory.h"
#include "core/data/counter_rng.h"
#include "core/denoise/exact_denoiser.h"
#include "core/flow/lane.h"
#include "core/io/atomic_file.h"
#include "core/io/npz.h"
#include "core/nets/net_denoiser.h"
#include "tests/core/denoise/clipped_denoiser.h"

using nlohmann::json;

namespace inflaton {
namespace {

namespace fs = std::filesystem;
using Shape = std::vector<std::int64_t>;

class Maker {
 public:
  Maker(fs::path folder, std::uint64_t seed) : folder_(std::move(folder)), seed_(seed), generator_(at::detail::createCPUGenerator(seed)) {}

  void all() {
    fs::create_directories(folder_);
    schedules();
    samples();
    network("toy_net_prp_es", "sine2", 2, 2, "ES", {64, 32, 32, 64}, 500);
    network("toy_net_prp_is", "alt_swirl", 3, 3, "IS", {32, 64, 32, 32}, 1000);
    network("toy_net_prr_es", "s_curve", 3, 1, "ES", {32, 32, 64, 32}, 700);
    network("toy_net_prr_is", "circles", 2, 1, "IS", {32, 32, 32, 96}, 1200);
    discrete("discrete_prp", "s_curve", 3, 3);
    discrete("discrete_prr", "sine2", 2, 1);
    residuals();
  }

 private:
  std::string path(const std::string& file) const { return (folder_ / file).string(); }
  void write(const std::string& file, const json& j) const { writeFileAtomically(path(file), j.dump(1) + "\n"); }
  at::Tensor normal(Shape shape) { return at::normal(0.0, 1.0, shape, generator_, at::kDouble); }

  static void add(NpzWriter& w, const std::string& name, const at::Tensor& v, at::ScalarType type = at::kFloat) {
    const auto host = v.detach().to(type).contiguous();
    const Shape shape = host.sizes().vec();
    const auto n = static_cast<std::size_t>(host.numel());
    if (type == at::kFloat)
      w.add(name, std::span<const float>(host.data_ptr<float>(), n), shape);
    else
      w.add(name, std::span<const double>(host.data_ptr<double>(), n), shape);
  }
  static at::Tensor row(const std::vector<double>& v) { return at::tensor(v, at::kDouble); }

  void schedules() {
    const json cases{{{"data_dim", 3},
                      {"dims_to_keep", 3},
                      {"g_type", "orig"},
                      {"inflation_gap", 1.0},
                      {"g_rescaling", 1.0},
                      {"rho", 1.5},
                      {"gamma0", 1e-3},
                      {"A0", 1.2},
                      {"xi", 1.3}},
                     {{"data_dim", 5},
                      {"dims_to_keep", 2},
                      {"g_type", "constant_inflation_gap"},
                      {"inflation_gap", 0.4},
                      {"g_rescaling", 0.7},
                      {"rho", 1.1},
                      {"gamma0", 6e-4},
                      {"A0", 0.8},
                      {"xi", 2.1}},
                     {{"data_dim", 2},
                      {"dims_to_keep", 2},
                      {"g_type", "orig"},
                      {"inflation_gap", 1.0},
                      {"g_rescaling", 1.0},
                      {"rho", 6.0},
                      {"gamma0", 5e-4},
                      {"A0", 1.0},
                      {"xi", 1.0}}};
    write("schedule.json", cases);
    NpzWriter w(path("schedule.npz"));
    std::vector<double> t;
    for (int i = 0; i < 37; ++i) t.push_back(0.21 * i);
    add(w, "t", row(t), at::kDouble);
    for (std::size_t c = 0; c < cases.size(); ++c) {
      ScheduleOptions o;
      const auto& k = cases[c];
      o.dims_to_keep = k["dims_to_keep"], o.g_type = k["g_type"], o.inflation_gap = k["inflation_gap"], o.g_rescaling = k["g_rescaling"],
      o.rho = k["rho"], o.gamma0 = k["gamma0"];
      const Schedule s = Schedule::make(o, k["data_dim"], k["A0"]);
      const std::string at = "case" + std::to_string(c) + "/";
      std::vector<double> gamma, dot, scale, scaleDot;
      for (double time : t) {
        for (int j = 0; j < s.dim(); ++j) gamma.push_back(s.gamma(j, time)), dot.push_back(s.gammaDot(j, time));
        scale.push_back(s.s(time, k["xi"])), scaleDot.push_back(s.sDot(time, k["xi"]));
      }
      const auto type = c == 2 ? at::kFloat : at::kDouble;
      if (type == at::kFloat) inSingle(s, t, k["xi"], gamma, dot, scale, scaleDot);
      add(w, at + "g", row(s.g()), at::kDouble);
      add(w, at + "gamma", row(gamma).view({-1, s.dim()}), type);
      add(w, at + "gamma_dot", row(dot).view({-1, s.dim()}), type);
      add(w, at + "s", row(scale), type);
      add(w, at + "s_dot", row(scaleDot), type);
    }
    for (const bool generation : {false, true}) {
      const std::string word = generation ? "gen" : "melt";
      add(w, "times/ifs_" + word, row(ifsTimes(333, 0.02, generation)), at::kDouble);
      add(w, "times/vp_ode_" + word, row(vpOdeTimes(77, 9.01, 3e-2, generation)), at::kDouble);
    }
    w.commit();
  }

  /// The closed forms as a program in single precision has them: exponentials of arguments up to 45.
  static void inSingle(const Schedule& s, const std::vector<double>& t, double xi, std::vector<double>& gamma, std::vector<double>& dot,
                       std::vector<double>& scale, std::vector<double>& scaleDot) {
    gamma.clear(), dot.clear(), scale.clear(), scaleDot.clear();
    const auto rho = static_cast<float>(s.rho()), gamma0 = static_cast<float>(s.gamma0()), A0 = static_cast<float>(s.A0());
    for (const double time : t) {
      float most = 0, fastest = 0;
      for (const double g : s.g()) {
        const float rate = rho * (1.0f + static_cast<float>(g)), value = gamma0 * std::exp(rate * static_cast<float>(time));
        gamma.push_back(value), dot.push_back(rate * value);
        if (value >= most) most = value, fastest = rate;
      }
      const float sum = static_cast<float>(xi) + most;
      scale.push_back(A0 / std::sqrt(sum)), scaleDot.push_back(-0.5f * A0 * fastest * most * std::pow(sum, -1.5f));
    }
  }

  void samples() {
    NpzWriter w(path("toy_samples.npz"));
    for (const auto& set : toySets()) {
      const auto p = sampleToy(set.id, 2500, seed_ + 17);
      w.add(set.id, std::span<const float>(p.values), {p.n, p.dim});
    }
    w.commit();
  }

  /// A basis as fixtures have it: no mean.
  static Eigenbasis centred(const PointSet& p) {
    auto b = eigenbasisOf(p);
    b.mean.assign(b.mean.size(), 0.0);
    std::vector<double> W(b.W.begin(), b.W.end());
    for (auto* v : {&b.eigenvalues, &W})
      for (double& x : *v) x = static_cast<float>(x);
    b.W = std::move(W);
    return b;
  }

  static Schedule scheduleOf(const json& j, double tMax) {
    ScheduleOptions o;
    o.dims_to_keep = j["dims_to_keep"], o.g_type = j["g_type"], o.g_rescaling = j.value("g_rescaling", 1.0), o.rho = j["rho"],
    o.gamma0 = j["gamma0"], o.tmax = tMax;
    const Schedule s = Schedule::make(o, j["data_dim"]);
    auto g = s.g();
    for (double& v : g) v = static_cast<float>(v);
    return {std::move(g), s.rho(), static_cast<float>(s.gamma0()), tMax, s.dimsToKeep()};
  }

  static json simulation() {
    return {{"solver", "euler"}, {"disc", "ifs"}, {"n_times", 29}, {"h", 0.2}, {"end_time", 29 * 0.2}, {"save_freq", 7}, {"A0", 1.0}};
  }

  /// The reference's arrays of one lane. `own`: eigen-coordinates to the network's own space.
  template <class Own>
  void lane(NpzWriter& w, const std::string& group, const Flow& flow, const at::Tensor& start, Direction direction, const json& sim,
            const char* outputs, const Own& own, at::Tensor* end = nullptr) {
    LaneSettings set;
    set.solver = "euler", set.outputs = true, set.saveFreq = sim["save_freq"], set.times = ifsTimes(sim["n_times"], sim["h"], false);
    const auto l = integrateLane(
        flow, start, direction, set, [](double) {}, end);
    const auto W = eigenvectors(flow.denoiser().basis());
    const auto array = [&](const std::vector<float>& v) { return at::tensor(v).to(at::kDouble).view({-1, l.n, l.dim}); };
    const auto x = array(l.x);
    std::vector<double> s;
    for (double t : l.t) s.push_back(flow.s(t));
    const auto scaled = x * row(s).view({-1, 1, 1});
    add(w, group + "tilde_xs", x.matmul(W.t())), add(w, group + "xs", scaled.matmul(W.t()));
    add(w, group + "tilde_xs_es", x), add(w, group + "xs_es", scaled);
    add(w, group + "dxs", array(l.dx).matmul(W.t())), add(w, group + "dxs_es", array(l.dx));
    add(w, group + outputs, own(array(l.out))), add(w, group + "unscaled_scores", own(array(l.score)));
  }

  void network(const std::string& name, const std::string& data, int dim, int keep, const std::string& space, std::vector<int> channels,
               int M) {
    json j{{"precond", "ifs"},
           {"model_type", "ToyConvUNet"},
           {"channels", channels},
           {"fc_embed_dim", 4},
           {"conv_embed_dim", 24},
           {"out_ch", 1},
           {"data_name", data},
           {"data_dim", dim},
           {"dims_to_keep", keep},
           {"space", space},
           {"g_type", "orig"},
           {"g_rescaling", keep < dim ? 0.2 : 1.0},
           {"rho", keep < dim ? 1.1 : 1.8},
           {"gamma0", 7e-4},
           {"M", M},
           {"simulation", simulation()}};
    write(name + ".json", j);
    const auto points = sampleToy(data, 31, seed_ + 5);
    const auto basis = centred(sampleToy(data, 3000, seed_ + 6));
    const auto schedule = scheduleOf(j, j["simulation"]["end_time"]);
    json configuration{{"arch", "ToyConvUNet"}, {"dim", dim},  {"channels", channels}, {"fc_embed_dim", 4},
                       {"conv_embed_dim", 24},  {"out_ch", 1}, {"noise_scale", M - 1}, {"noise_offset", 0}};
    const auto net = makeNetwork(configuration, "make_golden");
    auto weights = net->initialWeights(generator_);
    for (const auto& part : net->layout())  // biases and the last layer start at or near zero
      if (part.name.ends_with(".bias") || part.name == "model.dense81.weight")
        weights.narrow(0, part.offset, part.count()).copy_(0.3 * normal({part.count()}).to(at::kFloat));
    const NetDenoiser denoiser(schedule, basis, net, weights, "ifs", space);

    NpzWriter w(path(name + ".npz"));
    const std::int64_t D = dim;
    const auto W = eigenvectors(basis);
    add(w, "eigs", row(basis.eigenvalues)), add(w, "W", W), add(w, "g", row(schedule.g()));
    add(w, "gamma0", at::scalar_tensor(schedule.gamma0(), at::kDouble)), add(w, "rho", at::scalar_tensor(schedule.rho(), at::kDouble)),
        add(w, "M", at::scalar_tensor(M, at::kDouble));
    for (const auto& part : net->layout()) add(w, "w/" + part.name, weights.narrow(0, part.offset, part.count()).view(part.shape));

    const auto own = [&](const at::Tensor& es) { return space == "IS" ? es.matmul(W.t()) : es; };
    const std::int64_t N = 43;
    const auto t = at::rand({N}, generator_, at::kDouble) * schedule.tMax(), x = normal({N, D});
    add(w, "x", x), add(w, "t", t), add(w, "F", net->apply(weights, x.to(at::kFloat), t.to(at::kFloat)));
    const auto noisy = normal({N, D}) * (row(basis.eigenvalues) + kernelVariance(schedule, t)).sqrt();
    at::Tensor weight;
    const auto pre = noisy.to(at::kFloat).to(at::kDouble), times = t.to(at::kFloat).to(at::kDouble);
    const auto denoised = denoiser.denoiseEach(pre, times, &weight);
    add(w, "x_pre", pre), add(w, "D", own(denoised)), add(w, "weight", weight);

    const auto x0 = at::tensor(points.values).to(at::kDouble).view({points.n, D});
    add(w, "x0", x0);
    const Flow flow(denoiser, 1.0);
    at::Tensor end;
    lane(w, "melt/", flow, x0.matmul(W), Direction::inflation, j["simulation"], "net_outs", own, &end);
    lane(w, "roundtrip/", flow, end, Direction::roundTrip, j["simulation"], "net_outs", own);
    if (dim == 2 && space == "ES") hmc(w, denoiser);
    w.commit();
  }

  /// The joint density of mixture weights and latents, and its gradient by autograd straight through Euler's steps
  /// (specification 3.1, 3.2).
  void hmc(NpzWriter& w, const NetDenoiser& denoiser) {
    const at::AutoGradMode recording(true);
    const std::int64_t n = 13, points = 33;
    const auto& schedule = denoiser.schedule();
    const auto& xi = denoiser.basis().eigenvalues;
    const double tMax = 0.9 * schedule.tMax(), noise = 0.03, e = schedule.preserving() ? 1 : 0.04;
    const auto W = eigenvectors(denoiser.basis());
    const auto params =
        at::cat({row({0.9, 0.1, -0.4}), (normal({n, 2}) * row({0.8, 0.8 * std::sqrt(e)})).matmul(W.t()).flatten()}).requires_grad_(true);
    const auto z = params.slice(0, 3).view({n, 2}).matmul(W);
    at::Tensor x = z;
    for (std::int64_t i = 0; i + 1 < points; ++i) {
      const double h = -tMax / static_cast<double>(points - 1), t = tMax + h * static_cast<double>(i), s = schedule.s(t, xi[0]);
      const auto c = Preconditioning::at(schedule, xi, t);
      const auto F =
          denoiser.network().apply(denoiser.weights(), (x / s * row(c.cIn)).to(at::kFloat), at::full({1}, t, at::kFloat)).to(at::kDouble);
      const auto D = row(c.cSkip) * x / s + row(c.cOut) * F, half = 0.5 * row({schedule.rate(0), schedule.rate(1)});
      x = x + h * ((schedule.sDot(t, xi[0]) / s + half) * x - half * s * D);
    }
    const auto f = x.matmul(W.t()), observed = (f.detach() + std::sqrt(noise) * normal({n, 2})).to(at::kFloat).to(at::kDouble);
    const double log2pi = std::log(2 * std::numbers::pi);
    const auto weights = at::log_softmax(params.slice(0, 0, 3), 0);
    const double mean[3] = {0, -0.05, 0.05}, sd[3][2] = {{0.75, 0.75}, {0.1, 1}, {1, 0.1}};
    std::vector<at::Tensor> terms;
    for (std::int64_t k = 0; k < 3; ++k) {
      const auto width = row({sd[k][0], sd[k][1] * std::sqrt(e)});
      terms.push_back(weights[k] - 0.5 * ((z - row({mean[k], 0})) / width).square().sum(1) - width.log().sum() - log2pi);
    }
    const auto prior = at::logsumexp(at::stack(terms), at::IntArrayRef{0}).sum();
    const auto likelihood = -0.5 * ((observed - f).square() / noise + std::log(noise) + log2pi).sum();
    const auto gradient = torch::autograd::grad({prior + likelihood}, {params})[0];
    add(w, "hmc/params", params), add(w, "hmc/x_obs", observed), add(w, "hmc/f_z", f);
    add(w, "hmc/log_prior", prior), add(w, "hmc/log_lik", likelihood), add(w, "hmc/grad", gradient);
    const std::pair<const char*, double> settings[]{
        {"eps_cd", e}, {"eps_mvn", noise}, {"t_max", tMax}, {"n_times", static_cast<double>(points)}};
    for (const auto& [name, value] : settings) add(w, std::string("hmc/") + name, at::full({}, value, at::kDouble), at::kDouble);
  }

  void discrete(const std::string& name, const std::string& data, int dim, int keep) {
    json j{{"data_name", data}, {"data_dim", dim},           {"dims_to_keep", keep}, {"g_type", "orig"}, {"rho", keep < dim ? 1.0 : 1.7},
           {"gamma0", 8e-4},    {"simulation", simulation()}};
    write(name + ".json", j);
    const auto points = sampleToy(data, 257, seed_ + 8);
    const auto basis = centred(points);
    const auto schedule = scheduleOf(j, j["simulation"]["end_time"]);
    const auto W = eigenvectors(basis), x0 = at::tensor(points.values).to(at::kDouble).view({points.n, dim});
    const ExactDenoiser denoiser(schedule, basis, x0.matmul(W));
    NpzWriter w(path(name + ".npz"));
    add(w, "eigs", row(basis.eigenvalues)), add(w, "W", W), add(w, "g", row(schedule.g())), add(w, "x0", x0);
    const test::ClippedDenoiser clipped(schedule, basis, x0.matmul(W));
    lane(w, "melt/", Flow(clipped, 1.0), x0.matmul(W), Direction::inflation, j["simulation"], "gt_netout",
         [](const at::Tensor& v) { return v; });
    const std::vector<double> times{0.1, 0.9, 2.3, 4.1};
    const auto query = 1.5 * normal({26, dim});
    std::vector<at::Tensor> means;
    for (double t : times) means.push_back(denoiser.denoise(query, t));
    add(w, "query", query, at::kDouble), add(w, "query_t", row(times), at::kDouble),
        add(w, "posterior_mean", at::stack(means), at::kDouble);
    w.commit();
  }

  /// Correlations written out directly, not through core/residuals.
  void residuals() {
    const std::int64_t T = 9, N = 320, D = 2;
    NpzWriter w(path("residuals.npz"));
    at::Tensor last;
    const auto noise = [&] {
      std::vector<at::Tensor> frames;
      at::Tensor x = normal({N, D});
      for (std::int64_t k = 0; k < T; ++k) frames.push_back(x.to(at::kFloat)), x = 0.8 * x + 0.6 * normal({N, D}) + 0.1;
      return at::stack(frames);
    };
    for (const char* kind : {"output", "residual"}) {
      const auto v = noise();
      add(w, std::string("net_") + kind + "s", v);
      const auto x = v.to(at::kDouble), centred = x - x.mean(1, true), sd = centred.square().mean(1).sqrt();
      last = at::stack([&] {
        std::vector<at::Tensor> m;
        for (std::int64_t k = 0; k < T; ++k) m.push_back(centred[0].t().matmul(centred[k]) / static_cast<double>(N) / (sd[0] * sd[k]));
        return m;
      }());
      add(w, std::string("net_") + kind + "_acs", last);
    }
    add(w, "diag_mean", at::diagonal(last, 0, 1, 2).mean(1));
    w.commit();
  }

  fs::path folder_;
  std::uint64_t seed_;
  at::Generator generator_;
};

}  // namespace
}  // namespace inflaton

int main(int argc, char** argv) {
  if (argc < 2 || argc > 3 || argv[1][0] == '-') {
    std::fprintf(stderr, "make_golden FOLDER [SEED]\n");
    return 2;
  }
  const at::NoGradGuard off;
  inflaton::useThreads(0);
  const auto done = inflaton::atEdge([&] { inflaton::Maker(argv[1], argc > 2 ? std::stoull(argv[2]) : 2026).all(); });
  if (!done) std::fprintf(stderr, "make_golden: %s\n", done.error().message.c_str());
  return done ? 0 : 1;
}
