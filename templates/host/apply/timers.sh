# systemd's own word on the shape that the config has let through.
require_schedules() {
  schedules | while IFS=$TAB read -r key schedule; do
    systemd-analyze calendar "$schedule" >/dev/null 2>&1 ||
      refuse "$key: must be a time that the server's systemd knows, got $schedule; systemd-analyze calendar '$schedule' says what is wrong"
  done
}

converge_timers() {
  for timer in $TIMERS; do
    if is_pending "^/etc/systemd/system/$timer\$"; then
      systemctl --quiet enable "$timer"
      # Only a start reads its time anew.
      systemctl restart "$timer"
    else
      if systemctl --quiet is-active "$timer" && systemctl --quiet is-enabled "$timer"; then continue; fi
      systemctl --quiet enable --now "$timer"
    fi
    say "changed $timer: next $(systemctl show --property=NextElapseUSecRealtime --value -- "$timer")"
  done
}
