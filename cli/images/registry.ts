/** Where Docker's official images are pulled from. */
const DOCKER_HUB = "https://registry-1.docker.io";

/** A registry that needs longer than this for an empty answer is of no use for images of 80 MB. */
const TIMEOUT_MS = 3_000;

/** The registry API answers 200, or 401 to whoever has no token yet: both mean that it is there. */
const ANSWERS: readonly number[] = [200, 401];

/**
 * Whether a container registry answers. Decides between the official images and those built from Debian packages.
 *
 * @param baseUrl without a path. Default: Docker Hub
 */
export async function registryAnswers(baseUrl = DOCKER_HUB): Promise<boolean> {
  try {
    const response = await fetch(new URL("/v2/", baseUrl), {
      redirect: "manual",
      signal: AbortSignal.timeout(TIMEOUT_MS),
    });
    await response.body?.cancel();
    return ANSWERS.includes(response.status);
  } catch {
    // No name, no route, no answer in time: all the same to the caller.
    return false;
  }
}
