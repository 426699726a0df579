import { z } from "zod";
import { APP_SECRETS } from "../core/secrets.ts";
import { appTuning, whole } from "./app-tuning.ts";
import { offsite } from "./offsite.ts";
import { duration, size } from "./quantity.ts";

/** A path prefix of a URL: what nginx matches. */
const urlPath = z
  .string()
  .regex(/^\/[\w./~-]*$/, 'must be a URL path; write it like "/api/"')
  .meta({ format: "URL path" });
const tcpPort = z
  .int("must be a port")
  .min(1, "must be a port from 1 to 65535")
  .max(65535, "must be a port from 1 to 65535");

const build = z.strictObject({
  context: z.string().min(1).describe("Folder with a Dockerfile, relative to the config file."),
  before: z
    .tuple([z.string()], z.string())
    .optional()
    .describe(
      'Command run in that folder before the image is built, such as `["npm", "run", "build"]`.',
    ),
});

const route = z.strictObject({
  path: urlPath.describe("URL path; it counts for everything below it too."),
  method: z
    .string()
    .regex(/^[A-Z]+$/, 'must be a method; write it like "GET"')
    .optional()
    .describe("Only requests with this method."),
  criticality: z
    .enum(["critical", "high", "normal", "background"])
    .default("normal")
    .describe("What is less critical waits and is refused first."),
  memory: size().optional().describe("What such a request holds at its peak, apart from its size."),
  size: z
    .strictObject({
      query: z.string().min(1).describe("Query parameter that tells how large a request is."),
      memoryPerUnit: size().describe("What one unit of it takes."),
    })
    .optional()
    .describe("Where requests tell their size: one that cannot fit is refused before it is begun."),
  singleFlight: z
    .enum(["anonymous", "same_credentials"])
    .optional()
    .describe("Identical GETs under way share one answer."),
});

const app = z
  .strictObject({
    kind: z.literal("app").describe("Containers of your own image, one a slot."),
    image: z
      .string()
      .min(1)
      .optional()
      .describe("Image to run, by pinned tag or digest; either this or `build`."),
    build: build.optional().describe("How the image is made on this machine."),
    runtime: z
      .enum(["node", "gunicorn", "uvicorn", "gevent", "none"])
      .default("node")
      .describe(
        "`node` gets heap flags; `gunicorn` (with uvicorn's worker), `uvicorn` and `gevent` get processes and the flags that their worker class knows; `none` gets nothing.",
      ),
    ...appTuning,
    slots: z
      .int("must be a whole number")
      .min(1, "must be from 1 to 16")
      .max(16, "must be from 1 to 16")
      .default(2)
      .describe("Containers of this app: each is replaced on its own."),
    port: tcpPort.default(3000).describe("Where the app listens in its container."),
    limit: size().optional().meta({
      description: "Hard memory limit of each slot, whole MiB.",
      computed: "a share of what the server has",
    }),
    reservation: size()
      .optional()
      .meta({ description: "Protected memory of each slot.", computed: "half of `limit`" }),
    swap: size().optional().meta({
      description: "Swap that each slot may use beyond its limit.",
      computed: "a fifth of `limit`, where the swap file has it",
    }),
    memoryPerRequest: size().describe(
      "What one request holds at its peak; decides how many are let in at once.",
    ),
    routes: z
      .array(route)
      .default([])
      .describe(
        "Requests that cost or matter more or less than others; the guard tells them apart.",
      ),
    paths: z
      .array(urlPath)
      .min(1)
      .default(["/"])
      .describe(
        "URL paths that go to this app: a prefix when it ends with a slash, else that path alone.",
      ),
    ssePaths: z
      .array(urlPath)
      .default([])
      .describe("Those of them that stream: no buffering, no compression, long idle times."),
    health: urlPath
      .default("/health")
      .describe("URL path that answers 200 when the slot can serve."),
    healthCommand: z.tuple([z.string()], z.string()).optional().meta({
      description: "Program that ends with 0 when the slot can serve, for images without bash.",
      computed: "asks `health` with bash",
    }),
    startTimeout: duration()
      .prefault("2m")
      .describe(
        "How long a slot may take to become healthy, migrations and a cold start included.",
      ),
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
      .default([])
      .describe(
        "Secrets of your own, put on the server with `secrets set`; `openai-key` is told as OPENAI_KEY_FILE.",
      ),
    probe: urlPath.optional().meta({
      description:
        "URL path that `up` asks for through the whole chain in the end; it must answer 200.",
      computed: "as `health`",
    }),
    env: z
      .record(
        z.string().regex(/^[A-Za-z_][A-Za-z0-9_]*$/, "must be an environment variable's name"),
        z.string(),
      )
      .default({})
      .describe("Environment variables of each slot, beside those that Plimsoll sets."),
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

/** Of Postgres and Redis. */
const storeMemory = {
  reservation: size()
    .optional()
    .meta({ description: "Protected memory.", computed: "three quarters of `limit`" }),
  swap: size()
    .optional()
    .meta({ description: "Swap that it may use beyond its limit.", computed: "none" }),
};

const postgres = z.strictObject({
  kind: z.literal("postgres").describe("The database of the apps; one at the most."),
  limit: size().optional().meta({
    description: "Hard memory limit, whole MiB; its settings are computed from it.",
    computed: "a share of what the server has",
  }),
  ...storeMemory,
  maxConnections: whole(500).meta({
    description: "Its `max_connections`; pools that are not fixed share what it leaves.",
    computed: "what the pools hold, and 8 for operators",
  }),
  major: z
    .int("must be a major version")
    .min(14, "must be from 14 to 19")
    .max(19, "must be from 14 to 19")
    .optional()
    .meta({ description: "Major version that the settings are for.", computed: "17" }),
  keepBackups: z
    .int("must be a whole number")
    .min(1, "must be from 1 to 1000")
    .max(1000, "must be from 1 to 1000")
    .default(7)
    .describe("Backups that stay on the server; a new one removes the oldest beyond them."),
  offsite: offsite.optional(),
});

const redis = z.strictObject({
  limit: size().optional().meta({
    description: "Hard memory limit, whole MiB; `maxmemory` is computed from it.",
    computed: "a share of what the server has",
  }),
  ...storeMemory,
  kind: z.literal("redis").describe("The cache of the apps, or a store; one of each role."),
  role: z
    .enum(["cache", "store"])
    .default("cache")
    .describe(
      "`cache` forgets the oldest and keeps nothing on disk; `store`, for locks, sessions and queues, refuses writes when full and logs each to disk.",
    ),
});

const site = z.strictObject({
  kind: z.literal("site").describe("Static files that nginx serves; one at the most."),
  directory: z
    .string()
    .min(1)
    .describe("Folder of static files, relative to the config file; baked into the nginx image."),
});

/** What runs on the server, by `kind`. */
export const service = z.discriminatedUnion("kind", [app, postgres, redis, site], {
  error: (issue) =>
    issue.code === "invalid_union"
      ? 'kind must be "app", "postgres", "redis" or "site"; name one of them'
      : undefined,
});

export { tcpPort };
