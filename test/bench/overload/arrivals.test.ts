import assert from "node:assert/strict";
import { test } from "node:test";
import { drawArrivals } from "../../../bench/overload/arrivals.ts";
import { PROFILES, type Profile } from "../../../bench/overload/profiles.ts";
import { timesOf } from "../../../bench/overload/times.ts";

const profile = (name: string) => PROFILES.find((each) => each.name === name) as Profile;
const draw = (name: string, seed: number) => drawArrivals(profile(name), seed, timesOf(10_000));

test("a seed gives every arm the same clients, another seed others", () => {
  assert.deepEqual(draw("step", 1), draw("step", 1));
  assert.notDeepEqual(draw("step", 1), draw("step", 2));
});

test("hints change what is declared and nothing else", () => {
  const heavy = (name: string) => draw(name, 3).filter(({ kind }) => kind === "heavy");
  const [exact, half] = [heavy("step"), heavy("hints-half")];
  assert.ok(exact.length > 100);
  assert.deepEqual(
    half.map(({ atMs, bytes }) => [atMs, bytes]),
    exact.map(({ atMs, bytes }) => [atMs, bytes]),
  );
  assert.deepEqual(
    half.map(({ declaredBytes, bytes }) => Math.abs(declaredBytes - bytes / 2) <= 1),
    half.map(() => true),
  );
});

test("the first two seconds are light requests alone, and a cold run has no heavy one before its load", () => {
  const firstHeavyMs = (name: string) =>
    Math.min(...draw(name, 4).flatMap(({ kind, atMs }) => (kind === "heavy" ? [atMs] : [])));
  assert.ok(firstHeavyMs("step") >= 2000 && firstHeavyMs("step") < 5000);
  assert.ok(firstHeavyMs("cold") >= 5000);
});

test("the whale comes once, in the middle of the load", () => {
  const whales = draw("whale", 5).filter(({ bytes }) => bytes > 100 * 2 ** 20);
  assert.deepEqual(
    whales.map(({ atMs, bytes }) => [atMs, bytes]),
    [[10_000, 140 * 2 ** 20]],
  );
});
