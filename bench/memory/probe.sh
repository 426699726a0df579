# Reads who holds which memory, again and again. Arguments: a project's name, how often, seconds between two readings.
# Output, tab-separated, bytes: KIND WHO KEY N, where KIND is meminfo, slice (below the root), unit (of system.slice),
# container, or process (memory that is its own); a line "end" after each reading
set -u
project=$1 times=$2 pause=$3

container() { # NAME PID
  unified=$(sed -n 's/^0:://p' "/proc/$2/cgroup")
  memory=$(sed -n 's/^[0-9]*:memory://p' "/proc/$2/cgroup")
  if [ -n "$memory" ]; then echo "$1 /sys/fs/cgroup/memory$memory"; else echo "$1 /sys/fs/cgroup$unified"; fi
}

below() { # KIND FOLDER
  for each in "$2"/*/memory.stat; do
    if [ -r "$each" ]; then
      each=${each%/memory.stat}
      echo "$1 ${each##*/} $each"
    fi
  done
}

# Once: on a slow server the docker client takes seconds, and Docker would be busy with its own measurement.
containers=$(docker ps --quiet --no-trunc --filter "label=plimsoll.project=$project" |
  xargs docker inspect --format '{{.Name}} {{.State.Pid}}')
groups=$(
  below slice /sys/fs/cgroup
  below unit /sys/fs/cgroup/system.slice
  echo "$containers" | while read -r name pid; do echo "container $(container "${name#/}" "$pid")"; done
)

# By one program in one go: what comes and goes between two readings would be counted twice or not at all.
set -- kind=meminfo who=- /proc/meminfo /proc/sys/vm/min_free_kbytes
while read -r kind who folder; do
  set -- "$@" "kind=$kind" "who=$who" "$folder/memory.stat"
  for file in current peak swap.current usage_in_bytes max_usage_in_bytes kmem.usage_in_bytes; do
    [ ! -r "$folder/memory.$file" ] || set -- "$@" "$folder/memory.$file"
  done
done <<GROUPS
$groups
GROUPS
# shellcheck disable=SC2016 # they are awk's
read_groups() {
  awk '{
    count = split(FILENAME, path, "/"); key = NF == 1 ? path[count] : $1; sub(/:$/, "", key)
    printf "%s\t%s\t%s\t%.0f\n", kind, who, key, (NF == 1 ? $1 : $2) * (kind == "meminfo" ? 1024 : 1)
  }' "$@"
}

process() { # NAME PID
  sed -n 's/^Pss_Anon: *\([0-9]*\) kB$/\1/p' "/proc/$2/smaps_rollup" 2>/dev/null |
    while read -r kib; do printf 'process\t%s\tanonymous\t%s\n' "$1" $((kib * 1024)); done
}
read_processes() {
  for folder in /proc/[0-9]*; do
    name=$(cat "$folder/comm" 2>/dev/null) || continue
    case $name in
      dockerd | containerd | docker-proxy) process "$name" "${folder#/proc/}" ;;
    esac
  done
  echo "$containers" | while read -r _ pid; do
    # Whoever started the container's first process.
    process containerd-shim "$(sed -n 's/^PPid:[^0-9]*//p' "/proc/$pid/status")"
  done
}

processes=$(read_processes)
while [ $((times -= 1)) -ge 0 ]; do
  read_groups "$@"
  echo "$processes"
  echo end
  [ "$times" -eq 0 ] || sleep "$pause"
done
