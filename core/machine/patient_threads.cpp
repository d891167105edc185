#include "core/machine/patient_threads.h"

#include <omp.h>

#include <condition_variable>
#include <cstdlib>
#include <mutex>
#include <thread>

namespace inflaton {

void letWaitingThreadsSleep() {
  static std::once_flag once;
  std::call_once(once, [] {
    if (std::getenv("OMP_WAIT_POLICY") || std::getenv("GOMP_SPINCOUNT")) return;
    // The setting is read from the environment before main, too early for us. But GNU OpenMP also spins briefly whenever it
    // manages more threads than there are cores: a parked team, asleep for good, makes that so.
    std::mutex ready;
    std::condition_variable parked;
    bool done = false;
    std::thread([&] {
      int members = 0;
#pragma omp parallel num_threads(omp_get_num_procs() + 1)
      {
#pragma omp atomic
        ++members;
      }
      {
        std::lock_guard lock(ready);
        done = members > 0;
        parked.notify_one();
      }
      for (;;) std::this_thread::sleep_for(std::chrono::hours(24));
    }).detach();
    std::unique_lock lock(ready);
    parked.wait(lock, [&] { return done; });
  });
}

}  // namespace inflaton
