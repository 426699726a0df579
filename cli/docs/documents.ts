import { readFile } from "node:fs/promises";
import { join } from "node:path";
import type { Generated } from "../generated.ts";
import { configReference } from "./config-reference.ts";
import { withOutputs } from "./shown-output.ts";

/** Documents that show what commands print. */
const SHOWING = ["README.md", "docs/budget.md"] as const;

/** Every document that is made, or holds parts that are, as it would be now. */
export async function documents(folder: string): Promise<Generated[]> {
  const showing = SHOWING.map(async (path) => ({
    path,
    text: await withOutputs(await readFile(join(folder, path), "utf8"), folder),
  }));
  return [{ path: "docs/config.md", text: configReference() }, ...(await Promise.all(showing))];
}
