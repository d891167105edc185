#pragma once
// Plays the recorded transitions of the demonstration, leapfrog step by leapfrog step.
#include <QElapsedTimer>
#include <QObject>
#include <QTimer>
#include <memory>

#include "core/api/mcmc.h"

namespace inflaton::ui {

class DemoPlayer : public QObject {
  Q_OBJECT
 public:
  explicit DemoPlayer(QObject* parent = nullptr);

  const std::shared_ptr<const HmcDemo>& demo() const { return demo_; }
  void setDemo(std::shared_ptr<const HmcDemo>);  ///< starts over; goes on playing when it played
  int transition() const { return transition_; }
  int step() const { return step_; }  ///< of this transition's path; 0: where it starts
  int steps() const;                  ///< last step of this transition
  bool playing() const { return timer_.isActive(); }
  bool atEnd() const;
  double speed() const { return speed_; }  ///< leapfrog steps a second

 public Q_SLOTS:
  void play();
  void pause();
  void toggle();
  void advance(int steps);  ///< leapfrog steps, over the edges of transitions; stays within the recording
  void skip(int transitions);
  void toStart();
  void toEnd();
  void setSpeed(double stepsPerSecond);

 Q_SIGNALS:
  void moved();
  void playingChanged(bool);

 private:
  int stepsOf(int transition) const;
  void tick();
  std::shared_ptr<const HmcDemo> demo_;
  int transition_ = 0, step_ = 0;
  QTimer timer_;
  QElapsedTimer clock_;
  double speed_ = 20, owed_ = 0;
};

}  // namespace inflaton::ui
