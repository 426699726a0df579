import assert from "node:assert/strict";
import { createServer } from "node:net";
import { type TestContext, test } from "node:test";
import { execa } from "execa";
import { answering } from "../../cli/connection-lost.ts";
import { openTarget } from "../../cli/target.ts";
import { freePort } from "../support/free-ports.ts";

const NO_CONFIG = ["-F", "none", "-oControlPath=none"];

/** Takes connections and says nothing, so that ssh waits. */
async function silentServer(t: TestContext): Promise<{ port: number; connected: Promise<void> }> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const connected = new Promise<void>((resolve) => {
    server.on("connection", (socket) => {
      t.after(() => socket.destroy());
      resolve();
    });
  });
  t.after(() => server.close());
  return { port: (server.address() as { port: number }).port, connected };
}

test("a server that refuses connections answers nothing, also to who looks at exit codes", async () => {
  const name = `ssh://root@127.0.0.1:${await freePort()}`;
  const target = openTarget(name, NO_CONFIG);
  const problems = [`target ${name}: does not answer; is it running, and is the port right?`];
  await assert.rejects(target.run(["true"]), { name: "OperatorError", problems });
  await assert.rejects(target.run(["true"], { reject: false }), {
    name: "OperatorError",
    problems,
  });
});

test("an ssh that is killed in the middle is no answer", async (t) => {
  const { port, connected } = await silentServer(t);
  const name = `ssh://root@127.0.0.1:${port}`;
  const run = openTarget(name, NO_CONFIG).docker(["inspect", "x"], { reject: false });
  await connected;
  run.kill("SIGKILL");
  await assert.rejects(run, {
    problems: [
      `target ${name}: must stay reachable, got a connection that broke (ssh was ended by SIGKILL); what was done is kept, run it again, or ./plimsoll doctor where that does not help`,
    ],
  });
});

test("a run that we end ourselves after its time is told as such", async (t) => {
  const { port } = await silentServer(t);
  const target = openTarget(`ssh://root@127.0.0.1:${port}`, NO_CONFIG);
  const { timedOut } = await target.run(["true"], { reject: false, timeout: 300 });
  assert.equal(timedOut, true);
});

test("what the program over there answers is left alone", async () => {
  const over = (options: object) => answering("ssh://a", execa("bash", ["-c", "exit 3"], options));
  assert.equal((await over({ reject: false })).exitCode, 3);
  await assert.rejects(over({}), { name: "ExecaError", exitCode: 3 });
});
