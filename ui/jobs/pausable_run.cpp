#include "ui/jobs/pausable_run.h"

namespace inflaton::ui {

PausableRun::PausableRun(JobBridge* bridge, QObject* parent) : QObject(parent), bridge_(bridge) {}

void PausableRun::set(State state) {
  state_ = state;
  Q_EMIT stateChanged();
}

void PausableRun::started(std::uint64_t job) {
  job_ = job;
  since_.start();
  set(State::running);
}

bool PausableRun::justStarted() const { return busy() && since_.isValid() && since_.elapsed() < kJust; }

PausableRun::State PausableRun::ended(bool resumable) {
  set(state_ == State::pausing && resumable ? State::paused : State::idle);
  return state_;
}

void PausableRun::rest(bool resumable) {
  if (!busy()) set(resumable ? State::paused : State::idle);
}

void PausableRun::pause() {
  if (state_ != State::running) return;
  set(State::pausing);
  bridge_->finish(job_);
}

bool PausableRun::stopAndKeep() {
  if (state_ == State::paused) {
    set(State::idle);
    return true;
  }
  if (state_ != State::running && state_ != State::pausing) return false;
  const bool asked = state_ == State::pausing;
  set(State::keeping);
  if (!asked) bridge_->finish(job_);
  return false;
}

bool PausableRun::cancel() {
  if (state_ == State::paused) {
    set(State::idle);
    return true;
  }
  if (!busy() || state_ == State::cancelling) return false;
  set(State::cancelling);
  bridge_->cancel(job_);
  return false;
}

}  // namespace inflaton::ui
