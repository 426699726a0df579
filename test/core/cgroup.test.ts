import assert from "node:assert/strict";
import { test } from "node:test";
import { cgroupParent, cgroupPath } from "../../core/cgroup.ts";

const OWNER = { project: "plimsoll", name: "eu-staging" };

test("with systemd a slice, whose dashes nest; a dash in a name does not", () => {
  assert.equal(
    cgroupParent("systemd", OWNER, ["app", "chat", "1"]),
    "plimsoll-eu_staging-app-chat-1.slice",
  );
});

test("with cgroupfs a path", () => {
  assert.equal(
    cgroupParent("cgroupfs", OWNER, ["app", "chat", "1"]),
    "/plimsoll/eu-staging/app/chat/1",
  );
});

test("a slice is below all the slices that its name begins with", () => {
  assert.equal(
    cgroupPath("plimsoll-eu_staging-app.slice"),
    "plimsoll.slice/plimsoll-eu_staging.slice/plimsoll-eu_staging-app.slice",
  );
  assert.equal(cgroupPath("/plimsoll/eu-staging/app"), "plimsoll/eu-staging/app");
});
