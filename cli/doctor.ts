import { styleText } from "node:util";
import { cacheFolder } from "./setup/cache-folder.ts";
import type { Check } from "./setup/check.ts";
import { imagesCheck, providerCheck, terraformCheck } from "./setup/deploy-checks.ts";
import { engineChecks } from "./setup/engine-checks.ts";
import { diskCheck, nodeCheck, packagesCheck, sshCheck } from "./setup/machine-checks.ts";

const SIGNS = { ok: ["green", "✓"], note: ["yellow", "!"], problem: ["red", "✗"] } as const;
/** The longest name, `swap accounting`, and a gap. */
const NAME_WIDTH = 17;

/** Looks at everything that a deploy needs on this machine, and changes nothing. */
export async function checkMachine(): Promise<Check[]> {
  const checks = await Promise.all([
    nodeCheck(),
    packagesCheck(),
    engineChecks(),
    terraformCheck(),
    providerCheck(),
    imagesCheck(),
    sshCheck(),
    diskCheck("disk, cache", cacheFolder()),
  ]);
  return checks.flat();
}

function line({ name, state, found, fix }: Check): string {
  const [style, sign] = SIGNS[state];
  const stream = { stream: process.stdout };
  const what = `${styleText(style, sign, stream)} ${name.padEnd(NAME_WIDTH)}${found}`;
  return fix === undefined ? what : `${what}\n  ${" ".repeat(NAME_WIDTH)}→ ${fix}`;
}

/** One line for each check, its fix under it, and the verdict. */
export function checksText(checks: readonly Check[]): string {
  const count = checks.filter(({ state }) => state === "problem").length;
  const verdict =
    count === 0
      ? "ready: ./plimsoll up"
      : `${count} ${count === 1 ? "problem" : "problems"}; each with its fix`;
  return [...checks.map(line), "", verdict].join("\n");
}

/** Prints the checks; the exit code is 1 where one of them is a problem. */
export async function doctor(options: { readonly json?: boolean } = {}): Promise<void> {
  const checks = await checkMachine();
  const text = options.json ? JSON.stringify(checks, undefined, 2) : checksText(checks);
  process.stdout.write(`${text}\n`);
  process.exitCode = checks.some(({ state }) => state === "problem") ? 1 : 0;
}
