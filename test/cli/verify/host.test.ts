import assert from "node:assert/strict";
import { test } from "node:test";
import { compared } from "../../../cli/verify/host.ts";
import { isDrift } from "../../../cli/verify/reading.ts";

const FACTS = [
  { kind: "kernel", place: "/proc/sys/vm/swappiness", declared: "40" },
  { kind: "kernel", place: "/sys/fs/cgroup/a.slice/a-b.slice/memory.low", declared: "1048576" },
  { kind: "unit", place: "docker.service:Restart", declared: "always" },
  { kind: "firewall", place: "ports", declared: "22 80" },
];

test("each fact is told by the name that its own place has for it", () => {
  const readings = compared(FACTS, "kernel\t/proc/sys/vm/swappiness\t40\nfirewall\tports\t22 80");
  assert.deepEqual(
    readings.map(({ subject, setting, where }) => [subject, setting, where]),
    [
      ["server", "vm.swappiness", "/proc/sys"],
      ["server", "a-b.slice memory.low", "/sys/fs/cgroup"],
      ["server", "docker.service Restart", "systemctl show"],
      ["server", "firewall ports", "nft list"],
    ],
  );
});

test("what differs and what is not there are drift", () => {
  const text = "kernel\t/proc/sys/vm/swappiness\t60\nunit\tdocker.service:Restart\talways";
  const drift = compared(FACTS, text).filter(isDrift);
  assert.deepEqual(
    drift.map(({ setting, live }) => [setting, live]),
    [
      ["vm.swappiness", "60"],
      ["a-b.slice memory.low", undefined],
      ["firewall ports", undefined],
    ],
  );
});

test("what the kernel was built without is told, and no drift", () => {
  const facts = [{ kind: "kernel", place: "/sys/module/zswap/parameters/enabled", declared: "Y" }];
  const readings = compared(facts, "kernel\t/sys/module/zswap/parameters/enabled\tabsent");
  assert.deepEqual(readings, [
    {
      subject: "server",
      setting: "/sys/module/zswap/parameters/enabled",
      declared: "absent",
      live: "absent",
      where: "not in this kernel",
    },
  ]);
  assert.deepEqual(readings.filter(isDrift), []);
});
