import { ensureImages } from "../../cli/images/build.ts";
import { registryAnswers } from "../../cli/images/registry.ts";
import { terminalReport } from "../../cli/report.ts";
import { type RuntimeImages, runtimeImages } from "../../images/runtime.ts";

let made: Promise<RuntimeImages> | undefined;

/** The runtime images, present on this machine's engine: the official ones where a registry answers. */
export function testRuntimeImages(): Promise<RuntimeImages> {
  made ??= makeImages();
  return made;
}

/** References of the runtime images, present on this machine's engine. */
export async function testImages(): Promise<
  Record<"nginx" | "redis" | "postgres" | "node", string>
> {
  const { nginx, redis, postgres, node } = await testRuntimeImages();
  return {
    nginx: nginx.reference,
    redis: redis.reference,
    postgres: postgres.reference,
    node: node.reference,
  };
}

async function makeImages(): Promise<RuntimeImages> {
  const images = runtimeImages((await registryAnswers()) ? "official" : "debian");
  await ensureImages([images.nginx, images.redis, images.postgres, images.node], terminalReport);
  return images;
}
