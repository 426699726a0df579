import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { App, type TerraformStack } from "cdktf";
import type { Deployment } from "./deployment.ts";
import { addEnvironment } from "./environment.ts";

/** One container as the reviewed JSON declares it. */
export interface DeclaredContainer {
  readonly name: string;
  /** Image reference on the target. */
  readonly image: string;
  /** Of the `docker_container` resource, in Terraform's names. */
  readonly attributes: Readonly<Record<string, unknown>>;
}

type Attributes = Readonly<Record<string, unknown>>;
/** Type, id, attributes. */
type Resources = Readonly<Record<string, Readonly<Record<string, Attributes>>>>;

const REFERENCE = /^\$\{(\w+)\.([\w-]+)\.\w+\}$/;

/** A reference to another resource of the same stack is to its name: the only word that we refer by. */
function resolved(value: unknown, resources: Resources): unknown {
  if (typeof value === "string") {
    const [, type = "", id = ""] = REFERENCE.exec(value) ?? [];
    return resources[type]?.[id]?.["name"] ?? value;
  }
  if (Array.isArray(value)) return value.map((each) => resolved(each, resources));
  if (typeof value !== "object" || value === null) return value;
  const entries = Object.entries(value).map(([key, each]) => [key, resolved(each, resources)]);
  return Object.fromEntries(entries);
}

function containersIn(stack: TerraformStack): DeclaredContainer[] {
  const resources: Resources = stack.toTerraform().resource ?? {};
  return Object.values(resources["docker_container"] ?? {}).map((raw) => {
    const attributes = resolved(raw, resources) as Attributes;
    return { name: String(attributes["name"]), image: String(attributes["image"]), attributes };
  });
}

/** Every container that a deploy of this environment makes. */
export function declaredContainers(deployment: Deployment): DeclaredContainer[] {
  // An App makes its folder at once, and there may be one of a deploy under way.
  const outdir = mkdtempSync(join(tmpdir(), "plimsoll-declared-"));
  try {
    return addEnvironment(new App({ outdir }), deployment).flatMap(containersIn);
  } finally {
    rmSync(outdir, { recursive: true });
  }
}
