import { copyFile, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { execa } from "execa";
import { DAY_MS } from "../../core/units.ts";

export interface CertificateOptions {
  readonly domain?: string;
  /** When it begins and ends, days from now. */
  readonly from?: number;
  readonly days?: number;
  /** As `openssl req -newkey` takes it. */
  readonly key?: string;
}

const CONFIG = `[ca]
default_ca = own
[own]
new_certs_dir = .
database = index
rand_serial = yes
default_md = sha256
policy = any
x509_extensions = names
copy_extensions = copy
[any]
commonName = supplied
[names]
basicConstraints = CA:true
`;

/** `20261124031507Z` */
function stamp(days: number): string {
  const at = new Date(Date.now() + days * DAY_MS).toISOString();
  return `${at.replace(/\D/g, "").slice(0, 14)}Z`;
}

/** Writes `certificate.pem`, signed by itself, and `key.pem` into the folder: with dates that only a CA may choose. */
export async function writeCertificate(
  folder: string,
  { domain = "chat.example.com", from = -1, days = 60, key = "ec:" }: CertificateOptions = {},
): Promise<void> {
  const work = await mkdtemp(join(tmpdir(), "plimsoll-certificate-"));
  const openssl = (...args: readonly string[]) => execa("openssl", args, { cwd: work });
  try {
    await writeFile(join(work, "ca.cnf"), CONFIG);
    await writeFile(join(work, "index"), "");
    const newKey = key === "ec:" ? ["ec", "-pkeyopt", "ec_paramgen_curve:P-256"] : [key];
    const names = ["-subj", `/CN=${domain}`, "-addext", `subjectAltName=DNS:${domain}`];
    await openssl(
      "req",
      "-new",
      "-newkey",
      ...newKey,
      "-nodes",
      ...names,
      "-keyout",
      "key.pem",
      "-out",
      "csr",
    );
    const dates = ["-startdate", stamp(from), "-enddate", stamp(days)];
    const paths = ["-keyfile", "key.pem", "-in", "csr", "-out", "certificate.pem"];
    await openssl("ca", "-batch", "-selfsign", "-notext", "-config", "ca.cnf", ...dates, ...paths);
    for (const name of ["certificate.pem", "key.pem"])
      await copyFile(join(work, name), join(folder, name));
  } finally {
    await rm(work, { recursive: true });
  }
}
