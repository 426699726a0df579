preflight() {
  [ "$(id -u)" = 0 ] || refuse "host: must be applied by root, got another user; log in as root or let the user use sudo without a password"
  require_system
  require_size
  require_swap_space
  require_ssh_port
  require_schedules
}

require_system() {
  # shellcheck source=/dev/null
  system=$(. /etc/os-release && printf '%s %s' "$ID" "${VERSION_ID:-}")
  case $system in
    "debian 12" | "debian 13" | "ubuntu 24.04") ;;
    *) refuse "host: must be Debian 12, Debian 13 or Ubuntu 24.04, got $system; use one of them, or take the host key out of the config" ;;
  esac
  [ -d /run/systemd/system ] || refuse "host: systemd must run the server, got another init; boot it with systemd"
  [ -f /sys/fs/cgroup/cgroup.controllers ] ||
    refuse "host: must have cgroup v2, got v1; remove systemd.unified_cgroup_hierarchy from the kernel's command line and reboot"
}

require_size() {
  total=$(sed -n 's/^MemTotal: *\([0-9]*\) kB/\1/p' /proc/meminfo)
  [ "$total" -ge "$MEMORY_KIB" ] ||
    refuse "server.memory: must be at most what the server has, got $((MEMORY_KIB / 1024)) MiB, it has $((total / 1024)) MiB; lower it"
  for folder in /etc /var/lib; do
    free=$(df -Pk "$folder" | awk 'NR == 2 { print $4 }')
    [ "$free" -ge 65536 ] ||
      refuse "host: needs 64 MiB free in $folder, got $((free / 1024)) MiB; free some"
  done
}

# The firewall closes every port but the declared ones.
require_ssh_port() {
  ask_sshd -T 2>/dev/null | grep -qx "port $SSH_PORT" ||
    refuse "host.sshPort: must be one that sshd listens on, got $SSH_PORT; it listens on $(ask_sshd -T 2>/dev/null | sed -n 's/^port //p' | paste -sd ' ' -)"
}

# At a first boot nobody is logged in to take keys-only back.
require_key() {
  for home in $(getent passwd | cut -d: -f6 | sort -u); do
    if grep -q '^[^#]' "$home/.ssh/authorized_keys" 2>/dev/null; then return; fi
  done
  refuse "host: must have a user's authorized key before passwords are refused, got none; give the server your key"
}
