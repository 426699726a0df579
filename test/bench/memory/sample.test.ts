import assert from "node:assert/strict";
import { test } from "node:test";
import { largest, readSample } from "../../../bench/memory/sample.ts";

const text = (lines: readonly (readonly [string, string, string, number])[]) =>
  lines.map((line) => line.join("\t")).join("\n");

test("under cgroup v2 a container uses what cannot be dropped, and what of it is swapped out", () => {
  const sample = readSample(
    text([
      ["group", "t-local-chat-1", "anon", 100],
      ["group", "t-local-chat-1", "shmem", 20],
      ["group", "t-local-chat-1", "kernel", 30],
      ["group", "t-local-chat-1", "slab_reclaimable", 10],
      ["group", "t-local-chat-1", "inactive_file", 50],
      ["group", "t-local-chat-1", "memory.current", 300],
      ["group", "t-local-chat-1", "memory.peak", 400],
      ["group", "t-local-chat-1", "memory.swap.current", 5],
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
      ["group", "t-local-redis", "rss", 1],
      ["group", "t-local-redis", "total_rss", 100],
      ["group", "t-local-redis", "total_shmem", 20],
      ["group", "t-local-redis", "total_swap", 3],
      ["group", "t-local-redis", "total_inactive_file", 50],
      ["group", "t-local-redis", "memory.kmem.usage_in_bytes", 7],
      ["group", "t-local-redis", "memory.usage_in_bytes", 250],
      ["group", "t-local-redis", "memory.max_usage_in_bytes", 260],
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
      ["meminfo", "-", "min_free", 32],
      ["group", "system.slice", "anon", 300],
      ["group", "docker.service", "anon", 100],
      ["group", "containerd.service", "anon", 80],
      ["process", "containerd-shim", "anonymous", 12],
      ["group", "init.scope", "anon", 10],
      ["group", "user.slice", "anon", 20],
      ["group", "t-local-redis", "anon", 40],
    ]),
  );
  const uses = [...sample].map(([who, { useBytes }]) => [who, useBytes]);
  assert.deepEqual(Object.fromEntries(uses), {
    "t-local-redis": 40,
    // 2000 + 32 without the 1050 that can be dropped, the 330 of the system and its services, the 40 of Redis.
    kernel: 612,
    system: 150,
    docker: 168,
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

test("of several samples the largest numbers remain", () => {
  const held = (useBytes: number, workingSetBytes: number) =>
    new Map([["redis", { useBytes, workingSetBytes, peakBytes: undefined }]]);
  assert.deepEqual(largest([held(1, 9), held(5, 2)]).get("redis"), {
    useBytes: 5,
    workingSetBytes: 9,
    peakBytes: undefined,
  });
});
