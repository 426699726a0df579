import { execa } from "execa";

/** Runs the docker client; its output, trimmed. */
export async function docker(...args: readonly string[]): Promise<string> {
  const { stdout } = await execa("docker", args);
  return stdout.trim();
}

/** Names of what an engine has with the project's label. */
export async function namesOf(
  kind: "container" | "network" | "volume",
  project: string,
): Promise<string[]> {
  const all = kind === "container" ? ["--all"] : [];
  const format = kind === "container" ? "{{.Names}}" : "{{.Name}}";
  const text = await docker(
    kind,
    "ls",
    ...all,
    "--filter",
    `label=plimsoll.project=${project}`,
    "--format",
    format,
  );
  return text.split("\n").filter(Boolean).sort();
}

// biome-ignore lint/suspicious/noExplicitAny: what docker inspect prints is plain JSON
export async function inspect(...names: readonly string[]): Promise<any[]> {
  return JSON.parse(await docker("inspect", ...names));
}
