import { execa } from "execa";
import type { Disk } from "./disk.ts";

const CPUS = 2;
const MEMORY_MIB = 2048;
/**
 * With what `max` has more (AVX, XSAVE, page tables of five levels) QEMU takes a third longer for the same work: 4.7 s
 * instead of 3.0 for five `docker info`, 9.4 instead of 7.9 for a restart of Docker.
 */
const CPU = "Westmere,+rdrand,+fsgsbase";
const ROOT_DEVICE = "/dev/vda";

/** A TCP port of 127.0.0.1 that leads to one of the server. */
export interface Forward {
  readonly host: number;
  readonly guest: number;
}

export interface Machine {
  readonly disk: Disk;
  readonly forwards: readonly Forward[];
  readonly consoleFile: string;
}

const COMMAND_LINE = [
  `root=${ROOT_DEVICE}`,
  "rw",
  "console=ttyS0",
  "quiet",
  // Debian leaves pressure stall information off.
  "psi=1",
  // They guard against nothing here and cost a tenth of the emulated CPU.
  "mitigations=off",
  // Finds no timer that ticks in time where other programs have the processors, and the boot hangs there.
  "no_timer_check",
  // Emulated processors read one clock, but the kernel's check of that is too slow for them, and HPET costs an exit a look.
  ...["tsc=reliable", "clocksource=tsc"],
].join(" ");

function drive(id: string, file: string): string[] {
  // QEMU reads a doubled comma as one of the name's.
  const name = file.replaceAll(",", ",,");
  const options = `if=none,id=${id},format=raw,cache=unsafe,file=${name}`;
  return ["-drive", options, "-device", `virtio-blk-pci,drive=${id}`];
}

function network(forwards: readonly Forward[]): string[] {
  const rules = forwards.map(({ host, guest }) => `hostfwd=tcp:127.0.0.1:${host}-:${guest}`);
  return [
    ...["-netdev", ["user", "id=network", ...rules].join(",")],
    // Boots from no network, so it needs no boot ROM.
    ...["-device", "virtio-net-pci,netdev=network,romfile="],
  ];
}

/** Arguments of qemu-system-x86_64 for a 2 GB, 2-vCPU server without hardware virtualisation. */
function qemuArguments({ disk, forwards, consoleFile }: Machine): string[] {
  return [
    ...["-nodefaults", "-no-user-config", "-display", "none", "-monitor", "none"],
    ...["-machine", "q35", "-accel", "tcg,thread=multi", "-cpu", CPU],
    ...["-smp", `${CPUS}`, "-m", `${MEMORY_MIB}`],
    ...["-kernel", disk.kernel, "-initrd", disk.initrd, "-append", COMMAND_LINE],
    // What the server writes goes to a file that QEMU has already unlinked: a reboot keeps it, the end of QEMU does not.
    "-snapshot",
    ...drive("root", disk.disk),
    ...drive("swap", disk.swap),
    ...network(forwards),
    ...["-serial", `file:${consoleFile}`],
  ];
}

export interface Qemu {
  readonly pid: number;
  hasEnded(): boolean;
  /** Settles when it has ended, for whatever reason; what it said. */
  readonly ended: Promise<string>;
  kill(): void;
}

/** Starts the machine. It dies with this process, even if that is killed. */
export function startQemu(machine: Machine): Qemu {
  const command = ["--pdeathsig", "KILL", "qemu-system-x86_64", ...qemuArguments(machine)];
  const run = execa("setpriv", command, { all: true, reject: false, stdin: "ignore" });
  let over = false;
  const ended = run.then(({ all }) => {
    over = true;
    return all;
  });
  if (run.pid === undefined) throw new Error("virtual server: setpriv did not start");
  return { pid: run.pid, hasEnded: () => over, ended, kill: () => run.kill("SIGKILL") };
}
