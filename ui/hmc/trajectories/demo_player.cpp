#include "ui/hmc/trajectories/demo_player.h"

#include <algorithm>
#include <cmath>

namespace inflaton::ui {

DemoPlayer::DemoPlayer(QObject* parent) : QObject(parent) {
  timer_.setInterval(25);
  connect(&timer_, &QTimer::timeout, this, &DemoPlayer::tick);
}

int DemoPlayer::stepsOf(int t) const {
  if (!demo_ || t < 0 || t >= static_cast<int>(demo_->transitions.size())) return 0;
  return std::max(0, static_cast<int>(demo_->transitions[static_cast<std::size_t>(t)].path.size() / 2) - 1);
}

int DemoPlayer::steps() const { return stepsOf(transition_); }
bool DemoPlayer::atEnd() const { return !demo_ || (transition_ + 1 >= static_cast<int>(demo_->transitions.size()) && step_ >= steps()); }

void DemoPlayer::setDemo(std::shared_ptr<const HmcDemo> demo) {
  demo_ = std::move(demo);
  transition_ = step_ = 0;
  owed_ = 0;
  Q_EMIT moved();
}

void DemoPlayer::play() {
  if (!demo_ || demo_->transitions.empty() || playing()) return;
  if (atEnd()) transition_ = step_ = 0;
  owed_ = 0;
  clock_.start();
  timer_.start();
  Q_EMIT playingChanged(true);
}

void DemoPlayer::pause() {
  if (!playing()) return;
  timer_.stop();
  Q_EMIT playingChanged(false);
}

void DemoPlayer::toggle() { playing() ? pause() : play(); }

void DemoPlayer::tick() {
  owed_ += static_cast<double>(clock_.restart()) / 1000 * speed_;
  const int whole = static_cast<int>(std::floor(std::min(owed_, 2000.0)));
  if (whole < 1) return;
  owed_ -= whole;
  advance(whole);
  if (atEnd()) pause();
}

void DemoPlayer::advance(int n) {
  if (!demo_) return;
  const int last = static_cast<int>(demo_->transitions.size()) - 1;
  for (; n > 0; --n) {
    if (step_ < steps())
      ++step_;
    else if (transition_ < last)
      ++transition_, step_ = 0;
    else
      break;
  }
  for (; n < 0; ++n) {
    if (step_ > 0)
      --step_;
    else if (transition_ > 0)
      --transition_, step_ = steps();
    else
      break;
  }
  Q_EMIT moved();
}

void DemoPlayer::skip(int n) {
  if (!demo_ || demo_->transitions.empty()) return;
  transition_ = std::clamp(transition_ + n, 0, static_cast<int>(demo_->transitions.size()) - 1);
  step_ = n > 0 ? 0 : step_ > 0 && n < 0 ? 0 : step_;
  step_ = std::min(step_, steps());
  Q_EMIT moved();
}

void DemoPlayer::toStart() {
  transition_ = step_ = 0;
  Q_EMIT moved();
}

void DemoPlayer::toEnd() {
  if (!demo_ || demo_->transitions.empty()) return;
  transition_ = static_cast<int>(demo_->transitions.size()) - 1;
  step_ = steps();
  Q_EMIT moved();
}

void DemoPlayer::setSpeed(double s) { speed_ = std::clamp(s, 0.1, 1e5); }

}  // namespace inflaton::ui
