#include "ui/model/player.h"

#include <QApplication>
#include <QStyle>
#include <algorithm>
#include <cmath>

namespace inflaton::ui {

Player::Player(ViewState* state, QObject* parent) : QObject(parent), state_(state) {
  timer_.setTimerType(Qt::PreciseTimer);
  timer_.setInterval(16);
  connect(&timer_, &QTimer::timeout, this, &Player::tick);
  connect(state_, &ViewState::simulationChanged, this, [this] {
    // A loop outside the new range of t would never be reached.
    if (in_ && (*in_ < state_->frameTime(0) || *out_ > state_->frameTime(state_->frameCount() - 1))) clearLoop();
  });
}

bool Player::systemReducedMotion() {
  if (qEnvironmentVariableIsSet("INFLATON_REDUCED_MOTION")) return qEnvironmentVariable("INFLATON_REDUCED_MOTION") != "0";
  const auto* style = QApplication::style();
  return style && style->styleHint(QStyle::SH_Widget_Animation_Duration) == 0 && !QApplication::isEffectEnabled(Qt::UI_General);
}

double Player::ruleDirection() const { return state_->lane() == Direction::inflation ? 1 : -1; }
double Player::lower() const { return in_ ? *in_ : state_->frameTime(0); }
double Player::upper() const { return out_ ? *out_ : state_->frameTime(state_->frameCount() - 1); }

void Player::start(int direction) {
  if (!state_->trajectory()) return;
  const double sign = direction * ruleDirection();
  const double t = state_->time();
  direction_ = direction;
  dropped_ = 0;
  carried_ = 0;
  clock_.start();
  timer_.start();
  if ((sign > 0 && t >= upper()) || (in_ && t < lower()))
    state_->setTime(sign > 0 ? lower() : upper());
  else if ((sign < 0 && t <= lower()) || (out_ && t > upper()))
    state_->setTime(sign < 0 ? upper() : lower());
  Q_EMIT changed();
}

void Player::play() { start(1); }
void Player::playReverse() { start(-1); }
void Player::autoplay() {
  if (!reducedMotion_) play();
}

void Player::pause() {
  if (!playing()) return;
  timer_.stop();
  direction_ = 0;
  Q_EMIT changed();
}

void Player::toggle() { playing() ? pause() : play(); }
void Player::stopKey() { pause(); }
void Player::forwardKey() { direction_ == 1 ? setSpeed(speed_ * 2) : play(); }
void Player::backKey() { direction_ == -1 ? setSpeed(speed_ * 2) : playReverse(); }

void Player::tick() { advance(static_cast<double>(clock_.restart()) * 1e-3); }

// Past the end of the range: start over when looping, else stop there.
bool Player::reached(double next) {
  const double sign = direction_ * ruleDirection();
  if (sign > 0 ? next < upper() : next > lower()) return false;
  if (loop_) {
    state_->setTime(sign > 0 ? lower() : upper());
  } else {
    state_->setTime(sign > 0 ? upper() : lower());
    pause();
  }
  return true;
}

void Player::advance(double seconds) {
  if (!playing() || !state_->trajectory()) return;
  const int sign = direction_ * ruleDirection() > 0 ? 1 : -1;
  const double t = state_->time();
  const int frame = state_->frameNear(t);
  if (mode_ == PlayMode::everyFrame) {
    const int next = frame + sign;
    const bool inside = next >= 0 && next < state_->frameCount();
    const double due = inside ? std::abs(state_->frameTime(next) - state_->frameTime(frame)) / speed_ : 0;
    carried_ += seconds;
    if (carried_ < due) return;
    carried_ = std::min(carried_ - due, due);  // late drawing slows it down, it never skips
    const double to = inside ? state_->frameTime(next) : sign > 0 ? upper() : lower();
    if (!reached(to)) state_->setTime(to);
    return;
  }
  const double next = t + sign * speed_ * seconds;
  const int skipped = std::abs(state_->frameNear(std::clamp(next, lower(), upper())) - frame) - 1;
  if (!reached(next)) state_->setTime(next);
  if (skipped > 0) {
    dropped_ += skipped;
    Q_EMIT changed();
  }
}

void Player::step(int frames) {
  if (!state_->trajectory() || frames == 0) return;
  pause();
  const double t = state_->time();
  int k = state_->frameNear(t);
  // From between two frames the first step lands on the neighbour in that direction.
  const double near = state_->frameTime(k);
  if (near > t && frames > 0) --k;
  if (near < t && frames < 0) ++k;
  state_->setTime(state_->frameTime(k + frames));
}

void Player::toStart() {
  pause();
  state_->setTime(state_->frameTime(0));
}
void Player::toEnd() {
  pause();
  state_->setTime(state_->frameTime(state_->frameCount() - 1));
}

void Player::setSpeed(double v) {
  if (!std::isfinite(v)) return;
  v = std::clamp(v, kMinSpeed, kMaxSpeed);
  if (v == speed_) return;
  speed_ = v;
  Q_EMIT changed();
}
void Player::faster() { setSpeed(speed_ * 2); }
void Player::slower() { setSpeed(speed_ / 2); }

void Player::setMode(PlayMode m) {
  if (m == mode_) return;
  mode_ = m;
  carried_ = 0;
  Q_EMIT changed();
}

void Player::setLooping(bool on) {
  if (on == loop_) return;
  loop_ = on;
  Q_EMIT changed();
}

void Player::setLoop(double in, double out) {
  if (!state_->trajectory() || !(in < out)) return;
  in_ = std::max(in, state_->frameTime(0));
  out_ = std::min(out, state_->frameTime(state_->frameCount() - 1));
  if (!(*in_ < *out_))
    in_ = out_ = std::nullopt;
  else
    loop_ = true;
  Q_EMIT changed();
}
void Player::markIn() {
  const double end = state_->frameTime(state_->frameCount() - 1), t = state_->time();
  setLoop(t, out_ && *out_ > t ? *out_ : end);
}
void Player::markOut() {
  const double t = state_->time();
  setLoop(in_ && *in_ < t ? *in_ : state_->frameTime(0), t);
}
namespace {
constexpr double kSameTime = 1e-6;  // of t: the cursor stands on a bookmark
}

void Player::toggleBookmark() {
  const double t = state_->time();
  const auto here = std::find_if(bookmarks_.begin(), bookmarks_.end(), [t](double b) { return std::abs(b - t) < kSameTime; });
  if (here != bookmarks_.end())
    bookmarks_.erase(here);
  else
    bookmarks_.insert(std::upper_bound(bookmarks_.begin(), bookmarks_.end(), t), t);
  Q_EMIT changed();
}

void Player::toBookmark(int step) {
  const double t = state_->time();
  pause();
  if (step > 0) {
    const auto next = std::upper_bound(bookmarks_.begin(), bookmarks_.end(), t + kSameTime);
    if (next != bookmarks_.end()) state_->setTime(*next);
  } else {
    const auto next = std::lower_bound(bookmarks_.begin(), bookmarks_.end(), t - kSameTime);
    if (next != bookmarks_.begin()) state_->setTime(*std::prev(next));
  }
}

void Player::clearLoop() {
  if (!in_) return;
  in_ = out_ = std::nullopt;
  Q_EMIT changed();
}

void Player::setReducedMotion(bool on) {
  if (on == reducedMotion_) return;
  reducedMotion_ = on;
  if (on) pause();
  Q_EMIT changed();
}

}  // namespace inflaton::ui
