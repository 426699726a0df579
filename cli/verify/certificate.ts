import { X509Certificate } from "node:crypto";
import { containerName } from "../../core/names.ts";
import { DAY_MS } from "../../core/units.ts";
import type { Deployment } from "../../stacks/deployment.ts";
import type { Context } from "./context.ts";
import type { Reading } from "./reading.ts";

const CERTIFICATE = "/run/secrets/certificate.pem";

function daysLeft(pem: string): number | undefined {
  try {
    return Math.floor((Date.parse(new X509Certificate(pem).validTo) - Date.now()) / DAY_MS);
  } catch {
    return undefined;
  }
}

/** How long nginx's certificate is still good for, where TLS is on, against what the config wants to be told of. */
export async function certificateReadings(
  { environment, plan }: Pick<Deployment, "environment" | "plan">,
  { target }: Context,
): Promise<Reading[]> {
  if (!environment.tls) return [];
  const name = containerName(environment, "nginx");
  const { stdout } = await target.docker(["exec", name, "cat", CERTIFICATE], { reject: false });
  const days = daysLeft(String(stdout));
  const leastDays = plan.alerts.certificateLeftMs / DAY_MS;
  const declared = `at least ${leastDays} days left`;
  const live = days === undefined || days >= leastDays ? declared : `${days} days left`;
  return [
    {
      subject: "nginx",
      setting: "certificate",
      declared,
      live: days === undefined ? undefined : live,
      where: CERTIFICATE,
    },
  ];
}
