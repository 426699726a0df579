import { z } from "zod";
import { APP_SECRETS } from "../core/secrets.ts";
import { MINUTE_MS } from "../core/units.ts";
import { duration, size } from "./quantity.ts";

/** A path prefix of a URL: what nginx matches. */
const urlPath = z.string().regex(/^\/[\w./~-]*$/, 'must be a URL path; write it like "/api/"');
const tcpPort = z
  .int("must be a port")
  .min(1, "must be a port from 1 to 65535")
  .max(65535, "must be a port from 1 to 65535");

const build = z.strictObject({
  /** Folder with a Dockerfile, relative to the config file. */
  context: z.string().min(1),
  /** Command run in that folder before the image is built, such as `["npm", "run", "build"]`. */
  before: z.tuple([z.string()], z.string()).optional(),
});

const app = z
  .strictObject({
    kind: z.literal("app"),
    /** Image to run, by pinned tag or digest; or `build`. */
    image: z.string().min(1).optional(),
    build: build.optional(),
    /** `node` gets heap flags computed from the limit; `none` gets nothing. */
    runtime: z.enum(["node", "none"]).default("node"),
    /** Containers of this app: each is replaced on its own. */
    slots: z
      .int("must be a whole number")
      .min(1, "must be from 1 to 16")
      .max(16, "must be from 1 to 16")
      .default(2),
    port: tcpPort.default(3000),
    /** Hard memory limit of each slot. */
    limit: size(),
    /** Protected memory of each slot. Default: half of the limit. */
    reservation: size().optional(),
    /** Swap that each slot may use beyond its limit. */
    swap: size().default(0),
    /** What one request holds at its peak; decides how many are let in at once. */
    memoryPerRequest: size(),
    /** URL paths that go to this app: a prefix when it ends with a slash, else that path alone. */
    paths: z.array(urlPath).min(1).default(["/"]),
    /** Those of them that stream: no buffering, no compression, long idle times. */
    ssePaths: z.array(urlPath).default([]),
    /** URL path that answers 200 when the slot can serve. */
    health: urlPath.default("/health"),
    /** Program that ends with 0 when the slot can serve, for images without bash. Default: asks `health` with bash. */
    healthCommand: z.tuple([z.string()], z.string()).optional(),
    /** How long a slot may take to become healthy, migrations and a cold start included. */
    startTimeout: duration().default(2 * MINUTE_MS),
    /** Secrets of your own, put on the server with `secrets set`; `openai-key` is told as OPENAI_KEY_FILE. */
    secrets: z
      .array(
        z
          .string()
          .regex(
            /^[a-z][a-z0-9-]{0,62}$/,
            'must be lower-case letters, digits and dashes; write it like "openai-key"',
          )
          .refine(
            (name) => !APP_SECRETS.includes(name),
            "is made by Plimsoll; choose another name",
          ),
      )
      .default([]),
    /** URL path that `up` asks for through the whole chain in the end; it must answer 200. Default: `health`. */
    probe: urlPath.optional(),
    env: z
      .record(
        z.string().regex(/^[A-Za-z_][A-Za-z0-9_]*$/, "must be an environment variable's name"),
        z.string(),
      )
      .default({}),
  })
  .check((context) => {
    const { image, build } = context.value;
    if ((image === undefined) === (build === undefined)) {
      context.issues.push({
        code: "custom",
        input: context.value,
        path: [image === undefined ? "image" : "build"],
        message:
          image === undefined
            ? "image or build is required; name one of them"
            : "image and build exclude each other; keep one",
      });
    }
  });

const postgres = z.strictObject({
  kind: z.literal("postgres"),
  limit: size(),
});

const redis = z.strictObject({
  kind: z.literal("redis"),
  limit: size(),
});

const site = z.strictObject({
  kind: z.literal("site"),
  /** Folder of static files, relative to the config file; baked into the nginx image. */
  directory: z.string().min(1),
});

/** What runs on the server, by `kind`. */
export const service = z.discriminatedUnion("kind", [app, postgres, redis, site], {
  error: (issue) =>
    issue.code === "invalid_union"
      ? 'kind must be "app", "postgres", "redis" or "site"; name one of them'
      : undefined,
});

export { tcpPort };
