import assert from "node:assert/strict";
import { test } from "node:test";
import { repositoryOf } from "../../core/image-repository.ts";

test("a repository is what Docker shows of a reference before tag and digest", () => {
  const expected = {
    "registry.example.com:5000/team/api:7": "registry.example.com:5000/team/api",
    "registry.example.com:5000/team/api": "registry.example.com:5000/team/api",
    "docker.io/acme/chat:7": "acme/chat",
    "docker.io/library/nginx:1.30": "nginx",
    "acme/chat:7@sha256:abc": "acme/chat",
    nginx: "nginx",
  };
  const found = Object.keys(expected).map((name) => [name, repositoryOf(name)]);
  assert.deepEqual(Object.fromEntries(found), expected);
});
