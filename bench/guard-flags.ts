import { readFileSync } from "node:fs";

const DOCKERFILE = new URL("../guard/Dockerfile", import.meta.url);

/** Those that the guard's image gives Node. */
export function imageFlags(): string[] {
  const [, entrypoint = "[]"] = /^ENTRYPOINT (.*)$/m.exec(readFileSync(DOCKERFILE, "utf8")) ?? [];
  const [, ...flags] = JSON.parse(entrypoint) as string[];
  return flags;
}
