SSH_FILE=/etc/ssh/sshd_config.d/01-plimsoll.conf
SSHD_FOLDER=/run/sshd
FIREWALL=plimsoll-firewall.service
DOOR="^$SSH_FILE\$\|^/etc/plimsoll/firewall\.nft\$"
REVERT=plimsoll-door-revert
REVERT_AFTER=120s

# sshd says nothing of its settings without the folder that its unit makes. Where a socket starts it, as on Ubuntu, that
# is not before somebody has come in.
ask_sshd() {
  mkdir -p "$SSHD_FOLDER"
  sshd "$@"
}

# Takes the new lock off the door by itself, should nobody get in through it and say so.
arm() {
  if [ "$CONFIRM" = no ] || systemctl --quiet is-active "$REVERT.timer"; then return; fi
  systemd-run --quiet --collect --unit="$REVERT" --on-active="$REVERT_AFTER" --timer-property=AccuracySec=1s \
    /bin/sh -c "rm -f $SSH_FILE; systemctl try-reload-or-restart ssh.service; systemctl disable --now $FIREWALL"
}

converge_ssh() {
  is_pending "^$SSH_FILE\$" || return 0
  arm
  if ! ask_sshd -t 2>"$RUN/sshd.log"; then
    rm -f "$SSH_FILE"
    tail -n 5 "$RUN/sshd.log" >&2
    refuse "host: sshd must take $SSH_FILE, got the error above; it was removed again"
  fi
  systemctl try-reload-or-restart ssh.service
  say "changed sshd: reloaded"
}

firewall_is_whole() { ! drift | grep -q "^firewall$TAB"; }
converge_firewall() {
  systemctl --quiet is-enabled "$FIREWALL" || systemctl --quiet enable "$FIREWALL"
  if ! is_pending '^/etc/plimsoll/firewall' && systemctl --quiet is-active "$FIREWALL" && firewall_is_whole; then return; fi
  arm
  systemctl reload-or-restart "$FIREWALL"
  say "changed firewall: loaded"
}

# What is done about the door stays pending until somebody came in through it.
settle() {
  if systemctl --quiet is-active "$REVERT.timer"; then
    lines_of pending | { grep -e "$DOOR" || :; } | remember pending
    say "confirm"
  else
    : | remember pending
  fi
}

confirm() {
  systemctl --quiet is-active "$REVERT.timer" ||
    refuse "host: a new connection must succeed within $REVERT_AFTER, got one later; the door is as it was, run this again"
  systemctl stop "$REVERT.timer"
  : | remember pending
}
