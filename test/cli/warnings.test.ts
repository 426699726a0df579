import assert from "node:assert/strict";
import { test } from "node:test";
import { warningsOf } from "../../cli/warnings.ts";
import { localWith } from "../support/environments.ts";

test("a server's memory as it is sold is a warning; as the kernel reports it, none", () => {
  assert.deepEqual(warningsOf(localWith({ server: { memory: "2GiB" } })), [
    'server.memory: MemTotal is less than what a server is sold as, got 2048 MiB; use what "grep MemTotal /proc/meminfo" says there, about 1950MiB of 2 GB',
  ]);
  assert.deepEqual(warningsOf(localWith({})), []);
});

test("a public name without TLS is a warning", () => {
  assert.match(warningsOf(localWith({ domain: "a.example.com" })).join(), /^tls: /);
  const tls = { certificate: "/c.pem", key: "/k.pem" };
  assert.deepEqual(warningsOf(localWith({ domain: "a.example.com", tls })), []);
});

test("an image without a tag, or by latest, is a warning; one version or a digest is none", () => {
  const of = (image: string) =>
    warningsOf(localWith({ services: { chat: { image, build: null } } }));
  assert.equal(of("registry.example.com:5000/chat").length, 1);
  assert.equal(of("chat:latest").length, 1);
  assert.deepEqual(of("registry.example.com:5000/chat:1.2"), []);
  assert.deepEqual(of("chat@sha256:abc"), []);
});
