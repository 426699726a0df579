SWAP_FILE=/var/lib/plimsoll/swapfile
SWAP_UNIT=var-lib-plimsoll-swapfile.swap

# Only what others' swap lacks.
swap_wanted() { say "$((SWAP_MIB - $(swap_mib "$SWAP_FILE")))"; }
swap_there() { say "$(($(stat -c %s "$SWAP_FILE" 2>/dev/null || say 0) / 1048576))"; }

make_swap() {
  if systemctl --quiet is-active "$SWAP_UNIT"; then systemctl stop "$SWAP_UNIT"; fi
  rm -f "$SWAP_FILE" "$SWAP_FILE.new"
  free=$(df -Pm "${SWAP_FILE%/*}" | awk 'NR == 2 { print $4 }')
  # An eighth of it stays free for everything else.
  [ "$(($1 + $1 / 8))" -le "$free" ] ||
    refuse "server.swap: must fit on the disk, got $1 MiB, $free MiB are free in ${SWAP_FILE%/*}; lower it or free some"
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
