import type { Digests } from "../../images/runtime.ts";
import type { Target } from "../target.ts";

/** `redis@sha256:…` for `redis:8`, as the registry gives it now; undefined where the target cannot pull it. */
async function digestOf(tag: string, target: Target): Promise<string | undefined> {
  const pull = await target.docker(["pull", "--quiet", tag], { reject: false });
  if (pull.exitCode !== 0) return undefined;
  const { stdout } = await target.docker([
    "image",
    "inspect",
    "--format",
    "{{json .RepoDigests}}",
    tag,
  ]);
  const digests = JSON.parse(String(stdout)) as string[];
  const name = tag.slice(0, tag.lastIndexOf(":"));
  return digests.find((digest) => digest.startsWith(`${name}@`));
}

/**
 * Pins each tag to what the registry gives for it today: a tag can be moved, what was reviewed must not.
 * Digests that are known stay.
 */
export async function pin(
  tags: readonly string[],
  known: Digests,
  target: Target,
): Promise<Digests> {
  const digests: Record<string, string> = {};
  for (const tag of tags) {
    const digest = known[tag] ?? (await digestOf(tag, target));
    if (digest) digests[tag] = digest;
  }
  return digests;
}
