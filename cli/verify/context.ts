import type { DeclaredContainer } from "../../stacks/declared.ts";
import type { Target } from "../target.ts";

/** A container as `docker inspect` shows it; its values are plain JSON. */
export interface LiveContainer {
  readonly Id: string;
  readonly Image: string;
  readonly State: { readonly Pid: number; readonly Running: boolean };
  readonly Config: Readonly<Record<string, unknown>>;
  readonly HostConfig: Readonly<Record<string, unknown>>;
  readonly Mounts: readonly {
    /** Of a volume; a folder of the server has none. */
    readonly Name?: string;
    readonly Source?: string;
    readonly Destination: string;
    readonly RW: boolean;
  }[];
  readonly NetworkSettings: {
    readonly Networks: Readonly<Record<string, unknown>>;
    /** Older engines have none for a container that has stopped. */
    readonly Ports: Readonly<
      Record<string, readonly { readonly HostIp: string; readonly HostPort: string }[] | null>
    > | null;
  };
}

/** A declared container and the one that runs under its name. */
export interface Subject {
  /** Short name, such as `chat-1`. */
  readonly name: string;
  /** `app`, `postgres`, …: the service's kind, or `guard` and `nginx`. */
  readonly kind: string;
  readonly declared: DeclaredContainer;
  /** Undefined where none runs. */
  readonly live: LiveContainer | undefined;
}

export interface Context {
  readonly target: Target;
  readonly subjects: readonly Subject[];
}

/** Declared environment variables; a name maps to its value. */
export function declaredVariables({ declared }: Subject): Map<string, string> {
  const pairs = declared.attributes["env"] as readonly string[];
  return new Map(pairs.map(splitVariable));
}

export function splitVariable(pair: string): [name: string, value: string] {
  const at = pair.indexOf("=");
  return [pair.slice(0, at), pair.slice(at + 1)];
}
