# shellcheck shell=bash
# Shared by the scripts beside it; sourced, not run. Each script stops at the first failure with one clear sentence.
set -Eeuo pipefail
ulimit -c 0  # a crash shall not leave a core file in the user's folder

here="$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)"
root="$(dirname "$here")"
logs="$root/build/logs"
step_name="" step_log=""

on_error() {
  local status=$?
  trap - ERR
  # In a subshell the parent's own trap speaks.
  [[ $BASH_SUBSHELL -gt 0 ]] && exit "$status"
  if [[ -n $step_log && -s $step_log ]]; then
    tail -n 30 "$step_log" >&2
    echo "$(basename "$0"): $step_name failed (exit code $status); the whole log is in $step_log." >&2
  else
    echo "$(basename "$0"): ${step_name:-starting} failed (exit code $status)." >&2
  fi
  exit "$status"
}
trap on_error ERR

# step NAME COMMAND...: runs quietly into a log; says NAME, and how long it took when that was long.
step() {
  step_name="$1"
  shift
  mkdir -p "$logs"
  step_log="$logs/$(tr -c 'a-zA-Z0-9\n' '-' <<<"$step_name").log"
  local start=$SECONDS
  printf '%s ...' "$step_name"
  # Printed before the step and ended after it, so that a failure begins on a line of its own.
  if "$@" >"$step_log" 2>&1; then
    local took=$((SECONDS - start))
    if ((took >= 2)); then echo " done, $took s"; else echo " done"; fi
  else
    local status=$?
    echo " failed"
    (exit "$status")
  fi
  step_name="" step_log=""
}

# As many compilers at once as cores and memory allow: one that reads LibTorch's headers takes up to 1.3 GB.
build_jobs() {
  local cores memory limit jobs
  cores="$(nproc)"
  memory="$(awk '/MemAvailable/ {print int($2 / 1024)}' /proc/meminfo)"
  limit="$(cat /sys/fs/cgroup/memory.max 2>/dev/null || echo max)"
  if [[ $limit =~ ^[0-9]+$ ]] && ((limit / 1048576 < memory)); then memory=$((limit / 1048576)); fi
  jobs=$((memory / 1500))
  if ((jobs > cores)); then jobs=$cores; fi
  if ((jobs < 1)); then jobs=1; fi
  echo "$jobs"
}

configure() {  # configure PRESET [cmake options]
  local preset="$1"
  shift
  (cd "$root" && cmake --preset "$preset" "$@")
}

build() {  # build PRESET [targets]
  local preset="$1"
  shift
  # Paths below the checkout count as relative, so that build folders and checkouts share what ccache holds.
  CCACHE_BASEDIR="$root" CCACHE_NOHASHDIR=1 cmake --build "$root/build/$preset" --parallel "$(build_jobs)" ${1:+--target "$@"}
}
