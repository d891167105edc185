#include "app/gui/end_signals.h"

#include <QSocketNotifier>

#ifdef Q_OS_UNIX
#include <fcntl.h>
#include <signal.h>
#include <unistd.h>

#include <cerrno>
#endif

namespace inflaton {

#ifdef Q_OS_UNIX

namespace {

constexpr int kSignals[] = {SIGTERM, SIGINT, SIGHUP};
constexpr int kMost = 2;  // signals that are told of
int pipeEnds[2] = {-1, -1};
struct sigaction before[3];
volatile sig_atomic_t count = 0;

// A handler may do next to nothing; a byte down a pipe is allowed.
extern "C" void onEndSignal(int number) {
  const int saved = errno;
  if (count >= kMost) signal(number, SIG_DFL), raise(number);
  count = count + 1;
  const char byte = 's';
  [[maybe_unused]] const auto written = write(pipeEnds[1], &byte, 1);
  errno = saved;
}

}  // namespace

struct EndSignals::Impl {
  std::function<void()> told;
  std::unique_ptr<QSocketNotifier> notifier;
};

EndSignals::EndSignals(std::function<void()> told) : impl_(std::make_unique<Impl>()) {
  impl_->told = std::move(told);
  if (pipe2(pipeEnds, O_CLOEXEC | O_NONBLOCK) != 0) return;  // signals then do what they do to programs that do not listen
  impl_->notifier = std::make_unique<QSocketNotifier>(pipeEnds[0], QSocketNotifier::Read);
  QObject::connect(impl_->notifier.get(), &QSocketNotifier::activated, impl_->notifier.get(), [this] {
    for (char byte = 0; read(pipeEnds[0], &byte, 1) == 1;) impl_->told();
  });
  struct sigaction action {};
  action.sa_handler = onEndSignal;
  action.sa_flags = SA_RESTART;
  for (int i = 0; i < 3; ++i) {
    sigaction(kSignals[i], nullptr, &before[i]);
    if (before[i].sa_handler != SIG_IGN) sigaction(kSignals[i], &action, nullptr);
  }
}

EndSignals::~EndSignals() {
  if (!impl_->notifier) return;
  for (int i = 0; i < 3; ++i) sigaction(kSignals[i], &before[i], nullptr);
  impl_->notifier.reset();
  for (int& end : pipeEnds) close(end), end = -1;
}

#else

struct EndSignals::Impl {};
EndSignals::EndSignals(std::function<void()>) {}
EndSignals::~EndSignals() = default;

#endif

}  // namespace inflaton
