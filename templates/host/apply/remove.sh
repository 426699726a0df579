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

own_packages() { for name in $(lines_of packages); do if is_installed "$name"; then say "$name"; fi; done; }

# With Docker go its images, so it must hold nothing else.
require_empty_docker() {
  if ! own_packages | grep -qx docker.io; then return; fi
  held=$(timeout 30 docker ps --all --format 'container {{.Names}}' && timeout 30 docker volume ls --format 'volume {{.Name}}') ||
    refuse "host: Docker must say what it holds before it goes, got no answer; start it (systemctl start docker)"
  [ -z "$held" ] ||
    refuse "host: Docker must hold nothing before it goes, got $(say "$held" | paste -sd , - | sed 's/,/, /g'); remove that (docker rm, docker volume rm), or keep the packages"
}

require_unneeded_packages() {
  require_empty_docker
  own_packages >"$RUN/packages"
  # shellcheck disable=SC2046
  others=$(simulate purge $(own_packages) | sed -n 's/^\(Purg\|Remv\) \([^ ]*\).*/\2/p' | grep -vxF -f "$RUN/packages" | paste -sd ' ' - || :)
  [ -z "$others" ] ||
    refuse "host: Plimsoll's packages must be needed by nothing else before they go, got $others; remove them first (apt-get remove $others), or keep the packages"
}

remove_packages() {
  names=$(own_packages | paste -sd ' ' -)
  if [ -n "$names" ]; then
    # shellcheck disable=SC2086
    apt purge --yes $names
    # It was found to hold nothing but images.
    if say "$names" | tr ' ' '\n' | grep -qx docker.io && ! has dockerd; then
      rm -rf --one-file-system /var/lib/docker /var/lib/containerd
    fi
    say "removed packages: $names"
  fi
  rm -f "$STATE/packages"
}

remove_swap() {
  [ -f "$ROOT$SWAP_FILE" ] || return 0
  if runs && systemctl --quiet is-active "$SWAP_UNIT" && ! systemctl --quiet stop "$SWAP_UNIT"; then
    refuse "server.swap: what the swap file holds must fit into memory before it goes, got too much of it; stop something and run this again"
  fi
  rm -f "$ROOT$SWAP_FILE" "$ROOT$SWAP_FILE.new"
  say "removed swap: $SWAP_FILE"
}

# What a later removal may be asked to take stays noted.
forget() {
  # First: a run that is killed here must not leave what it gave back as ours.
  printf '%s' "${1:+$1$NEWLINE}" | remember manifest
  find "$ROOT$STATE" -mindepth 1 ! -name manifest ! -name packages -delete
}

remove_settings() {
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
  forget "$kept"
}

# The swap file with its unit, and packages with Docker, stay unless asked for.
remove() {
  swap=keep packages=keep
  for option in "$@"; do
    case $option in
      --swap) swap=remove ;;
      --packages) packages=remove ;;
      *) refuse "host: unknown argument $option; the file's head tells them" ;;
    esac
  done
  lock
  # Before anything is removed.
  if runs && [ "$packages" = remove ]; then require_unneeded_packages; fi
  if [ "$swap" = remove ]; then remove_swap; fi
  if [ -d "$ROOT$STATE" ]; then remove_settings; else say "nothing of Plimsoll's is there"; fi
  if runs && [ "$packages" = remove ]; then remove_packages; fi
  if [ -z "$(lines_of manifest)$(lines_of packages)" ]; then rm -rf "$ROOT$STATE"; fi
}
