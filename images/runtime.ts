import { debianImage, debianImages } from "./debian.ts";
import type { Image } from "./image.ts";

/** `official`: Docker's official images. `debian`: images of the same contract built from Debian packages. */
export type ImageSource = "official" | "debian";

export interface RuntimeImages {
  readonly nginx: Image;
  readonly redis: Image;
  readonly postgres: Image;
  readonly node: Image;
  /** For those who copy backups elsewhere. */
  readonly restic: Image;
}

/** The stable branch of nginx, Redis 8, Postgres 17 and the Node LTS, all on Debian 13. */
const OFFICIAL: Readonly<Record<Exclude<keyof RuntimeImages, "restic">, string>> = {
  nginx: "nginx:1.30-trixie",
  redis: "redis:8.10-trixie",
  postgres: "postgres:17-trixie",
  node: "node:24-trixie-slim",
};

/** What a registry said of a tag, by tag: `redis@sha256:…`. */
export type Digests = Readonly<Record<string, string>>;

/** The tags of the official images. */
export function officialTags(): string[] {
  return Object.values(OFFICIAL);
}

/**
 * The images of everything that is not the application.
 *
 * @param digests of official images; those without one are named by their tag
 * @throws OperatorError on a processor other than x64 and arm64, for `debian` only
 */
export function runtimeImages(source: ImageSource, digests: Digests = {}): RuntimeImages {
  return source === "official" ? officialImages(digests) : debianImages(process.arch);
}

function officialImages(digests: Digests): RuntimeImages {
  const pulled = (name: keyof typeof OFFICIAL): Image => ({
    kind: "pulled",
    reference: digests[OFFICIAL[name]] ?? OFFICIAL[name],
  });
  const node = pulled("node");
  return {
    nginx: pulled("nginx"),
    redis: pulled("redis"),
    postgres: pulled("postgres"),
    node,
    // restic's own has no user with the number that backups belong to; Node's is on every server.
    restic: debianImage("restic", node),
  };
}
