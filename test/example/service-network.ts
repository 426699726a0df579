import { randomUUID } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { execa } from "execa";
import { freePort } from "../support/free-ports.ts";

const docker = (...args: string[]) => execa("docker", args);

export interface ServiceProps {
  readonly image: string;
  readonly containerPort: number;
  readonly variables?: Readonly<Record<string, string>>;
  /** Options of `docker run` that only this one needs. */
  readonly options?: readonly string[];
  readonly command?: readonly string[];
}

/** A container on one port of 127.0.0.1 for its whole life, to be stopped and started as an outage would. */
export interface Service {
  readonly port: number;
  do(verb: "kill" | "start" | "pause" | "unpause"): Promise<void>;
  exec(...command: string[]): Promise<string>;
}

/** A network of this test alone, and the containers in it. */
export class ServiceNetwork {
  readonly #name = `plimsoll-test-${randomUUID()}`;
  #services = 0;

  static async create(): Promise<ServiceNetwork> {
    const network = new ServiceNetwork();
    await docker("network", "create", network.#name);
    return network;
  }

  async run({ image, containerPort, ...props }: ServiceProps): Promise<Service> {
    this.#services += 1;
    const name = this.#containerName(this.#services);
    // Left to itself, Docker would choose another port at every start.
    const port = await freePort();
    await docker(
      "run",
      "--detach",
      `--name=${name}`,
      `--network=${this.#name}`,
      `--publish=127.0.0.1:${port}:${containerPort}`,
      ...Object.entries(props.variables ?? {}).map(([key, value]) => `--env=${key}=${value}`),
      ...(props.options ?? []),
      image,
      ...(props.command ?? []),
    );
    return {
      port,
      do: async (verb) => void (await docker(verb, name)),
      exec: async (...words) => String((await docker("exec", name, ...words)).stdout),
    };
  }

  /** Removes everything, also a container whose start failed. */
  async remove(): Promise<void> {
    for (let number = 1; number <= this.#services; number++) {
      await docker("rm", "--force", "--volumes", this.#containerName(number));
    }
    await docker("network", "rm", this.#name);
  }

  #containerName(number: number): string {
    return `${this.#name}-${number}`;
  }
}

const POLL_INTERVAL_MS = 50;
const PATIENCE_MS = 60_000;

/** Asks until the answer is truthy; after a minute the last failure is thrown. */
export async function eventually<Answer>(ask: () => Promise<Answer>): Promise<Answer> {
  const deadlineMs = Date.now() + PATIENCE_MS;
  for (;;) {
    const late = Date.now() > deadlineMs;
    try {
      const answer = await ask();
      if (answer) return answer;
    } catch (error) {
      if (late) throw error;
    }
    if (late) throw new Error("it never came true");
    await sleep(POLL_INTERVAL_MS);
  }
}
