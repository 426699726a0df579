import { type Owner, volumeName } from "./names.ts";
import { OFFSITE, REPOSITORY_PASSWORD, repositorySecrets } from "./offsite.ts";
import type { ServiceSpec } from "./spec.ts";
import { type ProgramUser, USERS } from "./users.ts";

/** One file in a service's secrets volume. */
export type SecretFile =
  /** Made on the server once, from its random source. */
  | { readonly kind: "random"; readonly file: string }
  /** The same, but never anew: what was encrypted with it can be read with nothing else. */
  | { readonly kind: "key"; readonly file: string }
  /** Put there by the operator: an API key of somebody else's service. */
  | { readonly kind: "own"; readonly file: string }
  /** A copy of another service's random file, for the other end of a connection. */
  | { readonly kind: "copy"; readonly file: string; readonly of: { service: string; file: string } }
  /** Redis' users: each may log in with a password of which only the hash is here. */
  | { readonly kind: "redis-acl"; readonly file: string; readonly users: readonly string[] };

/** The secrets volume of one service, readable by root and that service's user. */
export interface SecretVolume {
  readonly service: string;
  readonly volume: string;
  readonly uid: number;
  readonly files: readonly SecretFile[];
}

export const SUPERUSER_PASSWORD = "superuser-password";
export const DATABASE_PASSWORD = "database-password";
export const CACHE_PASSWORD = "cache-password";
export const SESSION_KEY = "session-key";
/** Files that Plimsoll makes in an app's volume: no secret of the operator's own can have their names. */
export const APP_SECRETS: readonly string[] = [DATABASE_PASSWORD, CACHE_PASSWORD, SESSION_KEY];
export const REDIS_USERS = "users.acl";
/** Of Redis' user that may read settings and nothing else. */
export const OPERATOR_PASSWORD = "operator-password";
/** Never a service's name: it has a dot. */
export const OPERATOR_USER = "plimsoll.operator";

/** The password of an app's database role, in Postgres' volume. */
export function roleSecret(app: string): string {
  return `${app}-${DATABASE_PASSWORD}`;
}

const random = (file: string): SecretFile => ({ kind: "random", file });

/** What secrets come of: the kind of a service, the secrets of its own that an app names, and where backups are copied to. */
export interface SecretService {
  readonly kind: ServiceSpec["kind"];
  readonly secrets?: readonly string[];
  readonly offsite?: { readonly repository: string } | undefined;
}

function filesOf({ kind, secrets = [] }: SecretService, apps: readonly string[]): SecretFile[] {
  switch (kind) {
    case "app":
      return [
        ...APP_SECRETS.map(random),
        ...secrets.map((file) => ({ kind: "own" as const, file })),
      ];
    case "postgres":
      return [
        random(SUPERUSER_PASSWORD),
        ...apps.map((app) => ({
          kind: "copy" as const,
          file: roleSecret(app),
          of: { service: app, file: DATABASE_PASSWORD },
        })),
      ];
    case "redis":
      return [random(OPERATOR_PASSWORD), { kind: "redis-acl", file: REDIS_USERS, users: apps }];
    case "site":
      return [];
  }
}

const PROGRAMS: Record<"app" | "postgres" | "redis", ProgramUser> = {
  app: "node",
  postgres: "postgres",
  redis: "redis",
};

/** What has its copies elsewhere: a volume apart, so that only who copies can read it. */
export function offsiteSecretsVolume(owner: Owner): string {
  return volumeName(owner, OFFSITE, "secrets");
}

function offsiteVolumes(owner: Owner, services: readonly SecretService[]): SecretVolume[] {
  return services.flatMap(({ offsite }) => {
    if (!offsite) return [];
    const own = repositorySecrets(offsite.repository);
    const files: SecretFile[] = [
      { kind: "key", file: REPOSITORY_PASSWORD },
      ...own.map((file) => ({ kind: "own" as const, file })),
    ];
    const volume = offsiteSecretsVolume(owner);
    return [{ service: OFFSITE, volume, uid: USERS.postgres.uid, files }];
  });
}

/** Every secret of an environment: which file in which volume, and how it comes to be. Apps come first: others copy theirs. */
export function secretVolumes(
  owner: Owner & { readonly services: Readonly<Record<string, SecretService>> },
): SecretVolume[] {
  const services = Object.entries(owner.services);
  const apps = services.filter(([, { kind }]) => kind === "app").map(([name]) => name);
  const order = (kind: string) => (kind === "app" ? 0 : 1);
  const own = services
    .sort(([, a], [, b]) => order(a.kind) - order(b.kind))
    .flatMap(([name, service]) =>
      service.kind === "site"
        ? []
        : [
            {
              service: name,
              volume: volumeName(owner, name, "secrets"),
              uid: USERS[PROGRAMS[service.kind]].uid,
              files: filesOf(service, apps),
            },
          ],
    );
  return [...own, ...offsiteVolumes(owner, Object.values(owner.services))];
}
