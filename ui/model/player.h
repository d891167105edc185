#pragma once
// Moves the time cursor. "Forward" is the way the lane was integrated: t rises under inflation and falls on the way back;
// steps and ends follow the ruler instead, where t grows to the right.
#include <QElapsedTimer>
#include <QObject>
#include <QTimer>
#include <optional>

#include "ui/model/view_state.h"

namespace inflaton::ui {

enum class PlayMode {
  realTime,   ///< speed 1 moves t by 1 per second, whatever the drawing costs; frames passed over are counted
  everyFrame  ///< each stored frame is shown in turn, as fast as the speed asks and drawing allows
};

class Player : public QObject {
  Q_OBJECT
 public:
  static constexpr double kMinSpeed = 0.1, kMaxSpeed = 16;

  explicit Player(ViewState*, QObject* parent = nullptr);

  bool playing() const { return direction_ != 0; }
  int direction() const { return direction_; }  ///< +1 forward, -1 reverse, 0 paused
  double speed() const { return speed_; }
  PlayMode mode() const { return mode_; }
  bool looping() const { return loop_; }
  std::optional<double> loopIn() const { return in_; }  ///< t; always < loopOut
  std::optional<double> loopOut() const { return out_; }
  const std::vector<double>& bookmarks() const { return bookmarks_; }  ///< t, ascending
  int droppedFrames() const { return dropped_; }                       ///< stored frames passed over since play began
  bool reducedMotion() const { return reducedMotion_; }
  /// The desktop asks for no animation (or INFLATON_REDUCED_MOTION is set).
  static bool systemReducedMotion();

  /// Moves the cursor by what `seconds` of playing amount to; the timer calls it, tests and exports may.
  void advance(double seconds);

 public Q_SLOTS:
  void play();  ///< forward; from the end it starts again
  void playReverse();
  void pause();
  void toggle();  ///< Space
  /// Plays unless motion is to be reduced: for animations that nobody asked for.
  void autoplay();
  void backKey();         ///< J: reverse, again = twice as fast
  void stopKey();         ///< K
  void forwardKey();      ///< L: forward, again = twice as fast
  void step(int frames);  ///< to the n-th next stored frame along the ruler; pauses
  void toStart();         ///< t = 0
  void toEnd();           ///< t = t_max
  void setSpeed(double);  ///< clamped to 0.1..16
  void faster();
  void slower();
  void setMode(inflaton::ui::PlayMode);
  void setLooping(bool);
  void markIn();  ///< loop in at the cursor
  void markOut();
  void setLoop(double in, double out);
  void clearLoop();
  void toggleBookmark();      ///< at the cursor: set one, or take away the one that is there
  void toBookmark(int step);  ///< +1: the next along the ruler, -1: the one before; stays when there is none; pauses
  void setReducedMotion(bool);

 Q_SIGNALS:
  void changed();  ///< playing, speed, mode, loop, bookmarks or dropped count

 private:
  void start(int direction);
  void tick();
  double ruleDirection() const;  ///< sign of dt for direction +1
  double lower() const;
  double upper() const;
  bool reached(double next);

  ViewState* state_;
  std::vector<double> bookmarks_;
  QTimer timer_;
  QElapsedTimer clock_;
  int direction_ = 0;
  double speed_ = 1;
  double carried_ = 0;  ///< everyFrame: seconds not yet spent on a frame
  PlayMode mode_ = PlayMode::realTime;
  bool loop_ = false, reducedMotion_ = false;
  std::optional<double> in_, out_;
  int dropped_ = 0;
};

}  // namespace inflaton::ui
