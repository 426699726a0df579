/** By the name under which verify tells it, how a setting of the server is changed by hand. */
export function changesByHand(project: string, user: string): Readonly<Record<string, string>> {
  const slice = (path: string) => `${project}-staging${path}.slice`;
  const group = `/sys/fs/cgroup/${project}.slice/${slice("")}`;
  return {
    "vm.swappiness": "sysctl -qw vm.swappiness=90",
    "vm.watermark_scale_factor": "sysctl -qw vm.watermark_scale_factor=10",
    "vm.dirty_bytes": "sysctl -qw vm.dirty_ratio=30",
    "net.ipv4.tcp_keepalive_time": "sysctl -qw net.ipv4.tcp_keepalive_time=7200",
    "net.ipv4.ip_local_port_range": "sysctl -qw net.ipv4.ip_local_port_range='32768 60999'",
    "kernel.panic": "sysctl -qw kernel.panic=0",
    "/sys/kernel/mm/transparent_hugepage/enabled":
      "echo always >/sys/kernel/mm/transparent_hugepage/enabled",
    [`${slice("-service")} MemoryMax`]: `systemctl set-property ${slice("-service")} MemoryMax=1G`,
    [`${slice("-service")} memory.max`]: "true",
    [`${slice("-service-chat-1")} TasksMax`]: `systemctl set-property ${slice("-service-chat-1")} TasksMax=9`,
    [`${slice("-door")} CPUWeight`]: `systemctl set-property --runtime ${slice("-door")} CPUWeight=7`,
    [`${slice("-batch")} memory.high`]: `echo max >${group}/${slice("-batch")}/memory.high`,
    [`${slice("-batch")} UnitFileState`]: `systemctl -q disable ${slice("-batch")}`,
    "docker.service oom_score_adj":
      "echo -900 >/proc/$(systemctl show -P MainPID docker)/oom_score_adj",
    "docker.service StartLimitBurst":
      "rm /etc/systemd/system/docker.service.d/50-plimsoll.conf; systemctl daemon-reload",
    "/etc/systemd/system/docker.service.d/50-plimsoll.conf": "true",
    "/etc/docker/daemon.json": "sed -i s/10m/900m/ /etc/docker/daemon.json",
    "/etc/systemd/journald.conf.d/plimsoll.conf":
      "chmod 600 /etc/systemd/journald.conf.d/plimsoll.conf",
    "/etc/ssh/sshd_config.d/01-plimsoll.conf":
      "sed -i 's/^MaxAuthTries.*/MaxAuthTries 6/' /etc/ssh/sshd_config.d/01-plimsoll.conf",
    "sshd maxauthtries": "true",
    "/etc/apt/apt.conf.d/52plimsoll": "rm /etc/apt/apt.conf.d/52plimsoll",
    "firewall ports": "nft add element inet plimsoll ports '{ 9999 }'",
    "firewall rest": "nft flush chain inet plimsoll arriving",
    "plimsoll-firewall.service UnitFileState": "systemctl -q disable plimsoll-firewall",
    "swap MiB": "swapoff /var/lib/plimsoll/swapfile",
    "time synchronisation": "systemctl stop systemd-timesyncd",
    "docker.service UnitFileState": "systemctl -q disable docker.service",
    "plimsoll-backup.timer ActiveState": "systemctl stop plimsoll-backup.timer",
    [`group of ${user}`]: `gpasswd -d ${user} docker >/dev/null`,
    [`/home/${user}/.ssh/authorized_keys`]: `echo more >>/home/${user}/.ssh/authorized_keys`,
  };
}
