#pragma once
// What a result is of. Whatever is computed gets one from the options it is computed with and keeps it; a view compares it with what the
// form says now, and takes its title from it, never from the form. ui/session/provenance_bar.h says the difference.
#include <QString>
#include <QStringList>
#include <functional>
#include <map>
#include <string>
#include <type_traits>

#include "core/api/mcmc.h"
#include "core/api/residuals.h"
#include "ui/session/experiment.h"

namespace inflaton::ui {

/// The part of options that says which data set, schedule and score. A training has no score: its `source` is empty.
inline DenoiserOptions denoiserOf(const DenoiserOptions& o) { return o; }
DenoiserOptions denoiserOf(const ToyTrainOptions&);

class Provenance {
 public:
  Provenance() = default;  ///< of nothing

  /// Of options that have data set, schedule and score in them. `dim`: dimensions of the points; 0: not known yet.
  template <class O>
  static Provenance of(const O& options, int dim) {
    Provenance p(parameterTable<O>(), &options, denoiserOf(options), dim);
    p.back_ = [options](Experiment& e) { restore(e, options); };
    return p;
  }
  /// Residuals name a network, which brings its schedule: `flow` is the experiment that they were asked for in.
  static Provenance of(const ResidualsExtractOptions&, const DenoiserOptions& flow, int dim);

  bool empty() const { return values_.empty(); }
  const QString& set() const { return set_; }          ///< "S-curve"
  const QString& subject() const { return subject_; }  ///< "S-curve, PRP, exact score of 1000 points"
  /// Parameters in which the two differ, those that no number depends on left out: "test_pts 1500, now 20000".
  QStringList differences(const Provenance& now) const;
  bool same(const Provenance& now) const { return values_ == now.values_; }
  bool sameData(const Provenance& other) const { return data_ == other.data_; }  ///< the same set, embedded alike
  void back(Experiment& e) const;                                                ///< data set, schedule, score, seed and count as they were

 private:
  Provenance(const ParameterTable&, const void* options, const DenoiserOptions&, int dim);
  static void restoreFlow(Experiment&, const DenoiserOptions&, bool seed);
  static void restoreTraining(Experiment&, const ToyTrainOptions&);
  static void restoreSimulation(Experiment&, const ToySimulateOptions&);
  template <class O>
  static void restore(Experiment& e, const O& options) {
    if constexpr (std::is_same_v<O, ToyTrainOptions>)
      restoreTraining(e, options);
    else if constexpr (std::is_same_v<O, ToySimulateOptions>)
      restoreSimulation(e, options);
    else  // the experiments with chains have a seed of their own
      restoreFlow(e, options, !std::is_base_of_v<PosteriorOptions, O>);
  }

  std::map<std::string, std::string> values_;  ///< by name, as JSON has them
  std::string data_;
  QString set_, subject_;
  std::function<void(Experiment&)> back_;
};

}  // namespace inflaton::ui
