#pragma once
// The states of work that can be paused: a job that stops and keeps what it has, and another that goes on from there. What the work is,
// what it leaves and how it goes on is its owner's business.
#include <QElapsedTimer>
#include <QObject>

#include "ui/jobs/job_bridge.h"

namespace inflaton::ui {

class PausableRun : public QObject {
  Q_OBJECT
 public:
  /// pausing and keeping: the job was asked to stop and keep; cancelling: to end at once. All three last until it has ended.
  enum class State { idle, running, pausing, paused, keeping, cancelling };

  explicit PausableRun(JobBridge*, QObject* parent = nullptr);

  static constexpr int kJust = 1000;  ///< ms

  State state() const { return state_; }
  bool busy() const { return state_ != State::idle && state_ != State::paused; }  ///< a job is under way
  bool justStarted() const;                   ///< less than a second ago: the key that started it does not end it
  std::uint64_t job() const { return job_; }  ///< on now or last; 0: none yet

  /// From idle or paused: this job is under way now. Its `done` must call ended().
  void started(std::uint64_t job);
  /// The job has ended, however. It rests as paused when that was asked for and `resumable` says that it left something to go on from;
  /// else all is over. Returns where it rests.
  State ended(bool resumable);
  /// While no job is under way: there is something to go on from, or not.
  void rest(bool resumable);

  void pause();
  /// From paused nothing runs that could keep anything: it is over at once, and the answer is true.
  bool stopAndKeep();
  bool cancel();  ///< likewise

 Q_SIGNALS:
  void stateChanged();

 private:
  void set(State);

  JobBridge* bridge_;
  State state_ = State::idle;
  std::uint64_t job_ = 0;
  QElapsedTimer since_;
};

}  // namespace inflaton::ui
