import { createHash } from "node:crypto";
import type { Environment } from "../config/environment.ts";
import type { StateSettings } from "../config/state.ts";
import { OperatorError } from "../core/operator-error.ts";
import { parseTarget } from "../core/target.ts";

/** Where the state of one stack is. */
export interface StatePlace {
  readonly backend: StateSettings["backend"];
  /** Of Terraform's backend, in cdktf's names; credentials are never among them. */
  readonly settings: Readonly<Record<string, unknown>>;
}

/** Whose state it is. */
export interface StateOwner {
  readonly environment: Pick<Environment, "project" | "name" | "target" | "state">;
  /** Absolute path of the folder for the state of the local backend. */
  readonly stateFolder: string;
  /** Id of the target's Docker engine: `local` is another one on each machine. */
  readonly engine?: string | undefined;
}

type Shared = Exclude<StateSettings, { backend: "local" }>;
type Settings = StatePlace["settings"];

const HASH_LENGTH = 12;
/** Postgres cuts longer names off, and two of them would be one. */
const MAX_SCHEMA_LENGTH = 63;

export function hashOf(text: string): string {
  return createHash("sha256").update(text).digest("hex").slice(0, HASH_LENGTH);
}

function targetSlug({ environment, engine }: StateOwner): string {
  const { kind, slug } = parseTarget(environment.target);
  if (kind !== "local") return slug;
  if (engine) return `${slug}-${hashOf(engine)}`;
  throw new OperatorError(
    `environments.${environment.name}.state: must be kept for one Docker engine, and local is another one on each machine, ` +
      `got ${environment.state.backend} before anybody looked at this one; run ./plimsoll env ${environment.name} first`,
  );
}

/** Names that no other stack, target, environment or project has: none of the first two and the last has a slash or `_`. */
function segments(owner: StateOwner, stack: string): [string, string, string, string] {
  const { project, name } = owner.environment;
  return [project, name, targetSlug(owner), stack];
}

function schemaName(parts: readonly string[]): string {
  const suffix = `_${hashOf(parts.join("/"))}`;
  const [project, , , stack] = parts;
  return `${`${project}_${stack}`.slice(0, MAX_SCHEMA_LENGTH - suffix.length)}${suffix}`;
}

function s3Settings(state: Extract<Shared, { backend: "s3" }>, key: string): Settings {
  const { bucket, region, profile, endpoint, kmsKeyId, dynamodbTable } = state;
  const foreign = {
    endpoints: { s3: endpoint },
    usePathStyle: true,
    skipCredentialsValidation: true,
    skipRegionValidation: true,
    skipRequestingAccountId: true,
    skipMetadataApiCheck: true,
    skipS3Checksum: true,
  };
  return {
    ...{ bucket, key, region, profile, kmsKeyId },
    encrypt: state.encrypt ?? endpoint === undefined,
    ...(dynamodbTable ? { dynamodbTable } : { useLockfile: true }),
    ...(endpoint && foreign),
  };
}

function httpSettings(state: Extract<Shared, { backend: "http" }>, name: string): Settings {
  const address = `${state.address.replace(/\/+$/, "")}/${name}`;
  const lockAddress = `${address}${state.lockPath}`;
  const { updateMethod, lockMethod, unlockMethod } = state;
  return {
    ...{ address, updateMethod },
    ...{ lockAddress, lockMethod, unlockAddress: lockAddress, unlockMethod },
  };
}

function azureSettings(state: Extract<Shared, { backend: "azurerm" }>, key: string): Settings {
  return {
    storageAccountName: state.storageAccount,
    containerName: state.container,
    resourceGroupName: state.resourceGroup,
    ...(state.azureAd && { useAzureadAuth: true }),
    key,
  };
}

function sharedSettings(state: Shared, parts: readonly string[]): Settings {
  const folder = [...("prefix" in state && state.prefix ? [state.prefix] : []), ...parts].join("/");
  const key = `${folder}.tfstate`;
  switch (state.backend) {
    case "s3":
      return s3Settings(state, key);
    case "gcs":
      return { bucket: state.bucket, prefix: folder };
    case "azurerm":
      return azureSettings(state, key);
    case "http":
      return httpSettings(state, parts.join("_"));
    case "pg":
      return { connStr: state.url, schemaName: schemaName(parts) };
    case "consul":
      return { address: state.address, path: folder, lock: true };
    case "cos":
      return { bucket: state.bucket, region: state.region, prefix: folder, encrypt: true };
    case "oss": {
      const { bucket, region, tablestoreEndpoint, tablestoreTable } = state;
      return { bucket, region, prefix: folder, tablestoreEndpoint, tablestoreTable, encrypt: true };
    }
  }
}

const written = (settings: Settings): Settings =>
  Object.fromEntries(Object.entries(settings).filter(([, value]) => value !== undefined));

/**
 * The place of one stack's state: its own for each project, environment, target and stack.
 * @throws OperatorError for a shared state of a local engine whose id is not known yet
 */
export function statePlace(owner: StateOwner, stack: string): StatePlace {
  const { state } = owner.environment;
  if (state.backend === "local") {
    return { backend: "local", settings: { path: `${owner.stateFolder}/${stack}.tfstate` } };
  }
  const settings = written(sharedSettings(state, segments(owner, stack)));
  return { backend: state.backend, settings };
}

/** Which part of a backend's settings says where it is. The others say how one gets there. */
const WHERE: Readonly<Record<Shared["backend"], readonly string[]>> = {
  s3: ["endpoint", "bucket", "prefix"],
  gcs: ["bucket", "prefix"],
  azurerm: ["storageAccount", "container", "prefix"],
  http: ["address"],
  pg: ["url"],
  consul: ["address", "prefix"],
  cos: ["region", "bucket", "prefix"],
  oss: ["region", "bucket", "prefix"],
};

/** Where the states are, for people, and the same for the same place: `s3 bucket/prefix`. */
export function stateText(state: StateSettings): string {
  if (state.backend === "local") return "local";
  const values = state as unknown as Readonly<Record<string, string | undefined>>;
  const where = WHERE[state.backend].flatMap((key) => values[key] ?? []);
  return [state.backend, where.join("/")].filter(Boolean).join(" ");
}

/** Where one stack's state is, for people. */
export function placeText({ backend, settings }: StatePlace): string {
  const names = ["path", "bucket", "storageAccountName", "containerName", "address", "connStr"];
  const last = ["key", "prefix", "schemaName"];
  const parts = [...names, ...last].flatMap((name) => settings[name] ?? []);
  return `${backend} ${parts.join(" ")}`;
}
