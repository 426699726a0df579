import assert from "node:assert/strict";
import { test } from "node:test";
import { Machine } from "./setup/support/machine.ts";

const HOST = "ssh://ops@server.example.com";
const CALL = new URL("./open-and-inspect.ts", import.meta.url).href;

/** What ssh, the remote shell and docker say, word for word, and what the operator reads. */
const SAYINGS: Readonly<Record<string, readonly [said: string, told: string]>> = {
  "a server that refuses the key": [
    "ops@server.example.com: Permission denied (publickey).",
    "refuses the key; add your public key to the server's authorized_keys or name the right one in sshOptions",
  ],
  "a server with an unknown host key": [
    "Host key verification failed.",
    "has an unknown host key; connect once with ssh and check the fingerprint",
  ],
  "a name without an address": [
    "ssh: Could not resolve hostname server.example.com: Name or service not known",
    "has no address; correct the host name",
  ],
  "a closed port": [
    "ssh: connect to host server.example.com port 22: Connection refused",
    "does not answer; is it running, and is the port right?",
  ],
  "a server that is silent": [
    "ssh: connect to host server.example.com port 22: Connection timed out",
    "does not answer; is it running, and is the port right?",
  ],
  "a server without Docker, by bash": [
    "bash: line 1: docker: command not found",
    "has no Docker; install Docker Engine there (apt-get install docker.io), or let up do it: write host: {} into the environment",
  ],
  "a server without Docker, by dash": [
    "sh: 1: docker: not found",
    "has no Docker; install Docker Engine there (apt-get install docker.io), or let up do it: write host: {} into the environment",
  ],
  "a server whose Docker is not running": [
    "Cannot connect to the Docker daemon at unix:///var/run/docker.sock. Is the docker daemon running?",
    "has a Docker that is not running; start it (systemctl enable --now docker)",
  ],
  "a user who may not use Docker": [
    "permission denied while trying to connect to the Docker daemon socket at unix:///var/run/docker.sock: dial unix /var/run/docker.sock: connect: permission denied",
    "does not let this user use Docker; log in as root or add the user to the group docker",
  ],
  "anything else": [
    "ssh: something new",
    "must stay reachable, got a connection that broke (ssh: something new); what was done is kept, run it again, or ./plimsoll doctor where that does not help",
  ],
};

for (const [what, [said, told]] of Object.entries(SAYINGS)) {
  test(`${what} is told in our words, with the fix`, async (t) => {
    const machine = await Machine.create(t);
    await machine.program("ssh", `echo '${said}' >&2; exit 255`);
    const { exitCode, stderr } = await machine.call(CALL, "openAndInspect", { args: [HOST] });
    assert.equal(stderr, `target ${HOST}: ${told}`);
    assert.equal(exitCode, 2);
  });
}

test("an engine that answers with errors of its own is not taken for a running one", async (t) => {
  const machine = await Machine.create(t);
  const errors = "Cannot connect to the Docker daemon at unix:///var/run/docker.sock.";
  await machine.program("ssh", `echo '{"CgroupDriver":"","ServerErrors":["${errors}"]}'`);
  const { stderr } = await machine.call(CALL, "openAndInspect", { args: [HOST] });
  assert.match(stderr, /has a Docker that is not running; start it/);
});
