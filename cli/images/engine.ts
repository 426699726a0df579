import { OperatorError } from "../../core/operator-error.ts";
import type { Target } from "../target.ts";

/** What an engine says about an image that it has. */
export interface EngineImage {
  readonly id: string;
  readonly architecture: string;
  /** Digests of the unpacked layers, lowest first: the same on every engine, whatever its store. */
  readonly layers: readonly string[];
}

interface Inspected {
  readonly Id: string;
  readonly Architecture: string;
  readonly RepoTags: readonly string[] | null;
  readonly RepoDigests: readonly string[] | null;
  readonly RootFS: { readonly Layers: readonly string[] | null };
}

/**
 * The images of an engine among these references, in one call.
 *
 * @throws OperatorError when the engine does not answer
 */
export async function engineImages(
  target: Target,
  references: readonly string[],
): Promise<Map<string, EngineImage>> {
  const inspected = await inspect(target, references);
  return new Map(
    references.flatMap((reference) => {
      const found = inspected.find((image) => answersTo(image, reference));
      return found ? [[reference, engineImage(found)]] : [];
    }),
  );
}

/** Layers of all images of an engine: one list per image. */
export async function engineLayers(target: Target): Promise<(readonly string[])[]> {
  const { stdout } = await target.docker(["image", "ls", "--quiet", "--no-trunc"]);
  const ids = [...new Set(String(stdout).split("\n").filter(Boolean))];
  return (await inspect(target, ids)).map((image) => engineImage(image).layers);
}

async function inspect(target: Target, names: readonly string[]): Promise<Inspected[]> {
  if (names.length === 0) return [];
  const result = await target.docker(["image", "inspect", "--format", "{{json .}}", ...names], {
    reject: false,
  });
  // Names that the engine lacks make it fail too, but then it says so of each.
  if (result.failed && !/no such image/i.test(String(result.stderr))) {
    throw new OperatorError(
      `docker on ${target.name}: must answer, got ${lastLine(String(result.stderr)) || result.shortMessage}; start it, or check that you may use it`,
    );
  }
  return String(result.stdout)
    .split("\n")
    .filter(Boolean)
    .map((line) => JSON.parse(line) as Inspected);
}

function engineImage({ Id, Architecture, RootFS }: Inspected): EngineImage {
  return { id: Id, architecture: Architecture, layers: RootFS.Layers ?? [] };
}

function answersTo({ RepoTags, RepoDigests }: Inspected, reference: string): boolean {
  return [...(RepoTags ?? []), ...(RepoDigests ?? [])].includes(familiarName(reference));
}

/** The engine's short form: without Docker Hub's name, with a tag or a digest but not both. */
export function familiarName(reference: string): string {
  const name = reference.replace(/^docker\.io\//, "").replace(/^library\//, "");
  const [tagged = "", digest] = name.split("@");
  const hasTag = /:[^/]*$/.test(tagged);
  if (digest !== undefined) return `${hasTag ? tagged.replace(/:[^/]*$/, "") : tagged}@${digest}`;
  return hasTag ? tagged : `${tagged}:latest`;
}

export function lastLine(output: string): string {
  return output.trimEnd().split("\n").at(-1)?.trim() ?? "";
}
