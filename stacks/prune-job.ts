import type { Environment } from "../config/environment.ts";
import { repositoryOf } from "../core/image-repository.ts";
import { IMAGE_LABEL, IMAGE_NAMESPACE, STAGE_LABEL } from "../core/names.ts";
import { servicesOf } from "../core/spec.ts";
import { render } from "../templates/render.ts";
import type { TierPlace } from "./batch-tier.ts";
import { type JobHead, jobScript } from "./job-script.ts";

/** Repositories of the apps' images that nobody builds here: each release leaves one on the server. */
function appRepositories({ services }: Environment): string[] {
  const names = servicesOf(services, "app").flatMap(([, { image }]) =>
    image ? [repositoryOf(image)] : [],
  );
  return [...new Set(names)].sort();
}

/**
 * Removes the images of ours that no container has, but for the newest of each repository, and the build cache.
 * @param keep how many of each repository stay
 */
export function pruneScript(place: TierPlace, head: JobHead, keep: number): string {
  const body = render("host/prune-job.sh", {
    keep,
    ...{ namespace: IMAGE_NAMESPACE, label: IMAGE_LABEL, stageLabel: STAGE_LABEL },
    repositories: appRepositories(place.environment),
  });
  return jobScript(place, head, body);
}
