import { SECOND_MS } from "../../core/units.ts";
import { CONFIG_VARIABLE } from "../../stacks/constructs/config-file.ts";
import { splitVariable } from "../verify/context.ts";
import type { ResourceChange } from "./terraform-plan.ts";

/** A container that an apply would change. */
export interface ContainerChange {
  readonly name: string;
  readonly kind: "created" | "replaced" | "updated" | "removed";
  /** What differs, one setting a line: `env LOG_LEVEL: info -> debug`. */
  readonly differences: readonly string[];
  readonly memoryMib: { readonly before: number; readonly after: number };
  /** What the container that is there has to stop, ms: Terraform goes by its state, not by the config. */
  readonly stopGraceMs: number | undefined;
}

type Attributes = Readonly<Record<string, unknown>>;

/** Told in full; of others only that they differ. */
const PLAIN = ["memory", "memory_reservation", "memory_swap", "restart", "user", "stop_timeout"];

function kindOf(actions: readonly string[]): ContainerChange["kind"] {
  if (actions.includes("create")) return actions.includes("delete") ? "replaced" : "created";
  return actions.includes("delete") ? "removed" : "updated";
}

function variables(attributes: Attributes): Map<string, string> {
  return new Map(((attributes["env"] ?? []) as string[]).map(splitVariable));
}

function lineDifferences(before: string, after: string): string[] {
  const [old, now] = [before, after].map((text) => text.split("\n").map((line) => line.trim()));
  const gone = old?.filter((line) => !now?.includes(line)).map((line) => `- ${line}`) ?? [];
  const come = now?.filter((line) => !old?.includes(line)).map((line) => `+ ${line}`) ?? [];
  return [...gone, ...come];
}

function environmentDifferences(before: Attributes, after: Attributes): string[] {
  const [old, now] = [variables(before), variables(after)];
  const names = [...new Set([...old.keys(), ...now.keys()])];
  return names
    .filter((name) => old.get(name) !== now.get(name))
    .flatMap((name) =>
      name === CONFIG_VARIABLE
        ? lineDifferences(old.get(name) ?? "", now.get(name) ?? "")
        : [`env ${name}: ${old.get(name) ?? "none"} -> ${now.get(name) ?? "none"}`],
    );
}

function differences({ before, after, replacePaths }: ResourceChange): string[] {
  if (!before || !after) return [];
  const forced = replacePaths.map(([name]) => String(name));
  const changed = Object.keys(after).filter(
    (name) => JSON.stringify(after[name]) !== JSON.stringify(before[name]),
  );
  const plain = changed.filter((name) => PLAIN.includes(name));
  const others = forced.filter((name) => !PLAIN.includes(name) && name !== "env");
  return [
    ...plain.map((name) => `${name}: ${before[name]} -> ${after[name]}`),
    ...(changed.includes("env") ? environmentDifferences(before, after) : []),
    ...others,
  ];
}

function stopGraceMs({ before }: ResourceChange): number | undefined {
  const graceSeconds = before?.["destroy_grace_seconds"];
  return typeof graceSeconds === "number" ? graceSeconds * SECOND_MS : undefined;
}

/** The containers among the changes of a plan. */
export function containerChanges(changes: readonly ResourceChange[]): ContainerChange[] {
  return changes
    .filter(({ type }) => type === "docker_container")
    .map((change) => ({
      name: String((change.after ?? change.before)?.["name"]),
      kind: kindOf(change.actions),
      differences: differences(change),
      memoryMib: {
        before: Number(change.before?.["memory"] ?? 0),
        after: Number(change.after?.["memory"] ?? 0),
      },
      stopGraceMs: stopGraceMs(change),
    }));
}
