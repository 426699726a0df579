# Reads what the kernel enforces on containers. Arguments, repeated: NAME PID. Output: NAME, key and value, tab-separated.
# A container or a process may end while it is looked at: then it has no lines.
set -u
tell() { printf '%s\t%s\t%s\n' "$name" "$1" "$2"; }
file() { if [ -r "$1" ]; then tell "${1##*/}" "$(cat "$1")"; fi; }

while [ $# -gt 0 ]; do
  name=$1 pid=$2
  shift 2
  [ -r "/proc/$pid/cgroup" ] || continue
  unified=$(sed -n 's/^0:://p' "/proc/$pid/cgroup")
  memory=$(sed -n 's/^[0-9]*:memory://p' "/proc/$pid/cgroup")
  if [ -n "$memory" ]; then
    group=/sys/fs/cgroup/memory$memory
    for each in memory.limit_in_bytes memory.soft_limit_in_bytes memory.memsw.limit_in_bytes; do file "$group/$each"; done
  else
    group=/sys/fs/cgroup$unified
    for each in memory.max memory.low memory.swap.max; do file "$group/$each"; done
  fi
  for each in $(cat "$group/cgroup.procs" 2>/dev/null); do
    [ "$each" = "$pid" ] && continue # the container's init
    resident=$(sed -n 's/^VmRSS:[^0-9]*\([0-9]*\).*/\1/p' "/proc/$each/status" 2>/dev/null)
    if score=$(cat "/proc/$each/oom_score_adj" 2>/dev/null); then tell process "${resident:-0} $score"; fi
  done
done
