import { readFile } from "node:fs/promises";
import { findProgram } from "./program.ts";

const OS_RELEASE = "/etc/os-release";

/** A Linux distribution, as its os-release file names it. Source: os-release(5). */
export interface Distribution {
  readonly name: string;
  /** Debian itself or one of its family, such as Ubuntu. */
  readonly isDebian: boolean;
}

export function parseDistribution(osRelease: string): Distribution {
  const field = (name: string) =>
    new RegExp(`^${name}=["']?(.*?)["']?$`, "m").exec(osRelease)?.[1] ?? "";
  const family = [field("ID"), ...field("ID_LIKE").split(" ")];
  return {
    name: field("PRETTY_NAME") || field("ID") || "this system",
    isDebian: family.includes("debian"),
  };
}

export async function readDistribution(file = OS_RELEASE): Promise<Distribution> {
  return parseDistribution(await readFile(file, "utf8").catch(() => ""));
}

/** Why packages of the distribution cannot be installed from here; undefined where they can. */
export async function whyNoPackages(osRelease = OS_RELEASE): Promise<string | undefined> {
  const { name, isDebian } = await readDistribution(osRelease);
  if (!isDebian) return `${name} is neither Debian nor Ubuntu`;
  if (process.getuid?.() !== 0) return "this user is not root";
  return (await findProgram("apt-get")) === undefined ? `${name} has no apt-get` : undefined;
}
