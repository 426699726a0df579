/**
 * The host stack on the distributions that `./plimsoll test` does not try, each plain and without Docker.
 * Usage: node --import tsx bench/distributions.ts [debian12 | ubuntu2404]...   (both, one after the other)
 * Prints a line for each step; ends with an error at the first that is not as it must be.
 */
import assert from "node:assert/strict";
import { terminalReport } from "../cli/report.ts";
import { distributionOf } from "../test/server/distribution.ts";
import { etcLeftovers, etcLines } from "../test/server/etc.ts";
import { type Operator, operatorOfBare, USER } from "../test/server/operator.ts";
import { unitComplaints } from "../test/server/units.ts";

const OTHERS = ["debian12", "ubuntu2404"] as const;
type Other = (typeof OTHERS)[number];

interface Trial {
  readonly operator: Operator;
  readonly distribution: Other;
  readonly etcBefore: readonly string[];
}

const SETTINGS_MIN = 150;
const MS_PER_SECOND = 1000;
const ZSWAP = "/sys/module/zswap/parameters/enabled";
/** Debian's kernel for clouds is built without it. */
const ZSWAP_IS: Readonly<Record<Other, string>> = { debian12: "absent", ubuntu2404: "Y" };
const VERSIONS =
  "uname -r; docker version --format 'Docker {{.Server.Version}}'; systemctl --version | head -n 1";

async function applies({ operator }: Trial): Promise<string> {
  assert.equal(await operator.shell("command -v dockerd || echo none"), "none");
  const { exitCode, stderr } = await operator.plimsoll("host", "staging");
  assert.equal(exitCode, 0, stderr);
  assert.match(stderr, /a new ssh connection came in/);
  return (await operator.shell(VERSIONS)).replaceAll("\n", ", ");
}

async function isInForce({ operator, distribution }: Trial): Promise<string> {
  const readings = await operator.readings();
  const drift = readings.filter(({ live, declared }) => live !== declared);
  assert.deepEqual(drift, []);
  assert.ok(readings.length > SETTINGS_MIN);
  const zswap = readings.find(({ setting }) => setting === ZSWAP)?.live;
  assert.equal(zswap, ZSWAP_IS[distribution]);
  return `${readings.length} settings, zswap ${zswap}`;
}

async function appliesAgain({ operator }: Trial): Promise<string> {
  const { exitCode, stderr } = await operator.plimsoll("host", "staging");
  assert.deepEqual([exitCode, stderr], [0, ""]);
  return "nothing changed";
}

async function hasTightUnits({ operator }: Trial): Promise<string> {
  assert.equal(await unitComplaints(operator.shell, operator.box.project), "");
  return "systemd says nothing";
}

/** As at a first boot: Ubuntu's sshd is started by a socket, with its folder. */
async function needsNobody({ operator }: Trial): Promise<string> {
  const changes = await operator.shell(`systemctl stop ssh.service
    rm -rf /run/sshd
    sh /var/lib/plimsoll/host/current.sh --check || true
    systemctl --quiet is-active ssh.socket || systemctl start ssh.service`);
  assert.equal(changes, "");
  return "a check changes nothing";
}

async function letsIn({ operator }: Trial): Promise<string> {
  assert.equal(await operator.login("root", "id -un"), "root");
  const driver = await operator.login(USER, "docker info --format '{{.CgroupDriver}}'");
  assert.equal(driver, "systemd");
  return `root and ${USER}`;
}

async function comesBack(trial: Trial): Promise<string> {
  await trial.operator.server.reboot();
  await letsIn(trial);
  return isInForce(trial);
}

async function isGivenBack({ operator, etcBefore }: Trial): Promise<string> {
  const { exitCode, stderr } = await operator.plimsoll("host", "staging", "--remove");
  assert.equal(exitCode, 0, stderr);
  assert.deepEqual(await etcLeftovers(operator.shell, etcBefore), { others: [], gone: [] });
  assert.equal(await operator.login("root", "id -un"), "root");
  return "/etc as it was but for packages, swap and Docker's group";
}

/** Each builds on those before. */
const STEPS: Readonly<Record<string, (trial: Trial) => Promise<string>>> = {
  apply: applies,
  verify: isInForce,
  "second apply": appliesAgain,
  "systemd-analyze": hasTightUnits,
  "check before anybody comes in": needsNobody,
  ssh: letsIn,
  "verify after a reboot": comesBack,
  removal: isGivenBack,
};

async function run(distribution: Other): Promise<void> {
  const { title } = distributionOf(distribution);
  const operator = await operatorOfBare({ distribution, report: terminalReport });
  try {
    const etcBefore = await etcLines(operator.shell);
    for (const [name, step] of Object.entries(STEPS)) {
      const start = performance.now();
      const found = await step({ operator, distribution, etcBefore });
      const seconds = Math.round((performance.now() - start) / MS_PER_SECOND);
      console.log(`${title}: ${name}: ${found} (${seconds} s)`);
    }
  } finally {
    await operator.end();
  }
}

const chosen = process.argv.slice(2);
for (const name of OTHERS) if (chosen.length === 0 || chosen.includes(name)) await run(name);
