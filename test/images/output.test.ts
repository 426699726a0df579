import assert from "node:assert/strict";
import { test } from "node:test";
import { familiarName } from "../../cli/images/engine.ts";
import { buildStep } from "../../cli/images/output.ts";

test("steps of both of Docker's builders are progress, everything else is not", () => {
  assert.equal(buildStep("Step 3/7 : RUN apt-get update"), "step 3 of 7: RUN apt-get update");
  assert.equal(buildStep("#6 [2/4] COPY dist  /app"), "step 2 of 4: COPY dist /app");
  assert.equal(buildStep("#9 [strip 3/3] RUN strip /node"), "step 3 of 3: RUN strip /node");
  assert.equal(buildStep("#1 [internal] load build definition from Dockerfile"), undefined);
  assert.equal(buildStep("#6 0.412 Get:1 packages"), undefined);
  assert.equal(buildStep(" ---> Using cache"), undefined);
});

test("a long step is cut to fit a terminal", () => {
  assert.equal(buildStep(`Step 1/2 : RUN ${"x".repeat(200)}`)?.length, 88);
});

test("references are compared in the engine's short form", () => {
  assert.equal(familiarName("nginx"), "nginx:latest");
  assert.equal(familiarName("docker.io/library/nginx:1.30"), "nginx:1.30");
  assert.equal(familiarName("docker.io/acme/app:1"), "acme/app:1");
  assert.equal(familiarName("localhost:5000/app"), "localhost:5000/app:latest");
  assert.equal(
    familiarName("registry.example:5000/app:2@sha256:aa"),
    "registry.example:5000/app@sha256:aa",
  );
});
