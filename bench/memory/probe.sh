# Reads who holds which memory. Argument: a project's name. Output, tab-separated, bytes:
# meminfo KEY N | group WHO KEY N (a cgroup) | process NAME anonymous N (memory, what is shared divided)
set -u
say() { printf '%s\t' "$1" "$2" "$3"; printf '%s\n' "$4"; }

group() { # WHO PATH
  [ -r "$2/memory.stat" ] || return 0
  while read -r key value; do say group "$1" "$key" "$value"; done <"$2/memory.stat"
  for each in current peak swap.current usage_in_bytes max_usage_in_bytes kmem.usage_in_bytes; do
    [ -r "$2/memory.$each" ] && say group "$1" "memory.$each" "$(cat "$2/memory.$each")"
  done
}

container() { # NAME PID
  unified=$(sed -n 's/^0:://p' "/proc/$2/cgroup")
  memory=$(sed -n 's/^[0-9]*:memory://p' "/proc/$2/cgroup")
  if [ -n "$memory" ]; then group "$1" "/sys/fs/cgroup/memory$memory"; else group "$1" "/sys/fs/cgroup$unified"; fi
}

# First: on a slow server the docker client takes seconds, in which what is read before and after it would come apart.
containers=$(docker ps --quiet --no-trunc --filter "label=plimsoll.project=$1" |
  xargs docker inspect --format '{{.Name}} {{.State.Pid}}')

sed -n 's/^\([^:]*\): *\([0-9]*\) kB$/\1 \2/p' /proc/meminfo | while read -r key kib; do
  say meminfo - "$key" $((kib * 1024))
done
say meminfo - min_free $(($(cat /proc/sys/vm/min_free_kbytes) * 1024))
echo "$containers" | while read -r name pid; do container "${name#/}" "$pid"; done
for each in init.scope user.slice system.slice system.slice/docker.service system.slice/containerd.service; do
  group "${each##*/}" "/sys/fs/cgroup/$each"
done
anonymous() { # PID
  sed -n 's/^Pss_Anon: *\([0-9]*\) kB$/\1/p' "/proc/$1/smaps_rollup" 2>/dev/null
}
for folder in /proc/[0-9]*; do
  name=$(cat "$folder/comm" 2>/dev/null) || continue
  case $name in
    dockerd | containerd | docker-proxy) say process "$name" anonymous $(($(anonymous "${folder#/proc/}") * 1024)) ;;
  esac
done

echo "$containers" | while read -r _ pid; do
  # Whoever started the container's first process.
  shim=$(sed -n 's/^PPid:[^0-9]*//p' "/proc/$pid/status")
  say process containerd-shim anonymous $(($(anonymous "$shim") * 1024))
done
