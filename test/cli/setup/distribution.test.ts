import assert from "node:assert/strict";
import { writeFile } from "node:fs/promises";
import { test } from "node:test";
import { parseDistribution } from "../../../cli/setup/distribution.ts";
import { Machine } from "./support/machine.ts";

const FEDORA = 'NAME="Fedora Linux"\nID=fedora\nPRETTY_NAME="Fedora Linux 41"\n';
const DEBIAN = 'PRETTY_NAME="Debian GNU/Linux 12 (bookworm)"\nID=debian\n';
const UBUNTU = 'PRETTY_NAME="Ubuntu 24.04 LTS"\nID=ubuntu\nID_LIKE=debian\n';
const MINT = 'PRETTY_NAME="Linux Mint 22"\nID=linuxmint\nID_LIKE="ubuntu debian"\n';

test("knows Debian's family by os-release", () => {
  assert.deepEqual(parseDistribution(DEBIAN), {
    name: "Debian GNU/Linux 12 (bookworm)",
    isDebian: true,
  });
  assert.deepEqual(parseDistribution(UBUNTU), { name: "Ubuntu 24.04 LTS", isDebian: true });
  assert.deepEqual(parseDistribution(MINT), { name: "Linux Mint 22", isDebian: true });
  assert.deepEqual(parseDistribution(FEDORA), { name: "Fedora Linux 41", isDebian: false });
  assert.deepEqual(parseDistribution(""), { name: "this system", isDebian: false });
});

test("says why packages cannot be installed", async (t) => {
  const machine = await Machine.create(t);
  const why = async (osRelease: string, asNobody = false) => {
    await writeFile(machine.at("os-release"), osRelease);
    const call = { args: [machine.at("os-release")], asNobody };
    return (await machine.call("distribution.ts", "whyNoPackages", call)).stdout;
  };
  assert.equal(await why(FEDORA), '"Fedora Linux 41 is neither Debian nor Ubuntu"');
  assert.equal(await why(DEBIAN, true), '"this user is not root"');
  assert.equal(await why(DEBIAN), '"Debian GNU/Linux 12 (bookworm) has no apt-get"');
  await machine.program("apt-get", "exit 0");
  assert.equal(await why(DEBIAN), "null");
});
