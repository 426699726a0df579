# Each prints lines of kind, place and value that are in force; facts() says which are wanted.
places() { facts | sed -n "s/^$1$TAB\([^$TAB]*\)$TAB.*/\1/p"; }

# One grep: a file of the kernel's has to be read in one go, which a shell's own read does not do.
read_kernel() {
  { places kernel | xargs grep -s -H '' || :; } | awk '{
    at = index($0, ":"); value = substr($0, at + 1)
    # Of several words the chosen one is in brackets.
    if (match(value, /\[[^]]*\]/)) value = substr(value, RSTART + 1, RLENGTH - 2)
    gsub(/[ \t]+/, " ", value)
    printf "kernel\t%s\t%s\n", substr($0, 1, at - 1), value
  }'
}

# A module that the kernel was built without; its settings wait for one that has it.
read_absent() {
  places kernel | sed -n "s|^\(/sys/module/[^/]*\)/.*|&$TAB\1|p" | while IFS=$TAB read -r path module; do
    [ -d "$module" ] || printf 'kernel\t%s\tabsent\n' "$path"
  done
}

read_files() {
  places file | while read -r path; do
    [ -f "$ROOT$path" ] || continue
    file=$ROOT$path
    # In force beside somebody else's settings.
    if [ "$path" = "$DAEMON" ] && [ -e "$STAGE.ours" ] && is_same "$path"; then file=$STAGE.ours; fi
    sum=$(sha256sum <"$file")
    printf 'file\t%s\t%s %s\n' "$path" "$(stat -c %a "$file")" "${sum%% *}"
  done
}

read_units() {
  properties=$(places unit | sed 's/.*://' | sort -u | paste -sd , -)
  places unit | sed 's/:.*//' | sort -u | xargs systemctl show --property="Id,$properties" -- | awk '
    function tell(name) {
      for (name in value) printf "unit\t%s:%s\t%s\n", value["Id"], name, value[name]
      split("", value)
    }
    $0 == "" { tell(); next }
    { at = index($0, "="); value[substr($0, 1, at - 1)] = substr($0, at + 1) }
    END { tell() }'
}

main_pid() { systemctl show --property=MainPID --value -- "$1"; }
read_processes() {
  places process | while read -r unit; do
    if score=$(cat "/proc/$(main_pid "$unit")/oom_score_adj" 2>/dev/null); then printf 'process\t%s\t%s\n' "$unit" "$score"; fi
  done
}

read_docker() {
  has docker || return 0
  timeout 30 docker info --format 'docker	CgroupDriver	{{.CgroupDriver}}
docker	CgroupVersion	{{.CgroupVersion}}
docker	LiveRestoreEnabled	{{.LiveRestoreEnabled}}
docker	LoggingDriver	{{.LoggingDriver}}
docker	DefaultAddressPools	{{range .DefaultAddressPools}}{{.Base}} {{.Size}}{{end}}' 2>/dev/null || :
}

swap_mib() { awk -v ours="$1" 'NR > 1 && (ours == "all" || $1 != ours) { sum += $3 } END { print int((sum + 1023) / 1024) }' /proc/swaps; }
read_others() {
  ask_sshd -T 2>/dev/null | sed -n "s/^\([a-z0-9]*\) /sshd$TAB\1$TAB/p"
  # More than declared is somebody else's, and no harm.
  swap=$(swap_mib all)
  printf 'swap\ttotal\t%s\n' "$((swap > SWAP_MIB ? SWAP_MIB : swap))"
  printf 'firewall\tports\t%s\n' "$(nft list set inet plimsoll ports 2>/dev/null | tr -s ',\n\t ' ' ' | sed -n 's/.*elements = { \([^}]*\) }.*/\1/p')"
  printf 'firewall\taccepts\t%s\n' "$(nft list chain inet plimsoll arriving 2>/dev/null | grep -c ' accept$')"
  printf 'firewall\trest\t%s\n' "$(nft list chain inet plimsoll arriving 2>/dev/null | sed -n 's/.* drop$/drop/p')"
  for unit in systemd-timesyncd chrony ntpsec openntpd; do
    if systemctl --quiet is-active "$unit"; then printf 'time\tservice\tactive\n' && break; fi
  done
  if [ -n "$USER_NAME" ]; then printf 'user\t%s\t%s\n' "$USER_NAME" "$(id -nG "$USER_NAME" 2>/dev/null | tr ' ' '\n' | grep -x docker)"; fi
}

live() {
  read_files
  runs || return 0
  read_kernel
  read_absent
  read_units
  read_processes
  read_docker
  read_others
}

# Facts that are not in force: kind, place, declared, live.
drift() {
  live >"$ROOT$RUN/live"
  facts | awk -F '\t' -v all="$(runs && say yes)" '
    NR == FNR { live[$1 FS $2] = $3; next }
    all == "" && $1 != "file" { next }
    !(($1 FS $2) in live) { print $0 FS "none"; next }
    live[$1 FS $2] == "absent" { next }
    live[$1 FS $2] "" != $3 "" { print $0 FS live[$1 FS $2] }' "$ROOT$RUN/live" -
}
