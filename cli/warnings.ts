import type { Environment } from "../config/environment.ts";
import { servicesOf } from "../core/spec.ts";
import { formatMib, GIB } from "../core/units.ts";

/** Every machine keeps some of its memory from the kernel that it starts: MemTotal is never a round number. */
function roundMemory({ server }: Environment): string[] {
  if (server.memory % (GIB / 2) !== 0) return [];
  return [
    `server.memory: MemTotal is less than what a server is sold as, got ${formatMib(server.memory)}; ` +
      'use what "grep MemTotal /proc/meminfo" says there, about 1950MiB of 2 GB',
  ];
}

function plainHttp({ domain, tls }: Environment): string[] {
  if (tls || domain === "localhost") return [];
  return [
    `tls: a public name is served with TLS, got plain HTTP for ${domain}; set tls, or put what ends it in front`,
  ];
}

/** `:latest` and no tag at all name another image tomorrow. */
function floatingImages({ services }: Environment): string[] {
  return servicesOf(services, "app").flatMap(([name, { image }]) => {
    if (!image || image.includes("@") || /:(?!latest$)[^/]+$/.test(image)) return [];
    return [
      `services.${name}.image: an image that stays the same, got ${image}; name a tag of one version, or a digest`,
    ];
  });
}

/** Nothing here keeps an environment from being deployed; somebody should have meant it. */
export function warningsOf(environment: Environment): string[] {
  return [roundMemory, plainHttp, floatingImages].flatMap((rule) => rule(environment));
}
