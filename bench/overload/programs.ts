import { join } from "node:path";
import { build } from "esbuild";
import { execa } from "execa";

const ROOT = join(import.meta.dirname, "../..");
const PACKAGES = { nginx: "nginx-light", haproxy: "haproxy" };

const PROGRAMS = {
  "guard.mjs": "guard/main.ts",
  "backend.mjs": "bench/overload/backend/server.ts",
  "heavy-thread.mjs": "bench/overload/backend/heavy-thread.ts",
  "literal.mjs": "bench/overload/arms/literal-proxy.ts",
};

/** @param entry from the project's folder */
export async function bundle(entry: string, outfile: string): Promise<void> {
  const options = { bundle: true, platform: "node", target: "node20", format: "esm" } as const;
  await build({ ...options, entryPoints: [join(ROOT, entry)], outfile });
}

/** Bundles the guard and the programs of the arms and of the backend into `folder`. */
export async function bundlePrograms(folder: string): Promise<void> {
  for (const [name, entry] of Object.entries(PROGRAMS)) await bundle(entry, join(folder, name));
}

/** Installs nginx and HAProxy from Debian packages where they are missing. @throws Error when that cannot be done */
export async function requireProxies(): Promise<void> {
  for (const [program, name] of Object.entries(PACKAGES)) {
    if (!(await execa("which", [program], { reject: false })).failed) continue;
    if (process.getuid?.() !== 0) {
      throw new Error(`${program}: not found; run \`sudo apt-get install ${name}\``);
    }
    const env = { DEBIAN_FRONTEND: "noninteractive" };
    await execa("apt-get", ["install", "-y", "--no-install-recommends", name], { env });
  }
}

/** Versions of everything that takes part, one line each. */
export async function versions(image: string): Promise<string[]> {
  const { stdout: node } = await execa("docker", [
    "run",
    "--rm",
    "--entrypoint",
    "node",
    image,
    "-v",
  ]);
  const { stdout: engine } = await execa("docker", ["version", "--format", "{{.Server.Version}}"]);
  const nginx = await execa("nginx", ["-v"], { all: true });
  const { stdout: haproxy } = await execa("haproxy", ["-v"]);
  const kernel = await execa("uname", ["-r"]);
  return [
    `kernel ${kernel.stdout}, Docker ${engine}, guard and backend on Node ${node}`,
    `${nginx.all.trim()}, ${haproxy.split("\n")[0]}`,
  ];
}
