import { isDeepStrictEqual } from "node:util";
import type { Environment } from "../config/environment.ts";
import { OperatorError } from "../core/operator-error.ts";
import { targetRecord } from "../stacks/target-record.ts";
import { type Agreed, agree } from "./agree.ts";
import { runCdktf } from "./cdktf.ts";
import { unhealthy, waitForService } from "./chain.ts";
import { applyHost } from "./host.ts";
import { inspectTarget } from "./inspect.ts";
import { Interrupted } from "./interrupt.ts";
import { preflight } from "./preflight.ts";
import { prepare } from "./prepare.ts";
import type { Report } from "./report.ts";
import { removeOrphans, removeRetired } from "./state.ts";
import type { Target } from "./target.ts";

export interface UpOptions {
  readonly environment: Environment;
  readonly target: Target;
  readonly variables: Readonly<Record<string, string | undefined>>;
  /** Interrupts the service without asking. */
  readonly yes: boolean;
  readonly report: Report;
}

async function deploy(options: UpOptions, isSynthesized: boolean): Promise<void> {
  const { environment, target, variables, report } = options;
  try {
    await runCdktf({ environment, action: "deploy", isSynthesized, variables, report });
  } catch (error) {
    if (!(error instanceof OperatorError) || error instanceof Interrupted) throw error;
    // Terraform only says that a container is unhealthy; its log says why.
    throw new OperatorError([...error.problems, ...(await unhealthy(environment, target))]);
  }
}

/** Nothing to apply: Terraform was asked already. */
function isUnchanged(agreed: Agreed | undefined): boolean {
  return agreed?.changes.containers.length === 0 && agreed.changes.others.length === 0;
}

/**
 * What the operator agrees to, with the server as the config says.
 * @returns undefined where nothing was asked
 */
async function agreedOnServer(options: UpOptions): Promise<Agreed | undefined> {
  const { environment, target, report } = options;
  const agreed = options.yes ? undefined : await agree(options);
  // Before Docker is looked at: it may be what brings it.
  await applyHost(environment, target, report);
  if (agreed && !environment.host) return agreed;
  const record = await inspectTarget(environment, target);
  await preflight(environment, target);
  // Another cgroup driver makes every container anew.
  return agreed && !isDeepStrictEqual(record, agreed.record) ? agree(options) : agreed;
}

/**
 * Brings an environment up, or to what the config says now. Safe to repeat at any point.
 * @throws OperatorError when the operator does not agree to an outage; nothing was changed then
 */
export async function up(options: UpOptions): Promise<void> {
  const { environment, target, report } = options;
  report.step(`looking at ${target.name}`);
  const agreed = await agreedOnServer(options);
  report.step(`images, volumes and secrets (${targetRecord(environment).images} images)`);
  await prepare(environment, target, report);
  await removeOrphans(environment, target, report);
  if (!isUnchanged(agreed)) {
    report.step(`deploying ${environment.name} to ${target.name}`);
    await deploy(options, agreed !== undefined);
  }
  await removeRetired(environment, target, report);
  report.step("waiting for every container and a request through the whole chain");
  await waitForService(environment, target);
}

const HTTP_PORT = 80;
const HTTPS_PORT = 443;

/** Where the service answers. */
export function urlOf({ domain, port, tls }: Environment, target: Target): string {
  const scheme = tls ? "https" : "http";
  const published = tls ? tls.port : port;
  const host = domain === "localhost" ? target.host : domain;
  const standard = published === (tls ? HTTPS_PORT : HTTP_PORT);
  return `${scheme}://${host}${standard ? "" : `:${published}`}/`;
}
