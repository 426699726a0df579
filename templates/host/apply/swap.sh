SWAP_FILE=/var/lib/plimsoll/swapfile
SWAP_UNIT=var-lib-plimsoll-swapfile.swap

# Only what others' swap lacks.
swap_wanted() { say "$((SWAP_MIB - $(swap_mib "$SWAP_FILE")))"; }
swap_there() { say "$(($(stat -c %s "$SWAP_FILE" 2>/dev/null || say 0) / 1048576))"; }

require_swap_space() {
  wanted=$(swap_wanted)
  there=$(swap_there)
  free=$(df -Pm /var/lib | awk 'NR == 2 { print $4 }')
  # As much stays free for everything else.
  [ "$((wanted - there))" -le "$((free / 2))" ] ||
    refuse "server.swap: must be at most half of the free disk, got $wanted MiB to add, $free MiB are free in /var/lib; lower it or free some"
}

make_swap() {
  if systemctl --quiet is-active "$SWAP_UNIT"; then systemctl stop "$SWAP_UNIT"; fi
  rm -f "$SWAP_FILE" "$SWAP_FILE.new"
  (umask 077 && fallocate --length "$1MiB" "$SWAP_FILE.new")
  mkswap --quiet "$SWAP_FILE.new"
  mv -fT "$SWAP_FILE.new" "$SWAP_FILE"
}

converge_swap() {
  wanted=$(swap_wanted)
  if [ "$wanted" -le 0 ]; then
    if systemctl --quiet is-enabled "$SWAP_UNIT" 2>/dev/null; then systemctl --quiet disable --now "$SWAP_UNIT"; fi
    rm -f "$SWAP_FILE" "$SWAP_FILE.new"
    return
  fi
  [ "$(swap_there)" = "$wanted" ] || make_swap "$wanted"
  if [ "$(swap_mib all)" -ge "$SWAP_MIB" ] && systemctl --quiet is-enabled "$SWAP_UNIT" 2>/dev/null; then return; fi
  systemctl --quiet enable --now "$SWAP_UNIT"
  say "changed swap: $wanted MiB in $SWAP_FILE"
}
