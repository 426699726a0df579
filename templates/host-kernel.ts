import { MIB } from "../core/units.ts";
import type { KernelFile, NamedSetting } from "./host-setting.ts";
import { named } from "./host-setting.ts";

/**
 * Of 0.01 % of memory: reclaim in the background begins 25 MiB earlier, before somebody has to wait for it.
 * `vm.min_free_kbytes` is the kernel's own: wherever huge pages are not off it keeps 44 MiB, and says so again whenever
 * they are switched. Source: Linux, mm/khugepaged.c.
 */
const WATERMARK_SCALE = 125;
/** Writeback in small portions: a whole fifth of memory at once stops everybody on a small disk. */
const DIRTY_BACKGROUND_BYTES = 16 * MIB;
const DIRTY_BYTES = 64 * MIB;
/** Streams live for minutes; a client that vanished is found within 4 minutes instead of 2 hours. */
const KEEPALIVE = { time: 120, interval: 30, probes: 4 };

/** @param swappiness 0 to 200 */
export function sysctls(swappiness: number): NamedSetting[] {
  return named({
    "vm.swappiness": swappiness,
    "vm.watermark_scale_factor": WATERMARK_SCALE,
    "vm.dirty_background_bytes": DIRTY_BACKGROUND_BYTES,
    "vm.dirty_bytes": DIRTY_BYTES,
    "vm.overcommit_memory": 0,
    "vm.panic_on_oom": 0,
    // Minutes after a kernel panic nobody is there to press a button.
    "kernel.panic": 10,
    "net.core.somaxconn": 4096,
    "net.ipv4.ip_forward": 1,
    "net.ipv4.ip_local_port_range": "10240 65000",
    "net.ipv4.tcp_max_syn_backlog": 2048,
    "net.ipv4.tcp_keepalive_time": KEEPALIVE.time,
    "net.ipv4.tcp_keepalive_intvl": KEEPALIVE.interval,
    "net.ipv4.tcp_keepalive_probes": KEEPALIVE.probes,
    "net.ipv4.tcp_fin_timeout": 30,
    "net.ipv4.tcp_slow_start_after_idle": 0,
    "net.ipv4.tcp_notsent_lowat": 16_384,
  });
}

/** Where a sysctl is in force. */
export function sysctlPath(name: string): string {
  return `/proc/sys/${name.replaceAll(".", "/")}`;
}

/**
 * What a kernel does not have (Debian's for clouds has no zswap) is `absent` and left so.
 * zswap keeps cold pages compressed in a fifth of memory before they go to the disk; Redis warns of huge pages.
 */
export const KERNEL_FILES: readonly KernelFile[] = [
  { path: "/sys/module/zswap/parameters/compressor", value: "zstd" },
  { path: "/sys/module/zswap/parameters/max_pool_percent", value: "20" },
  { path: "/sys/module/zswap/parameters/enabled", value: "Y" },
  { path: "/sys/kernel/mm/transparent_hugepage/enabled", value: "madvise" },
];
