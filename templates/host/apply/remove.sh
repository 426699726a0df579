# A slice that still holds somebody's processes stays until they are gone.
stop_slice() {
  group=$(systemctl show --property=ControlGroup --value -- "$1")
  if grep -qx 'populated 0' "/sys/fs/cgroup$group/cgroup.events" 2>/dev/null; then systemctl --quiet stop "$1"; fi
}

restore_values() {
  lines_of before | while IFS=$TAB read -r place value; do
    if [ -e "$place" ]; then printf '%s' "$value" >"$place" || :; fi
  done
}

reload_all() {
  systemctl daemon-reload
  is_pending '^/etc/systemd/journald.conf.d/' && systemctl restart systemd-journald.service
  is_pending "^$SSH_FILE\$" && systemctl try-reload-or-restart ssh.service
  if is_pending '^/etc/docker/daemon\.json$'; then systemctl try-restart docker.service; fi
}

# The swap file and its unit stay, and packages with Docker.
remove() {
  lock
  if [ ! -d "$ROOT$STATE" ]; then
    say "nothing of Plimsoll's is there"
    return
  fi
  kept=$(lines_of manifest | grep -x -e "/etc/systemd/system/$SWAP_UNIT" || :)
  [ -f "$ROOT$SWAP_FILE" ] || kept=
  paths=$(lines_of manifest | grep -vxF -e "${kept:-none}" || :)
  if runs; then
    systemctl --quiet stop "$REVERT.timer" 2>/dev/null || :
    systemctl --quiet disable --now "$FIREWALL" 2>/dev/null || :
    restore_values
  fi
  # shellcheck disable=SC2086
  remove_files $paths
  if runs; then
    reload_all
    for slice in $(say "$SLICES" | tr ' ' '\n' | LC_ALL=C sort -r); do stop_slice "$slice"; done
    remove_user
  fi
  # First: a run that is killed here must not leave what it gave back as ours.
  printf '%s' "${kept:+$kept$NEWLINE}" | remember manifest
  find "$ROOT$STATE" -mindepth 1 ! -name manifest -delete
  if [ -z "$kept" ]; then rm -rf "$ROOT$STATE"; fi
}
