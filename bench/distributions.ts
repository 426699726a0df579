import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { terminalReport } from "../cli/report.ts";
import { distributionOf } from "../test/server/distribution.ts";
import { etcLeftovers, etcLines } from "../test/server/etc.ts";
import { type Operator, operatorOfBare, USER } from "../test/server/operator.ts";
import { unitComplaints } from "../test/server/units.ts";

/** The host stack on the distributions that `staging` is not tried on, each plain and without Docker. */
const OTHERS = ["debian12", "ubuntu2404"] as const;
const chosen = process.argv.slice(2);

const ZSWAP = "/sys/module/zswap/parameters/enabled";
/** Debian's kernel for clouds is built without it. */
const ZSWAP_IS = { debian12: "absent", ubuntu2404: "Y" } as const;

for (const distribution of OTHERS.filter((name) => chosen.length === 0 || chosen.includes(name))) {
  describe(distributionOf(distribution).title, () => {
    let operator: Operator;
    let etcBefore: string[];

    before(async () => {
      operator = await operatorOfBare({ distribution, report: terminalReport });
      etcBefore = await etcLines(operator.shell);
    });
    after(() => operator?.end());

    test("the host stack makes a server without Docker the documented one", async (t) => {
      assert.equal(await operator.shell("command -v dockerd || echo none"), "none");
      const start = Date.now();
      const { exitCode, stderr } = await operator.plimsoll("host", "staging");
      t.diagnostic(`applied in ${Math.round((Date.now() - start) / 1000)} s`);
      assert.equal(exitCode, 0, stderr);
      assert.match(stderr, /a new ssh connection came in/);
      const versions =
        "uname -r; docker version --format '{{.Server.Version}}'; systemctl --version | head -n 1";
      t.diagnostic((await operator.shell(versions)).replaceAll("\n", ", "));
    });

    test("verify finds every setting of the server in force", async (t) => {
      const readings = await operator.readings();
      t.diagnostic(`${readings.length} settings read`);
      assert.ok(readings.length > 150);
      assert.deepEqual(
        readings.filter(({ live, declared }) => live !== declared),
        [],
      );
      const zswap = readings.find(({ setting }) => setting === ZSWAP);
      assert.equal(zswap?.live, ZSWAP_IS[distribution]);
    });

    test("a second apply changes nothing, and a check agrees", async () => {
      const second = await operator.plimsoll("host", "staging");
      assert.deepEqual([second.exitCode, second.stderr], [0, ""]);
      const check = await operator.plimsoll("host", "staging", "--check");
      assert.deepEqual([check.exitCode, check.stdout], [0, ""]);
    });

    test("systemd has nothing to say about the units, and their sandboxes are tight", async () => {
      assert.equal(await unitComplaints(operator.shell, operator.box.project), "");
    });

    // As at a first boot: Ubuntu's sshd is started by a socket, with its folder.
    test("a check needs nobody to have come in before", async () => {
      const check = await operator.shell(`systemctl stop ssh.service
        rm -rf /run/sshd
        sh /var/lib/plimsoll/host/current.sh --check || true
        systemctl --quiet is-active ssh.socket || systemctl start ssh.service`);
      assert.equal(check, "");
    });

    test("the deploy user may log in and use Docker", async () => {
      const driver = await operator.login(USER, "docker info --format '{{.CgroupDriver}}'");
      assert.equal(driver, "systemd");
    });

    test("after a reboot ssh lets in and every setting is in force by itself", async () => {
      await operator.server.reboot();
      assert.equal(await operator.login("root", "id -un"), "root");
      assert.deepEqual(await operator.drift(), []);
    });

    test("a removal leaves /etc as it was but for packages, swap and Docker's group", async () => {
      const { exitCode, stderr } = await operator.plimsoll("host", "staging", "--remove");
      assert.equal(exitCode, 0, stderr);
      assert.deepEqual(await etcLeftovers(operator.shell, etcBefore), { others: [], gone: [] });
      assert.equal(await operator.login("root", "id -un"), "root");
    });
  });
}
