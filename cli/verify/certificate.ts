import { X509Certificate } from "node:crypto";
import { DAY_MS } from "../../core/units.ts";
import type { Context, Subject } from "./context.ts";
import type { Reading } from "./reading.ts";

/** Renewal starts 30 days before the end; after half of them something is wrong with it. */
const RENEWED_BEFORE_DAYS = 15;
const CERTIFICATE = "/run/secrets/certificate.pem";

function daysLeft(pem: string): number | undefined {
  try {
    return Math.floor((Date.parse(new X509Certificate(pem).validTo) - Date.now()) / DAY_MS);
  } catch {
    return undefined;
  }
}

/** How long nginx's certificate is still good for, where TLS is on. */
export async function certificateReadings(
  { target }: Context,
  subject: Subject,
): Promise<Reading[]> {
  const volumes = subject.declared.attributes["volumes"] as readonly unknown[];
  if (volumes.length === 0) return [];
  const { stdout } = await target.docker(["exec", subject.declared.name, "cat", CERTIFICATE], {
    reject: false,
  });
  const days = daysLeft(String(stdout));
  const declared = `at least ${RENEWED_BEFORE_DAYS} days left`;
  const live = days === undefined || days >= RENEWED_BEFORE_DAYS ? declared : `${days} days left`;
  return [
    {
      subject: subject.name,
      setting: "certificate",
      declared,
      live: days === undefined ? undefined : live,
      where: CERTIFICATE,
    },
  ];
}
