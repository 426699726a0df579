import { createHash } from "node:crypto";
import { chmod, rename, rm, writeFile } from "node:fs/promises";
import { unzipSync } from "fflate";
import { OperatorError } from "../../core/operator-error.ts";
import type { Report } from "../report.ts";

/** 27 MB over a line of 64 kB/s. */
const DOWNLOAD_TIMEOUT_MS = 420_000;
const PROGRESS_STEP_PERCENT = 20;
const BYTES_PER_MB = 1_000_000;
const PERCENT = 100;

const FIX =
  "install Terraform 1.5 or newer, or OpenTofu, or set PLIMSOLL_TERRAFORM_RELEASES to a mirror, then run this again";

/** A release on the vendor's site or a mirror of it. */
export interface TerraformRelease {
  /** As `https://…`, with no slash at the end. */
  readonly site: string;
  /** As `1.11.4`. */
  readonly version: string;
  /** As `linux_amd64`. */
  readonly platform: string;
}

const problem = (text: string) => new OperatorError(`terraform: ${text}; ${FIX}`);

function causeOf(error: unknown): string {
  const { message, cause } = error as Error;
  return cause instanceof Error ? cause.message : message;
}

async function request(url: string): Promise<Response> {
  const signal = AbortSignal.timeout(DOWNLOAD_TIMEOUT_MS);
  const response = await fetch(url, { signal }).catch((error: unknown) => {
    throw problem(`${url} cannot be reached (${causeOf(error)})`);
  });
  if (!response.ok) throw problem(`${url} answers ${response.status}`);
  return response;
}

/** Reports every fifth of the whole. */
function progress(totalBytes: number, report: Report): (bytes: number) => void {
  let next = PROGRESS_STEP_PERCENT;
  return (bytes) => {
    const percent = totalBytes > 0 ? Math.floor((bytes / totalBytes) * PERCENT) : 0;
    if (percent < next) return;
    next = percent - (percent % PROGRESS_STEP_PERCENT) + PROGRESS_STEP_PERCENT;
    const megabytes = (bytes / BYTES_PER_MB).toFixed(1);
    report.detail(`${percent} %, ${megabytes} of ${(totalBytes / BYTES_PER_MB).toFixed(1)} MB`);
  };
}

async function download(url: string, report: Report): Promise<Uint8Array> {
  const response = await request(url);
  const show = progress(Number(response.headers.get("content-length")), report);
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  try {
    for await (const chunk of response.body ?? []) {
      chunks.push(chunk);
      bytes += chunk.length;
      show(bytes);
    }
  } catch (error) {
    throw problem(`${url} broke off after ${bytes} bytes (${causeOf(error)})`);
  }
  return Buffer.concat(chunks);
}

function checksumOf(sums: string, file: string, url: string): string {
  const line = sums.split("\n").find((text) => text.trim().endsWith(`  ${file}`));
  const sum = line?.split(" ")[0];
  if (!sum) throw problem(`${url} has no line for ${file}`);
  return sum;
}

/**
 * Downloads a release, compares it with the vendor's SHA256SUMS and unpacks its one program; the file appears whole
 * or not at all.
 * @throws OperatorError where the site cannot be reached, lacks the release, breaks off, or the checksum differs
 */
export async function downloadTerraform(
  release: TerraformRelease,
  target: string,
  report: Report,
): Promise<void> {
  const { site, version } = release;
  const folder = `${site}/terraform/${version}`;
  const file = `terraform_${version}_${release.platform}.zip`;
  const sumsUrl = `${folder}/terraform_${version}_SHA256SUMS`;
  const expected = checksumOf(await (await request(sumsUrl)).text(), file, sumsUrl);
  const zip = await download(`${folder}/${file}`, report);
  const found = createHash("sha256").update(zip).digest("hex");
  if (found !== expected) {
    throw problem(`${folder}/${file} must have the SHA-256 ${expected}, got ${found}: not used`);
  }
  const program = unzipSync(zip, { filter: ({ name }) => name === "terraform" })["terraform"];
  if (program === undefined) throw problem(`${folder}/${file} contains no terraform`);
  await writeWhole(target, program);
}

async function writeWhole(target: string, program: Uint8Array): Promise<void> {
  const partial = `${target}.partial`;
  await rm(partial, { force: true });
  await writeFile(partial, program);
  await chmod(partial, 0o755);
  await rename(partial, target);
}
