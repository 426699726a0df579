/** How a repository of restic's is reached. */
export type RepositoryKind = "path" | "s3" | "sftp" | "rest";

/** Stands in front of its secrets, as a service's name does. */
export const OFFSITE = "offsite";
/** Encrypts the repository: without it no copy can be read again. */
export const REPOSITORY_PASSWORD = "repository-password";
export const ACCESS_KEY_ID = "access-key-id";
export const SECRET_ACCESS_KEY = "secret-access-key";
export const REST_PASSWORD = "rest-password";
export const SSH_KEY = "ssh-key";
export const SSH_KNOWN_HOSTS = "ssh-known-hosts";

/** @param repository as the config names it; the schema has judged it */
export function repositoryKind(repository: string): RepositoryKind {
  const [kind = ""] = repository.split(":");
  return kind === "s3" || kind === "sftp" || kind === "rest" ? kind : "path";
}

/** What lets somebody in there, from the operator: a REST server without a user asks for nothing. */
export function repositorySecrets(repository: string): string[] {
  switch (repositoryKind(repository)) {
    case "path":
      return [];
    case "s3":
      return [ACCESS_KEY_ID, SECRET_ACCESS_KEY];
    case "sftp":
      return [SSH_KEY, SSH_KNOWN_HOSTS];
    case "rest":
      return repository.includes("@") ? [REST_PASSWORD] : [];
  }
}
