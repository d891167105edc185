#include "ui/shell/keep_and_close.h"

#include "ui/jobs/job_bridge.h"
#include "ui/session/session.h"
#include "ui/session/training_run.h"
#include "ui/shell/main_window.h"

namespace inflaton::ui {
namespace {

constexpr int kLookMs = 50;
constexpr qint64 kOthersMs = 3000;    // for jobs that keep nothing, and would go on to their own end
constexpr qint64 kKeepingMs = 30000;  // a last snapshot on a slow disk; systems kill after 90 s

}  // namespace

KeepAndClose::KeepAndClose(MainWindow* window) : QObject(window), window_(window) {
  look_.setInterval(kLookMs);
  connect(&look_, &QTimer::timeout, this, [this] { look(); });
}

void KeepAndClose::ask() {
  Session* session = window_->session();
  if (!look_.isActive()) {
    session->training()->stopAndKeep();
    for (const auto id : session->jobs()->active()) session->jobs()->finish(id);
    asked_.start();
    look_.start();
  } else if (!cancelled_) {
    cancelled_ = true;
    session->jobs()->cancelAll();
  }
  look();
}

void KeepAndClose::look() {
  Session* session = window_->session();
  const bool keeping = !window_->unfinished().isEmpty(), jobs = !session->jobs()->active().empty();
  const qint64 passed = asked_.elapsed();
  if ((keeping && passed < kKeepingMs + kOthersMs) || (jobs && passed < kOthersMs && !cancelled_)) {
    if (passed >= kKeepingMs && !cancelled_) {
      cancelled_ = true;
      session->jobs()->cancelAll();
    }
    return;
  }
  look_.stop();
  window_->closeUnasked();
}

}  // namespace inflaton::ui
