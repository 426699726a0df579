import assert from "node:assert/strict";
import { test } from "node:test";
import { serverChange } from "../../../cli/plan/server-change.ts";

const effectOf = (setting: string) => serverChange(setting).effect;

test("a change of the server is told with what putting it in force does", () => {
  assert.deepEqual(serverChange("/etc/docker/daemon.json"), {
    setting: "/etc/docker/daemon.json",
    effect:
      "Docker restarts; containers go on, a name that is looked up anew waits until it is back",
  });
  assert.equal(
    effectOf("/etc/ssh/sshd_config.d/01-plimsoll.conf"),
    "sshd is reloaded; open sessions go on",
  );
  assert.equal(
    effectOf("/etc/plimsoll/firewall.nft"),
    "rules are replaced at once; open connections go on",
  );
  assert.equal(
    effectOf("/etc/systemd/system/plimsoll-app.slice"),
    "limits move while containers run",
  );
});

test("kernel settings are in force at once, told by their file or by what differs", () => {
  for (const setting of [
    "/etc/sysctl.d/90-plimsoll.conf",
    "/proc/sys/vm/swappiness: declared 10, live 60",
    "/sys/kernel/mm/transparent_hugepage/enabled: declared madvise, live always",
  ]) {
    assert.equal(effectOf(setting), "in force at once; nothing restarts", setting);
  }
});

test("what nobody is served by has no effect", () => {
  assert.equal(effectOf("nftables"), undefined);
  assert.equal(effectOf("/etc/apt/apt.conf.d/52plimsoll"), undefined);
});
