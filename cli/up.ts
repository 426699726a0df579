import type { Environment } from "../config/environment.ts";
import { OperatorError } from "../core/operator-error.ts";
import { runCdktf } from "./cdktf.ts";
import { unhealthy, waitForService } from "./chain.ts";
import { applyHost } from "./host.ts";
import { inspectTarget } from "./inspect.ts";
import { Interrupted } from "./interrupt.ts";
import { preflight } from "./preflight.ts";
import { prepare } from "./prepare.ts";
import type { Report } from "./report.ts";
import { takeUpState } from "./state/shared.ts";
import { removeOrphans, removeRetired } from "./state.ts";
import type { Target } from "./target.ts";

export interface UpOptions {
  readonly environment: Environment;
  readonly target: Target;
  readonly variables: Readonly<Record<string, string | undefined>>;
  readonly report: Report;
}

async function deploy({ environment, target, variables, report }: UpOptions): Promise<void> {
  try {
    await runCdktf({ environment, action: "deploy", variables, report });
  } catch (error) {
    if (!(error instanceof OperatorError) || error instanceof Interrupted) throw error;
    // Terraform only says that a container is unhealthy; its log says why.
    throw new OperatorError([...error.problems, ...(await unhealthy(environment, target))]);
  }
}

/** Brings an environment up, or to what the config says now. Safe to repeat at any point. */
export async function up(options: UpOptions): Promise<void> {
  const { environment, target, report } = options;
  report.step(`looking at ${target.name}`);
  await takeUpState(options, target);
  // First: it may be what brings Docker.
  await applyHost(environment, target, report);
  const { images } = await inspectTarget(environment, target);
  await preflight(environment, target);
  report.step(`images, volumes and secrets (${images} images)`);
  await prepare(environment, target, report);
  await removeOrphans(options);
  report.step(`deploying ${environment.name} to ${target.name}`);
  await deploy(options);
  await removeRetired(options);
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
