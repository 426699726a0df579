import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { execa } from "execa";
import type { Report } from "./report.ts";
import { setUp } from "./setup/setup.ts";

/** One part of `./plimsoll test`; later ones need more of the machine. */
export interface Phase {
  readonly name: string;
  readonly what: string;
  /** Why this machine cannot run it; undefined where it can. @default it can */
  readonly whyNot?: () => Promise<string | undefined>;
  commands(report: Report): Promise<readonly (readonly string[])[]>;
}

const TESTS = "test";
const DOCKER = ".docker.test.ts";
const SERVER = ".server.test.ts";
const TOOLS = ".tools.test.ts";
/** A server test boots a machine without hardware virtualisation and deploys to it; it must end all the same. */
const FILE_TIMEOUT_MS = 45 * 60 * 1000;

type Kind = "unit" | "tools" | "docker" | "server";

function kindOf(file: string): Kind {
  if (file.endsWith(TOOLS)) return "tools";
  if (file.endsWith(DOCKER)) return "docker";
  return file.endsWith(SERVER) ? "server" : "unit";
}

async function testFiles(kind: Kind): Promise<string[]> {
  const all = (await readdir(TESTS, { recursive: true }))
    .filter((file) => file.endsWith(".test.ts"))
    .sort();
  return all.filter((file) => kindOf(file) === kind).map((file) => join(TESTS, file));
}

/** @param atOnce files that run at the same time; those that share an engine must not */
function nodeTest(files: readonly string[], atOnce: number): string[] {
  return [
    ...[process.execPath, "--import", "tsx", "--test", "--test-reporter=spec"],
    ...[`--test-concurrency=${atOnce}`, `--test-timeout=${FILE_TIMEOUT_MS}`, ...files],
  ];
}

export const PHASES: readonly Phase[] = [
  { name: "lint", what: "biome", commands: async () => [["npx", "biome", "ci", "."]] },
  { name: "types", what: "tsc", commands: async () => [["npx", "tsc", "-p", "."]] },
  {
    name: "unit",
    what: "tests that need Node only",
    commands: async () => [nodeTest(await testFiles("unit"), 2)],
  },
  {
    name: "tools",
    what: "tests with promtool, Chromium, shellcheck and Terraform",
    whyNot: async () => (await import("../test/support/tools.ts")).whyNoTools(),
    commands: async () => [nodeTest(await testFiles("tools"), 1)],
  },
  {
    name: "docker",
    what: "tests on this machine's Docker",
    commands: async (report) => {
      await setUp(report);
      return [nodeTest(await testFiles("docker"), 1)];
    },
  },
  {
    name: "server",
    what: "tests on a virtual 2 GB server",
    whyNot: async () => (await import("../test/server/requirements.ts")).canRunServer(),
    commands: async (report) => {
      await setUp(report);
      return [nodeTest(await testFiles("server"), 1)];
    },
  },
];

/** @returns whether every command of the phase passed */
export async function runPhase(phase: Phase, report: Report): Promise<boolean> {
  const reason = await phase.whyNot?.();
  if (reason) {
    report.warn(`${phase.name}: ${phase.what}: left out here: ${reason}`);
    return true;
  }
  report.step(`${phase.name}: ${phase.what}`);
  for (const [file = "", ...args] of await phase.commands(report)) {
    const { exitCode } = await execa(file, args, { stdio: "inherit", reject: false });
    if (exitCode !== 0) return false;
  }
  return true;
}
