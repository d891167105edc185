#include "app/cli/interrupt.h"

#include <fcntl.h>
#include <signal.h>
#include <unistd.h>

#include <cerrno>

namespace inflaton::cli {
namespace {

constexpr int kSignals[] = {SIGINT, SIGTERM, SIGHUP};
constexpr char kSignal = 's', kEnd = 'e';
int pipeEnds[2] = {-1, -1};
struct sigaction before[3];

// A handler may do next to nothing; a byte down a pipe is allowed, and a thread does the rest.
extern "C" void onSignal(int) {
  const int saved = errno;
  [[maybe_unused]] const auto written = write(pipeEnds[1], &kSignal, 1);
  errno = saved;
}

}  // namespace

Interrupt::Interrupt(First first, Console& console) : console_(console) {
  if (pipe2(pipeEnds, O_CLOEXEC) != 0) throw Error(ErrorCode::failed, "cannot make a pipe for signals");
  listener_ = std::thread([this, first] { listen(first); });
  struct sigaction action {};
  action.sa_handler = onSignal;
  action.sa_flags = SA_RESTART;
  for (int i = 0; i < 3; ++i) {
    sigaction(kSignals[i], nullptr, &before[i]);
    // Under nohup the terminal may close.
    if (kSignals[i] != SIGHUP || before[i].sa_handler != SIG_IGN) sigaction(kSignals[i], &action, nullptr);
  }
}

Interrupt::~Interrupt() {
  for (int i = 0; i < 3; ++i) sigaction(kSignals[i], &before[i], nullptr);
  [[maybe_unused]] const auto written = write(pipeEnds[1], &kEnd, 1);
  listener_.join();
  close(pipeEnds[0]);
  close(pipeEnds[1]);
}

void Interrupt::listen(First first) {
  int count = first == First::keep ? 0 : 1;
  char byte = 0;
  for (;;) {
    const auto got = read(pipeEnds[0], &byte, 1);
    if (got < 0 && errno == EINTR) continue;
    if (got != 1 || byte == kEnd) return;
    switch (count++) {
      case 0:
        console_.note("stopping and keeping what there is; once more to stop at once");
        finish_.request_stop();
        break;
      case 1:
        console_.note("cancelling");
        stop_.request_stop();
        break;
      default:
        _exit(static_cast<int>(ErrorCode::cancelled));
    }
  }
}

}  // namespace inflaton::cli
