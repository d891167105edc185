#include "ui/jobs/run_scanner.h"

#include <utility>

#include "ui/jobs/background.h"
#include "ui/jobs/jobs_model.h"

namespace inflaton::ui {

RunScanner::RunScanner(std::function<QString()> runsFolder, JobsModel* model, QObject* parent)
    : QObject(parent), runsFolder_(std::move(runsFolder)), model_(model) {
  timer_.setInterval(2000);
  connect(&timer_, &QTimer::timeout, this, &RunScanner::look);
}

void RunScanner::setWatching(bool on) {
  if (on == timer_.isActive()) return;
  if (!on) return timer_.stop();
  timer_.start();
  look();
}

void RunScanner::look() {
  if (std::exchange(looking_, true)) return;  // a slow disk: the next turn comes
  const std::string folder = runsFolder_().toStdString();
  if (!watch_ || watch_->folder() != folder) watch_ = std::make_shared<RunWatch>(folder);
  inBackground(
      this, [watch = watch_] { return std::make_shared<std::vector<RunSighting>>(watch->look()); },
      [this](const std::shared_ptr<std::vector<RunSighting>>& seen) {
        looking_ = false;
        model_->setRuns(*seen);
      });
}

}  // namespace inflaton::ui
