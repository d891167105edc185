#pragma once
// The demonstration: which trajectories to record, run again whenever that changes while it is in sight, and the player of what came out.
#include <QObject>
#include <QTimer>
#include <vector>

#include "ui/hmc/hmc_engine.h"
#include "ui/hmc/trajectories/demo_player.h"
#include "ui/session/provenance.h"
#include "ui/session/session.h"

namespace inflaton::ui {

/// A way for a sampler to behave, with one sentence on what to watch.
struct DemoPreset {
  const char* id;
  QString title, watch;
  void apply(HmcDemoOptions&) const;
};
const std::vector<DemoPreset>& demoPresets();

class Demonstration : public QObject {
  Q_OBJECT
 public:
  Demonstration(Session*, const HmcEngine*, QObject* parent = nullptr);
  DemoPlayer* player() const { return player_; }
  HmcDemoOptions options() const;  ///< the experiment's, with our own
  const HmcDemoOptions& own() const { return own_; }
  const HmcDemoOptions& shown() const { return shown_; }  ///< of what the player plays
  void showAgain() { setOwn(shown_); }                    ///< the form goes back to that
  void setOwn(const HmcDemoOptions&);
  void choosePreset(const QString& id);
  QString preset() const;  ///< that own() is just like; empty: none
  bool running() const { return running_; }
  bool pending() const { return running_ || soon_.isActive(); }  ///< or about to, after an edit
  Provenance provenance() const;                                 ///< of what the player plays; empty: nothing yet
  QString stage() const { return stage_; }
  QString problem() const { return problem_; }
  void setInSight(bool);  ///< only then it runs by itself

 Q_SIGNALS:
  void changed();
  void failed(const QString& what, const inflaton::JobError& error);

 private:
  void renew();
  void start();
  Session* session_;
  const HmcEngine* engine_;
  DemoPlayer* player_;
  HmcDemoOptions own_, asked_, shown_;
  QTimer soon_;
  QString stage_, problem_;
  std::uint64_t ticket_ = 0, job_ = 0;
  bool inSight_ = false, due_ = true, running_ = false, wasPlane_ = true;
};

}  // namespace inflaton::ui
