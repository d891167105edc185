#pragma once

namespace inflaton {

/// OpenMP's threads spin while they wait for each other. On a core that something else wants (a build, another program's job)
/// each wait then costs a time slice, and a job runs ten times slower. After this call they spin for a moment, then sleep.
/// Once per process is enough; OMP_WAIT_POLICY in the environment, or GOMP_SPINCOUNT, wins.
void letWaitingThreadsSleep();

}  // namespace inflaton
