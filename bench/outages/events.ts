import { EventEmitter, once } from "node:events";
import { createInterface } from "node:readline";
import type { Target } from "../../cli/target.ts";
import { PROJECT_LABEL } from "../../core/names.ts";

/** When Docker signalled, ended and started the containers of one name, on the clock of `Date.now`. */
export interface Replacement {
  readonly signalMs: number;
  readonly endMs: number;
  readonly startMs: number;
}

interface DockerEvent {
  readonly Action: string;
  readonly timeNano: number;
  readonly Actor: { readonly Attributes: { readonly name: string } };
}

const NANOSECONDS_PER_MS = 1e6;

export interface Events {
  /** The last replacement of a container since a time; undefined where there was none. */
  replacementOf(name: string, sinceMs: number): Replacement | undefined;
  /** When the next container of that name is told to stop. */
  signalOf(name: string): Promise<void>;
  end(): void;
}

/** Hears what becomes of a project's containers. */
export function hear(target: Target, project: string): Events {
  const heard: DockerEvent[] = [];
  const news = new EventEmitter();
  const wanted = ["kill", "die", "start"].flatMap((event) => ["--filter", `event=${event}`]);
  const label = ["--filter", "type=container", "--filter", `label=${PROJECT_LABEL}=${project}`];
  const running = target.docker(["events", ...label, ...wanted, "--format", "{{json .}}"], {
    ...{ buffer: false, reject: false },
  });
  if (!running.stdout) throw new Error("docker events says nothing");
  createInterface(running.stdout).on("line", (line) => {
    const event = JSON.parse(line) as DockerEvent;
    heard.push(event);
    if (event.Action === "kill") news.emit(event.Actor.Attributes.name);
  });
  return {
    replacementOf: (name, sinceMs) => {
      const own = heard
        .filter(({ Actor }) => Actor.Attributes.name === name)
        .map(({ Action, timeNano }) => ({ action: Action, atMs: timeNano / NANOSECONDS_PER_MS }))
        .filter(({ atMs }) => atMs >= sinceMs);
      const at = (wantedAction: string) => own.find(({ action }) => action === wantedAction)?.atMs;
      const [signalMs, endMs, startMs] = [at("kill"), at("die"), at("start")];
      if (signalMs === undefined || endMs === undefined || startMs === undefined) return undefined;
      return { signalMs, endMs, startMs };
    },
    signalOf: async (name) => {
      await once(news, name);
    },
    end: () => {
      running.kill();
    },
  };
}
