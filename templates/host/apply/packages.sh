is_installed() { [ "$(dpkg-query -W -f '${db:Status-Status}' "$1" 2>/dev/null)" = installed ]; }

keeps_time() { has chronyd || has ntpd || has openntpd || [ -x /usr/lib/systemd/systemd-timesyncd ]; }

missing_packages() {
  is_installed nftables || say nftables
  keeps_time || say systemd-timesyncd
  [ "$UPGRADES" = 0 ] || is_installed unattended-upgrades || say unattended-upgrades
  if ! has dockerd; then
    say docker.io iptables
    # Debian 13 and later have the client apart.
    if apt-cache show docker-cli >/dev/null 2>&1; then say docker-cli; fi
  fi
  # Where the kernel has AppArmor on, no container starts without its parser.
  if [ "$(cat /sys/module/apparmor/parameters/enabled 2>/dev/null)" = Y ]; then has apparmor_parser || say apparmor; fi
}

apt() {
  DEBIAN_FRONTEND=noninteractive NEEDRESTART_MODE=l \
    apt-get -qq -o DPkg::Lock::Timeout=300 -o Dpkg::Options::=--force-confold "$@" \
    >"$RUN/apt.log" 2>&1 </dev/null 9>&- && return
  tail -n 15 "$RUN/apt.log" >&2
  refuse "host: Debian's packages must be installable, got the error above from apt-get $1; put it right and run this again"
}

# What an installation or a purge would do, without doing it: `Inst` or `Purg` and a name a line.
simulate() { LC_ALL=C apt-get -qq -s -o Dpkg::Options::=--force-confold "$@" </dev/null 9>&-; }

# For a removal that is asked to take them: with all that comes along, and before any of it is there. A version in
# brackets is one that was there already.
note_packages() {
  for name in $(simulate install --no-install-recommends "$@" | sed -n 's/^Inst \([^ ]*\) (.*/\1/p'); do
    add_line packages "$name"
  done
}

converge_packages() {
  # What a killed run left half done.
  if [ -n "$(dpkg --audit)" ]; then DEBIAN_FRONTEND=noninteractive dpkg --force-confold --configure -a >/dev/null </dev/null 9>&-; fi
  [ -n "$(missing_packages)" ] || return 0
  apt update
  missing=$(missing_packages | paste -sd ' ' -)
  # shellcheck disable=SC2086
  note_packages $missing
  # shellcheck disable=SC2086
  apt install --yes --no-install-recommends $missing
  say "changed packages: $missing"
}
