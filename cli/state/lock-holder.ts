/** Who holds a state's lock, as far as its backend tells. */
export interface LockHolder {
  readonly id?: string;
  /** `user@machine` */
  readonly who?: string;
  /** What is done under it: `OperationTypeApply`. */
  readonly operation?: string;
  /** UTC, to the second. */
  readonly created?: string;
}

const LOCKED = /Error acquiring the state lock/;
/** Postgres does not keep who took a lock, and of a web server's answer only the id is read: the rest is about ourselves. */
const SILENT = /Workspace\s+is\s+already\s+locked|for\s+workspace\s+creation|HTTP\s+remote\s+state/;
const ANSWERED_ID = /already\s+locked:[\s│]+ID=([\w-]+)/;
const SECONDS_LENGTH = "2026-01-31 12:00:00".length;

function field(output: string, name: string): string | undefined {
  return new RegExp(`\\b${name}:[ \\t]+(\\S.*?)\\s*$`, "m").exec(output)?.[1];
}

/** The holder, out of what Terraform says; undefined where it says nothing of a lock. */
export function lockHolder(output: string): LockHolder | undefined {
  if (!LOCKED.test(output)) return undefined;
  const id = ANSWERED_ID.exec(output)?.[1];
  if (SILENT.test(output)) return id ? { id } : {};
  const found = {
    id: field(output, "ID"),
    who: field(output, "Who"),
    operation: field(output, "Operation"),
    created: field(output, "Created")?.slice(0, SECONDS_LENGTH),
  };
  return Object.fromEntries(Object.entries(found).filter(([, value]) => value !== undefined));
}

/** `root@vm since 2026-01-31 12:00:00 UTC (OperationTypeApply)` */
export function holderText({ who, created, operation }: LockHolder): string {
  const since = created ? ` since ${created} UTC` : "";
  return `${who ?? "another run"}${since}${operation ? ` (${operation})` : ""}`;
}

export interface LockedStack {
  readonly environment: string;
  readonly stack: string;
  readonly holder: LockHolder;
  /** A folder in which Terraform knows the backend. */
  readonly folder: string;
}

/** `path: rule, got value; fix` */
export function lockProblem({ environment, stack, holder, folder }: LockedStack): string {
  const dead = holder.id
    ? `if that run is dead, free it with terraform -chdir=${folder} force-unlock ${holder.id}`
    : "if that run is dead, end its connection to the backend, which frees it";
  return (
    `environments.${environment}.state: one change at a time, got ${stack} locked by ${holderText(holder)}; ` +
    `wait for it, or ${dead}`
  );
}
