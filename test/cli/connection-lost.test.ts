import assert from "node:assert/strict";
import { createServer } from "node:net";
import { test } from "node:test";
import { execa } from "execa";
import { connectionLost } from "../../cli/connection-lost.ts";
import { freePort } from "../support/sandbox.ts";

const SSH = ["-F", "none", "-o", "BatchMode=yes", "-p"];
const failed = (run: Promise<unknown>) => run.then(() => undefined, connectionLost);

test("an ssh that is refused is the operator's error, with what to look at", async () => {
  const port = String(await freePort());
  const error = await failed(execa("ssh", [...SSH, port, "127.0.0.1", "true"]));
  assert.deepEqual(error?.problems, [
    "target: must stay reachable, got a connection that broke (does not answer; is it running, and is the port right?); what was done is kept, run it again",
  ]);
});

test("an ssh that is killed in the middle is the operator's error", async () => {
  // Takes connections and says nothing, so that ssh waits.
  const silent = createServer();
  await new Promise<void>((resolve) => silent.listen(0, "127.0.0.1", resolve));
  const { port } = silent.address() as { port: number };
  const run = execa("ssh", [...SSH, String(port), "127.0.0.1", "true"]);
  silent.once("connection", (socket) => {
    run.kill("SIGKILL");
    socket.destroy();
  });
  const error = await failed(run);
  silent.close();
  assert.deepEqual(error?.problems, [
    "target: must stay reachable, got a connection that broke (ssh was ended by SIGKILL); what was done is kept, run it again",
  ]);
});

test("what another program says, or the one over there, is no broken connection", async () => {
  assert.equal(await failed(execa("bash", ["-c", "exit 255"])), undefined);
  assert.equal(connectionLost(new Error("ssh broke")), undefined);
});
