# Where `systemctl set-property` keeps what somebody said by hand.
CONTROL="/etc/systemd/system.control /run/systemd/system.control"

drop_control() {
  for folder in $CONTROL; do
    for file in "$folder/$1.d"/*-"$2.conf"; do
      [ -f "$file" ] || continue
      rm -f "$file"
      rmdir --ignore-fail-on-non-empty -p "${file%/*}" 2>/dev/null || :
      add_line pending "/etc/systemd/system/$1"
    done
  done
}

# The server's own value, put back by a removal.
keep_before() {
  place=$1 value=$2
  case $1 in
    /sys/fs/cgroup/*) return ;;
    # 0 stands for the ratio beside it, and cannot be written.
    */dirty_*bytes) if [ "$2" = 0 ]; then place=${1%bytes}ratio value=$(cat "${1%bytes}ratio"); fi ;;
  esac
  if ! lines_of before | grep -qF -e "$place$TAB"; then add_line before "$place$TAB$value"; fi
}

repair_controls() {
  drift | while IFS=$TAB read -r kind place _; do
    if [ "$kind" = unit ]; then drop_control "${place%%:*}" "${place#*:}"; fi
  done
}

# systemctl's own answer is yes if it is so of one.
all_are() {
  # shellcheck disable=SC2086
  [ "$(systemctl "is-$1" $SLICES 2>/dev/null | sort -u)" = "$1" ]
}

converge_units() {
  repair_controls
  if is_pending '^/etc/systemd/system/'; then
    systemctl daemon-reload
    say "changed systemd's units"
  fi
  if all_are active && all_are enabled; then return; fi
  # shellcheck disable=SC2086
  systemctl --quiet enable --now $SLICES
  say "changed slices"
}

# Once, when they are new.
note_absent() {
  is_pending '^/etc/tmpfiles.d/' || return 0
  read_absent | while IFS=$TAB read -r _ path _; do say "note $path: not in this kernel"; done
}

converge_values() {
  note_absent
  drift | while IFS=$TAB read -r kind place declared live; do
    case $kind in
      kernel)
        [ -e "$place" ] || continue
        (keep_before "$place" "$live")
        printf '%s' "$declared" >"$place" || continue
        ;;
      process) printf '%s' "$declared" >"/proc/$(main_pid "$place")/oom_score_adj" || continue ;;
      *) continue ;;
    esac
    say "changed $place: $declared"
  done
}

converge_journal() {
  is_pending '^/etc/systemd/journald.conf.d/' || return 0
  systemctl restart systemd-journald.service
}

converge_time() {
  for unit in systemd-timesyncd chrony ntpsec openntpd; do
    if systemctl --quiet is-active "$unit"; then return; fi
  done
  [ -x /usr/lib/systemd/systemd-timesyncd ] || return 0
  systemctl --quiet enable --now systemd-timesyncd.service
  say "changed systemd-timesyncd: active"
}
