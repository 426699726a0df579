import assert from "node:assert/strict";
import { mkdtempSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import test, { type TestContext } from "node:test";
import { GuardProcess } from "./guard-process.ts";
import { get, Held, LIMIT, open, replyOf, responseOf, serve, until } from "./support.ts";

const STATE = "memory_guard_config_last_reload_successful";

class Setting {
  readonly path: string;
  readonly #backends: string;

  private constructor(folder: string, backends: string) {
    this.path = join(folder, "guard.json");
    this.#backends = backends;
  }

  static async make(t: TestContext): Promise<[Setting, Held]> {
    const folder = mkdtempSync(join(tmpdir(), "guard-reload-"));
    t.after(() => rmSync(folder, { recursive: true }));
    const held = new Held();
    const { port } = await serve(t, held.handler);
    return [new Setting(folder, `a=http://127.0.0.1:${port}`), held];
  }

  /** As an editor and a deploy do it: written aside, then moved into place. */
  write(concurrency: string): void {
    const environment = { GUARD_BACKENDS: this.#backends, MAX_CONCURRENT: concurrency };
    writeFileSync(`${this.path}.new`, JSON.stringify({ environment }));
    renameSync(`${this.path}.new`, this.path);
  }
}

async function metric(port: number, name: string): Promise<number> {
  const { body } = await get(port, "/metrics");
  return Number(new RegExp(`^${name}(?:\\{.*\\})? (.*)$`, "m").exec(body)?.[1]);
}

test("the changed file is in force, and the request at work ends whole", LIMIT, async (t) => {
  const [setting, held] = await Setting.make(t);
  setting.write("4");
  const guard = new GuardProcess(t, { GUARD_CONFIG: setting.path });
  const [port, adminPort] = await guard.ports();
  const answered = responseOf(open(port));
  await held.arrived(1);
  setting.write("9");
  const limit = () => metric(adminPort, "memory_guard_backend_concurrency");
  await until("the new limit is in force", async () => (await limit()) === 9);
  held.answer(0, "whole");
  assert.equal((await replyOf(await answered)).body, "whole");
  assert.equal(await metric(adminPort, STATE), 1);
});

test(
  "SIGHUP with a wrong file keeps the settings and tells it, until it is right",
  LIMIT,
  async (t) => {
    const [setting] = await Setting.make(t);
    setting.write("4");
    const guard = new GuardProcess(t, { GUARD_CONFIG: setting.path });
    const [, adminPort] = await guard.ports();
    setting.write("many");
    guard.child.kill("SIGHUP");
    await until("it is told", async () => (await metric(adminPort, STATE)) === 0);
    assert.equal(await metric(adminPort, "memory_guard_backend_concurrency"), 4);
    const line = guard.lines.find(({ message }) => message === "settings kept");
    assert.deepEqual(line?.["problems"], [
      'MAX_CONCURRENT: must be a whole number of requests from 1 to 10000, got "many"; leave it out for 10',
    ]);
    setting.write("5");
    guard.child.kill("SIGHUP");
    await until("it is in force", async () => (await metric(adminPort, STATE)) === 1);
    assert.equal(await metric(adminPort, "memory_guard_backend_concurrency"), 5);
  },
);
