#pragma once
// What is trained, as the training loop (training.h) sees it: something that takes steps, can be saved, validated and shown. How many
// networks, optimisers and losses there are, and what the data look like, is the problem's own affair.
#include <c10/core/Device.h>

#include <cstdint>
#include <functional>
#include <nlohmann/json.hpp>
#include <string>

#include "core/api/train.h"

namespace inflaton {

/// Of the last step.
struct StepReport {
  double loss = 0, lossSmoothed = 0;
  double learningRate = 0, gradientNorm = 0;
};

/// What a problem may do between two looks at the stop token.
struct Pace {
  std::int64_t rows = 1 << 20;  ///< rows of a batch that can be answered (not trained on) meanwhile
  std::function<void()> poll;   ///< the look: throws when the job is to stop
};

/// Work that serves many steps at once: reading, drawing a pool.
struct SharedWork {
  double seconds = 0;      ///< that went into it so far
  std::int64_t steps = 1;  ///< that one piece of it serves
};

class TrainingProblem {
 public:
  virtual ~TrainingProblem() = default;

  // What it is.
  virtual const TrainOptions& options() const = 0;          ///< in force: those of the run to go on from, where there is one
  virtual nlohmann::json optionsJson() const = 0;           ///< all of them
  virtual std::string command() const = 0;                  ///< repeats the run
  virtual std::string title() const = 0;                    ///< of data and method, for the run folder's name: "circles-PRP"
  virtual std::string about() const = 0;                    ///< for the log: "16898 weights on cpu: circles PRP"
  virtual c10::Device device() const = 0;                   ///< that it trains on
  virtual std::string stage() const { return "training"; }  ///< of the run it is in, for whoever watches

  // Steps: each of options().batch samples.
  virtual std::int64_t steps() const = 0;  ///< of the whole run
  virtual std::int64_t step() const = 0;   ///< taken so far, those before a resumption too
  bool done() const { return step() >= steps(); }
  /// Takes one. Throws Error(diverged) naming it when there is no going on; goBack() is then what to keep.
  virtual void advance() = 0;
  virtual StepReport report() const = 0;
  /// Back to a recent state in which all was well; nothing but saving is asked of it afterwards.
  virtual void goBack() = 0;
  virtual SharedWork sharedWork() const { return {}; }

  // Files, atomically: `stem` is a path without ending, to which the problem gives its own (several, if it likes). Both return the file
  // that represents them: what one loads, what one resumes from.
  virtual std::string saveSnapshot(const std::string& stem) = 0;
  virtual std::string saveState(const std::string& stem) = 0;

  // Validation, now and then and at the end. The outcome is the problem's own, until record(), remark() and tell() say it.
  virtual bool validates() const { return false; }
  /// Whatever must be ready before the first, in pieces of some tens of milliseconds; true when it is. Costs nothing afterwards.
  virtual bool prepareValidation() { return true; }
  virtual std::int64_t validationRows() const { return 0; }  ///< that one validation asks answers for
  virtual void validate(const Pace&) {}

  // A look at what it makes, now and then and at the end: kept until tell(), or written as a picture.
  virtual bool previews() const { return false; }
  /// Path of the picture just written into `folder` (the run's); empty when it is handed on otherwise.
  virtual std::string preview([[maybe_unused]] const std::string& folder, const Pace&) { return {}; }

  // Telling.
  virtual std::vector<std::string> notes() const { return {}; }             ///< lines for the log at the start: what was left out of a file
  virtual void tell(const TrainUpdate&) {}                                  ///< to whoever watches, with what is the problem's own
  virtual void record(nlohmann::json&, const TrainUpdate&) const {}         ///< adds fields of its own to a line of stats.jsonl
  virtual std::string remark(const TrainUpdate&) const { return {}; }       ///< for the progress: ", error 0.0312"
  virtual std::string closingNote(const TrainUpdate&) const { return {}; }  ///< a line for the log at the end; empty: none
  virtual std::string verdict() const { return {}; }                        ///< how well it went, for the log: ", mean weighted error 0.03"
};

}  // namespace inflaton
