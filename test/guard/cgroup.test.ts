import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import test, { type TestContext } from "node:test";
import { Cgroup } from "../../guard/cgroup.ts";

type Files = Readonly<Record<string, string>>;

function rootWith(t: TestContext, files: Files): string {
  const root = mkdtempSync(join(tmpdir(), "guard-cgroup-"));
  t.after(() => rmSync(root, { recursive: true }));
  write(root, files);
  return root;
}

function write(root: string, files: Files): void {
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text);
  }
}

function cgroupAt(t: TestContext, path: string, root: string): Cgroup {
  const cgroup = new Cgroup(path, root);
  t.after(() => cgroup.close());
  return cgroup;
}

const V2 = {
  "a.slice/memory.current": "5000\n",
  "a.slice/memory.max": "9000\n",
  "a.slice/memory.stat": "anon 3000\nfile 2000\ninactive_file 1500\n",
  "a.slice/memory.events": "low 0\nhigh 0\nmax 7\noom 1\noom_kill 2\n",
  "a.slice/memory.pressure":
    "some avg10=0.00 avg60=0.00 avg300=0.00 total=9000\nfull avg10=0.00 avg60=0.00 avg300=0.00 total=4000\n",
};

test("version 2: without the inactive file cache, with limit, kills and stalls", (t) => {
  assert.deepEqual(cgroupAt(t, "a.slice", rootWith(t, V2)).read(), {
    usedBytes: 3_500,
    limitBytes: 9_000,
    oomKills: 2,
    stallMs: 4,
    generation: 1,
  });
});

test("version 1: the same from its own files, below its controller's folder", (t) => {
  const root = rootWith(t, {
    "memory/memory.stat": "cache 0\n",
    "memory/a/memory.usage_in_bytes": "5000\n",
    "memory/a/memory.limit_in_bytes": "9000\n",
    "memory/a/memory.stat": "inactive_file 1\ntotal_inactive_file 1500\n",
    "memory/a/memory.oom_control": "oom_kill_disable 0\nunder_oom 0\noom_kill 2\n",
  });
  assert.deepEqual(cgroupAt(t, "a", root).read(), {
    usedBytes: 3_500,
    limitBytes: 9_000,
    oomKills: 2,
    stallMs: undefined,
    generation: 1,
  });
});

for (const [name, limit] of [
  ["version 2", "max\n"],
  ["version 1", "9223372036854771712\n"],
]) {
  test(`${name}'s "no limit" is none`, (t) => {
    const root = rootWith(t, { ...V2, "a.slice/memory.max": limit ?? "" });
    assert.equal(cgroupAt(t, "a.slice", root).read()?.limitBytes, undefined);
  });
}

test("the only cgroup below is the container's, and has the limit", (t) => {
  const root = rootWith(t, {
    ...V2,
    "a.slice/memory.max": "max\n",
    "a.slice/docker-1.scope/memory.current": "4000\n",
    "a.slice/docker-1.scope/memory.stat": "inactive_file 1000\n",
    "a.slice/docker-1.scope/memory.max": "8000\n",
  });
  const { usedBytes, limitBytes } = cgroupAt(t, "a.slice", root).read() ?? {};
  assert.deepEqual([usedBytes, limitBytes], [3_000, 8_000]);
});

test("where there is nothing to read there is no reading, and there is one as soon as there is", (t) => {
  const root = rootWith(t, {});
  const cgroup = cgroupAt(t, "a.slice", root);
  assert.equal(cgroup.read(), undefined);
  write(root, V2);
  assert.equal(cgroup.read()?.usedBytes, 3_500);
});

for (const garbage of ["", "x\n", "-1\n", "99999999999999999999\n"]) {
  test(`"${garbage.trim()}" in use is no reading`, (t) => {
    const root = rootWith(t, { ...V2, "a.slice/memory.current": garbage });
    assert.equal(cgroupAt(t, "a.slice", root).read(), undefined);
  });
}

test("a statistic that lacks the file cache hides nothing", (t) => {
  const root = rootWith(t, { ...V2, "a.slice/memory.stat": "anon 3000\n" });
  assert.equal(cgroupAt(t, "a.slice", root).read()?.usedBytes, 5_000);
});
