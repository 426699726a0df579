import { readdirSync, readFileSync } from "node:fs";

interface Process {
  readonly pid: number;
  readonly parent: number;
  readonly name: string;
  readonly words: readonly string[];
}

/** Undefined where it has ended in the meantime. */
function processOf(pid: number): Process | undefined {
  try {
    const [name = "", rest = ""] = readFileSync(`/proc/${pid}/stat`, "utf8")
      .replace(/^\d+ \(/, "")
      .split(/\) (?=\S \d)/);
    const words = readFileSync(`/proc/${pid}/cmdline`, "utf8").split("\0").filter(Boolean);
    return { pid, name, parent: Number(rest.split(" ")[1]), words };
  } catch {
    return undefined;
  }
}

function processes(): Process[] {
  return readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .flatMap((pid) => processOf(Number(pid)) ?? []);
}

/** Every Terraform below a process. */
export function terraformsBelow(root: number): number[] {
  const all = processes();
  const below = (pid: number): Process[] =>
    all.filter(({ parent }) => parent === pid).flatMap((child) => [child, ...below(child.pid)]);
  return below(root).flatMap(({ name, pid }) => (name === "terraform" ? [pid] : []));
}

/** Every ssh whose command line has one of these words. */
export function sshWith(marks: readonly string[]): number[] {
  const isIt = ({ name, words }: Process) =>
    name === "ssh" && marks.some((mark) => words.join(" ").includes(mark));
  return processes().flatMap((each) => (isIt(each) ? [each.pid] : []));
}
