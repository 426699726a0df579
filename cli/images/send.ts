import { Transform } from "node:stream";
import { pipeline } from "node:stream/promises";
import * as zlib from "node:zlib";
import { execa } from "execa";
import { OperatorError } from "../../core/operator-error.ts";
import type { Report } from "../report.ts";
import type { Target } from "../target.ts";
import { lastLine } from "./engine.ts";
import { type ProgressBar, startProgressBar } from "./progress-bar.ts";
import { type Shipment, shipmentBytes } from "./shipment.ts";

/**
 * The four runtime images (256 MiB): zstd level 3 makes 90 MiB in 1.1 s, gzip level 1 106 MiB in 3.6 s; higher levels
 * of gzip cost more time than a fast line needs for what they save.
 */
const ZSTD_LEVEL = 3;
const GZIP_LEVEL = 1;
/** First release of the engine whose `load` reads zstd. */
const ZSTD_ENGINE_MAJOR = 23;

const CHUNK_BYTES = 256 * 1024;
const MIB = 1024 ** 2;

/**
 * Streams a shipment into `docker load` on the target.
 *
 * @returns the engine's complaint when it refused the images, undefined when it took them
 * @throws OperatorError when the target's disk is full or the connection is lost
 */
export async function send(
  shipment: Shipment,
  target: Target,
  report: Report,
): Promise<string | undefined> {
  const totalBytes = await shipmentBytes(shipment);
  const compressor = await chooseCompressor(target);
  const bar = startProgressBar(totalBytes, report);
  try {
    const packing = execa("tar", ["-c", "-C", shipment.folder, ...shipment.files], {
      buffer: { stdout: false },
      reject: false,
    });
    const loading = target.docker(["load", "--quiet"], { reject: false, stdin: "pipe" });
    if (!loading.stdin) throw new Error("docker load was started without an input");
    // A load that ends early breaks the pipe; its own words say why.
    await pipeline(packing.stdout, counter(bar), compressor, loading.stdin).catch(() => undefined);
    await packing;
    return complaint(await loading, target, totalBytes);
  } finally {
    bar.stop();
  }
}

interface Ended {
  readonly failed: boolean;
  readonly stderr?: unknown;
  readonly shortMessage?: string | undefined;
}

const DISK_FULL = /no space left on device|disk quota exceeded/i;
const CONNECTION_LOST =
  /error during connect|cannot connect|broken pipe|connection reset|unexpected EOF/i;

function complaint(ended: Ended, target: Target, totalBytes: number): string | undefined {
  if (!ended.failed) return undefined;
  const text = lastLine(String(ended.stderr ?? "")) || ended.shortMessage || "no message";
  if (DISK_FULL.test(text)) {
    throw new OperatorError(
      `images on ${target.name}: need ${Math.ceil(totalBytes / MIB)} MiB of disk, got "${text}"; free some there, for example with \`docker image prune\`, or take a larger disk`,
    );
  }
  if (CONNECTION_LOST.test(text)) {
    throw new OperatorError(
      `images on ${target.name}: the connection must hold while they are sent, got "${text}"; run the command again, images that arrived are kept`,
    );
  }
  return text;
}

function counter(bar: ProgressBar): Transform {
  return new Transform({
    transform(chunk: Buffer, _encoding, done) {
      bar.advance(chunk.length);
      done(null, chunk);
    },
  });
}

async function chooseCompressor(target: Target): Promise<Transform> {
  const { stdout } = await target.docker(["version", "--format", "{{.Server.Version}}"]);
  const reads = Number.parseInt(String(stdout), 10) >= ZSTD_ENGINE_MAJOR;
  // Node has zstd since 22.15.
  if (reads && typeof zlib.createZstdCompress === "function") {
    const params = { [zlib.constants.ZSTD_c_compressionLevel]: ZSTD_LEVEL };
    return zlib.createZstdCompress({ params, chunkSize: CHUNK_BYTES });
  }
  return zlib.createGzip({ level: GZIP_LEVEL, chunkSize: CHUNK_BYTES });
}
