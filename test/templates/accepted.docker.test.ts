import assert from "node:assert/strict";
import { test } from "node:test";
import { planOf } from "../../config/environment.ts";
import type { Plan } from "../../core/plan.ts";
import { MIB } from "../../core/units.ts";
import { nginxView } from "../../templates/nginx.ts";
import { redisView } from "../../templates/redis.ts";
import { render } from "../../templates/render.ts";
import { docker, eventually, folderWith, startContainer } from "../images/container.ts";
import { localWith } from "../support/environments.ts";
import { testImages } from "../support/images.ts";

const TIMEOUT_MS = 300_000;
/** Limit of Postgres and the server's memory: the three rows of reference. */
const ROWS = [
  ["256MiB", "1950MiB"],
  ["320MiB", "1950MiB"],
  ["1024MiB", "3900MiB"],
] as const;

function planWith(patch: Parameters<typeof localWith>[0]): Plan {
  return planOf(localWith(patch));
}

for (const [limit, memory] of ROWS) {
  test(`Postgres with ${limit} accepts its settings and takes the shared memory that is modelled`, {
    timeout: TIMEOUT_MS,
  }, async (t) => {
    const { postgres } = await testImages();
    const plan = planWith({ server: { memory }, services: { postgres: { limit } } }).postgres[
      "postgres"
    ];
    assert.ok(plan);
    const folder = await folderWith(t, { "postgresql.conf": render("postgresql.conf", plan) });
    const program =
      'for p in postgres /usr/lib/postgresql/*/bin/postgres; do command -v "$p" && break; done';
    const ask = `p=$(${program}); initdb=\${p%postgres}initdb; "$initdb" -D /tmp/data >/dev/null && exec "$p" -D /tmp/data -c config_file=/etc/plimsoll/postgresql.conf -C shared_memory_size`;
    const said = await docker(
      ...["run", "--rm", "--user=999:999", "--tmpfs=/tmp:mode=1777"],
      ...[
        `--volume=${folder}/postgresql.conf:/etc/plimsoll/postgresql.conf:ro`,
        "--entrypoint=/bin/sh",
        postgres,
        "-c",
        ask,
      ],
    );
    const modelled = plan.sharedMemoryBytes / MIB;
    assert.ok(
      Math.abs(Number(said) - modelled) <= 0.03 * Number(said),
      `${said}, modelled ${modelled}`,
    );
  });
}

for (const role of ["cache", "store"] as const) {
  test(`Redis accepts its settings as a ${role}`, { timeout: TIMEOUT_MS }, async (t) => {
    const { redis } = await testImages();
    const plan = planWith({ services: { redis: { role } } }).redis["redis"];
    assert.ok(plan);
    const config = await folderWith(t, { "redis.conf": render("redis.conf", redisView(plan)) });
    const secrets = await folderWith(t, { "users.acl": "user default on nopass ~* &* +@all\n" });
    const container = await startContainer(
      t,
      [
        ...["--user=999:999", "--tmpfs=/data:uid=999,gid=999"],
        ...[
          `--volume=${config}/redis.conf:/etc/plimsoll/redis.conf:ro`,
          `--volume=${secrets}/users.acl:/run/secrets/users.acl:ro`,
        ],
      ],
      [redis, "redis-server", "/etc/plimsoll/redis.conf"],
    );
    const value = await eventually(async () => {
      const answer = await container.exec(["redis-cli", "config", "get", "maxmemory"]);
      return answer?.split("\n")[1];
    }, 60_000);
    assert.equal(Number(value), plan.maxmemoryBytes);
  });
}

test("nginx accepts its settings", { timeout: TIMEOUT_MS }, async (t) => {
  const { nginx } = await testImages();
  const text = render(
    "nginx.conf",
    nginxView({
      plan: planWith({}).nginx,
      ...{ domain: "localhost", tlsPort: undefined, site: false, guard: "guard:8080" },
      ...{ paths: ["/api/"], ssePaths: ["/api/stream"] },
    }),
  );
  const folder = await folderWith(t, { "nginx.conf": text });
  await docker(
    ...["run", "--rm", "--user=101:101", "--read-only", "--tmpfs=/tmp:mode=1777"],
    ...[`--volume=${folder}/nginx.conf:/etc/plimsoll/nginx.conf:ro`, "--entrypoint=nginx", nginx],
    ...["-t", "-q", "-c", "/etc/plimsoll/nginx.conf"],
  );
});
