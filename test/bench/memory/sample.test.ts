import assert from "node:assert/strict";
import { test } from "node:test";
import { largest, readSamples, type Sample } from "../../../bench/memory/sample.ts";

function readSample(text: string): Sample {
  const [sample] = readSamples(`${text}\nend\n`);
  assert.ok(sample);
  return sample;
}

const text = (lines: readonly (readonly [string, string, string, number])[]) =>
  lines.map((line) => line.join("\t")).join("\n");

test("under cgroup v2 a container uses what cannot be dropped, and what of it is swapped out", () => {
  const sample = readSample(
    text([
      ["container", "t-local-chat-1", "anon", 100],
      ["container", "t-local-chat-1", "shmem", 20],
      ["container", "t-local-chat-1", "kernel", 30],
      ["container", "t-local-chat-1", "slab_reclaimable", 10],
      ["container", "t-local-chat-1", "inactive_file", 50],
      ["container", "t-local-chat-1", "memory.current", 300],
      ["container", "t-local-chat-1", "memory.peak", 400],
      ["container", "t-local-chat-1", "memory.swap.current", 5],
    ]),
  );
  assert.deepEqual(sample.get("t-local-chat-1"), {
    useBytes: 145,
    workingSetBytes: 250,
    peakBytes: 400,
  });
});

test("under cgroup v1 the sums of the hierarchy count", () => {
  const sample = readSample(
    text([
      ["container", "t-local-redis", "rss", 1],
      ["container", "t-local-redis", "total_rss", 100],
      ["container", "t-local-redis", "total_shmem", 20],
      ["container", "t-local-redis", "total_swap", 3],
      ["container", "t-local-redis", "total_inactive_file", 50],
      ["container", "t-local-redis", "memory.kmem.usage_in_bytes", 7],
      ["container", "t-local-redis", "memory.usage_in_bytes", 250],
      ["container", "t-local-redis", "memory.max_usage_in_bytes", 260],
    ]),
  );
  assert.deepEqual(sample.get("t-local-redis"), {
    useBytes: 130,
    workingSetBytes: 200,
    peakBytes: 260,
  });
});

test("what nobody is charged for is the kernel's; the engine's services are no part of the system", () => {
  const sample = readSample(
    text([
      ["meminfo", "-", "MemTotal", 2000],
      ["meminfo", "-", "MemFree", 500],
      ["meminfo", "-", "Active(file)", 200],
      ["meminfo", "-", "Inactive(file)", 300],
      ["meminfo", "-", "SReclaimable", 50],
      ["meminfo", "-", "min_free_kbytes", 32],
      ["slice", "init.scope", "anon", 10],
      ["slice", "user.slice", "anon", 20],
      ["slice", "system.slice", "anon", 310],
      ["slice", "t.slice", "anon", 45],
      ["unit", "docker.service", "anon", 100],
      ["unit", "containerd.service", "anon", 80],
      ["unit", "containerd.service", "shmem", 13],
      ["unit", "containerd.service", "kernel", 9],
      ["unit", "containerd.service", "slab_reclaimable", 2],
      ["unit", "ssh.service", "anon", 108],
      ["process", "containerd", "anonymous", 50],
      ["process", "containerd-shim", "anonymous", 12],
      ["container", "t-local-redis", "anon", 40],
    ]),
  );
  const uses = [...sample].map(([who, { useBytes }]) => [who, useBytes]);
  assert.deepEqual(Object.fromEntries(uses), {
    "t-local-redis": 40,
    // 2000 + 32 without the 1050 that can be dropped and the 385 of the slices.
    kernel: 597,
    system: 138,
    // Of containerd's group its own 50, and the kernel's 7 on its behalf.
    docker: 157,
    checks: 31,
    shims: 12,
  });
});

test("without systemd the engine is its processes, and nothing is said of kernel and system", () => {
  const sample = readSample(
    text([
      ["meminfo", "-", "MemTotal", 2000],
      ["process", "dockerd", "anonymous", 40],
      ["process", "containerd-shim", "anonymous", 4],
      ["process", "containerd-shim", "anonymous", 5],
    ]),
  );
  const uses = [...sample].map(([who, { useBytes }]) => [who, useBytes]);
  assert.deepEqual(Object.fromEntries(uses), { docker: 40, shims: 9 });
});

test("each reading that came to its end is a sample", () => {
  const reading = text([["process", "dockerd", "anonymous", 40]]);
  assert.equal(readSamples(`${reading}\nend\n${reading}\nend\n`).length, 2);
});

test("of several samples the largest numbers remain", () => {
  const held = (useBytes: number, workingSetBytes: number) =>
    new Map([["redis", { useBytes, workingSetBytes, peakBytes: undefined }]]);
  assert.deepEqual(largest([held(1, 9), held(5, 2)]).get("redis"), {
    useBytes: 5,
    workingSetBytes: 9,
    peakBytes: undefined,
  });
});
