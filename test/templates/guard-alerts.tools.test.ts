import assert from "node:assert/strict";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { execa } from "execa";
import { guardAlertsView } from "../../templates/guard-alerts.ts";
import { render } from "../../templates/render.ts";
import { promtool } from "../support/tools.ts";

const LIMIT = { timeout: 120_000 };
let program: string;
let folder: string;

before(async () => {
  program = await promtool();
  folder = await mkdtemp(join(tmpdir(), "plimsoll-alerts-"));
  const rules = render(
    "guard-alerts.yml",
    guardAlertsView({
      memoryWarningPercent: 70,
      memoryHighPercent: 80,
      memoryCriticalPercent: 85,
      connectionsWarning: 60,
      connectionsCritical: 75,
      forMs: 300_000,
    }),
  );
  await writeFile(join(folder, "rules.yml"), rules);
});

after(() => rm(folder, { recursive: true, force: true }));

/** A sample for each minute, promtool's notation: `70x9` is ten times 70, `0+2x9` is 0, 2, 4 and so on. */
interface Case {
  readonly alert: string;
  readonly series: Readonly<Record<string, string>>;
  readonly at: string;
  /** Summary of each alert that fires, with its labels; none for an empty list. */
  readonly fires: readonly { readonly labels: string; readonly summary: string }[];
}

const PERCENT = "memory_guard_memory_percent";
const used = (percent: number) => ({
  'memory_guard_used_bytes{node="a"}': `${percent}x15`,
  'memory_guard_limit_bytes{node="a"}': "100x15",
  'memory_guard_used_bytes{node="host"}': "99x15",
  'memory_guard_limit_bytes{node="host"}': "100x15",
});
const served = (active: number, streams: number) => ({
  'memory_guard_backend_active{backend="a"}': `${active}x15`,
  'memory_guard_backend_streams{backend="a"}': `${streams}x15`,
});
const shed = (perMinute: number) => ({
  'memory_guard_rejected_requests_total{reason="queue_full"}': `0+${perMinute}x15`,
  'memory_guard_requests_total{outcome="forwarded"}': `0+${100 - perMinute}x15`,
  'memory_guard_requests_total{outcome="shed"}': `0+${perMinute}x15`,
});
const breaker = (state: string) =>
  Object.fromEntries(
    ["closed", "half_open", "open"].map((each) => [
      `memory_guard_breaker_state{backend="a",state="${each}"}`,
      `${Number(each === state)}x15`,
    ]),
  );

const on = (labels: string, summary: string) => [{ labels, summary }];

const CASES: readonly Case[] = [
  {
    alert: "GuardGone",
    series: { memory_guard_build_info: "1x4 _x10" },
    at: "13m",
    fires: on("severity: critical", "No guard tells anything"),
  },
  { alert: "GuardGone", series: { memory_guard_build_info: "1x15" }, at: "13m", fires: [] },
  {
    alert: "MemoryWarning",
    series: { [PERCENT]: "71x15" },
    at: "5m",
    fires: on("severity: info", "The server uses 71 % of its memory"),
  },
  { alert: "MemoryWarning", series: { [PERCENT]: "70x15" }, at: "15m", fires: [] },
  {
    alert: "HighMemoryPressure",
    series: { [PERCENT]: "81x15" },
    at: "5m",
    fires: on("severity: warning", "The server uses 81 % of its memory"),
  },
  { alert: "HighMemoryPressure", series: { [PERCENT]: "81x15" }, at: "4m", fires: [] },
  { alert: "HighMemoryPressure", series: { [PERCENT]: "81x3 80 81x10" }, at: "8m", fires: [] },
  {
    alert: "MemoryCritical",
    series: { [PERCENT]: "86x15" },
    at: "1m",
    fires: on("severity: critical", "The server uses 86 % of its memory"),
  },
  { alert: "MemoryCritical", series: { [PERCENT]: "85x15" }, at: "15m", fires: [] },
  {
    alert: "BackendMemoryCritical",
    series: used(86),
    at: "5m",
    fires: on("severity: warning, node: a", "a uses 86 % of its limit"),
  },
  { alert: "BackendMemoryCritical", series: used(85), at: "15m", fires: [] },
  {
    alert: "OomKill",
    series: { 'memory_guard_oom_kills_total{node="a"}': "0x3 1x11" },
    at: "5m",
    fires: on("severity: critical, node: a", "The kernel killed a process of a for want of memory"),
  },
  {
    alert: "OomKill",
    series: { 'memory_guard_oom_kills_total{node="a"}': "3x15" },
    at: "5m",
    fires: [],
  },
  {
    alert: "ConnectionsWarning",
    series: served(21, 40),
    at: "5m",
    fires: on("severity: warning, backend: a", "a serves 61 requests and streams"),
  },
  { alert: "ConnectionsWarning", series: served(20, 40), at: "15m", fires: [] },
  {
    alert: "ConnectionsCritical",
    series: served(36, 40),
    at: "1m",
    fires: on("severity: critical, backend: a", "a serves 76 requests and streams"),
  },
  { alert: "ConnectionsCritical", series: served(35, 40), at: "15m", fires: [] },
  {
    alert: "RequestsShed",
    series: shed(6),
    at: "7m",
    fires: on("severity: warning", "6 % of the requests are answered with 503"),
  },
  { alert: "RequestsShed", series: shed(5), at: "15m", fires: [] },
  {
    alert: "MemorySignalStale",
    series: { 'memory_guard_signal_age_seconds{node="a"}': "11x15" },
    at: "1m",
    fires: on("severity: critical, node: a", "The guard cannot read the memory of a"),
  },
  {
    alert: "MemorySignalStale",
    series: { 'memory_guard_signal_age_seconds{node="a"}': "10x15" },
    at: "15m",
    fires: [],
  },
  {
    alert: "BackendDown",
    series: { 'memory_guard_backend_up{backend="a"}': "0x15" },
    at: "1m",
    fires: on("severity: critical, backend: a", "a takes no connections"),
  },
  {
    alert: "BackendDown",
    series: { 'memory_guard_backend_up{backend="a"}': "1x15" },
    at: "15m",
    fires: [],
  },
  {
    alert: "BreakerOpen",
    series: breaker("open"),
    at: "1m",
    fires: on("severity: warning, backend: a, state: open", "a answers badly and is left alone"),
  },
  { alert: "BreakerOpen", series: breaker("half_open"), at: "15m", fires: [] },
  {
    alert: "ConfigReloadFailed",
    series: { memory_guard_config_last_reload_successful: "0x15" },
    at: "1m",
    fires: on(
      "severity: warning",
      "New settings of the guard are wrong, the old ones are in force",
    ),
  },
  {
    alert: "ConfigReloadFailed",
    series: { memory_guard_config_last_reload_successful: "1x15" },
    at: "15m",
    fires: [],
  },
  {
    alert: "EstimateTooLow",
    series: { 'memory_guard_estimate_error_ratio{route="r"}': "1.6x15" },
    at: "5m",
    fires: on("severity: info, route: r", "r takes 1.6 times the memory that it was let in for"),
  },
  {
    alert: "EstimateTooLow",
    series: { 'memory_guard_estimate_error_ratio{route="r"}': "1.5x15" },
    at: "15m",
    fires: [],
  },
];

/** JSON is YAML too. */
function caseOf({ alert, series, at, fires }: Case, fixes: ReadonlyMap<string, string>): object {
  const labelsOf = (text: string) =>
    Object.fromEntries(text.split(", ").map((pair) => pair.split(": ")));
  return {
    interval: "1m",
    input_series: Object.entries(series).map(([name, values]) => ({ series: name, values })),
    alert_rule_test: [
      {
        eval_time: at,
        alertname: alert,
        exp_alerts: fires.map(({ labels, summary }) => ({
          exp_labels: labelsOf(labels),
          exp_annotations: { summary, fix: fixes.get(alert) },
        })),
      },
    ],
  };
}

/** Advice of each rule, which says the same whatever the numbers. */
function fixesOf(rules: string): Map<string, string> {
  const matches = rules.matchAll(/- alert: (\w+)[\s\S]*?fix: '(.*)'$/gm);
  return new Map([...matches].map(([, alert = "", fix = ""]) => [alert, fix]));
}

async function run(...args: string[]): Promise<{ exitCode: number | undefined; text: string }> {
  const { exitCode, stdout, stderr } = await execa(program, args, { cwd: folder, reject: false });
  return { exitCode, text: stdout + stderr };
}

async function testRules(
  cases: readonly Case[],
): Promise<{ exitCode: number | undefined; text: string }> {
  const fixes = fixesOf(await readFile(join(folder, "rules.yml"), "utf8"));
  const tests = cases.map((each) => caseOf(each, fixes));
  const file = join(folder, "tests.yml");
  await writeFile(
    file,
    JSON.stringify({ rule_files: ["rules.yml"], evaluation_interval: "1m", tests }),
  );
  return run("test", "rules", file);
}

test(
  "promtool takes the rules, and there is a case of firing and of silence for each",
  LIMIT,
  async () => {
    const { exitCode, text } = await run("check", "rules", "rules.yml");
    assert.equal(exitCode, 0, text);
    assert.match(text, /SUCCESS: 14 rules found/);
    const names = (quiet: boolean) =>
      new Set(
        CASES.filter(({ fires }) => (fires.length === 0) === quiet).map(({ alert }) => alert),
      );
    assert.deepEqual([names(true).size, names(false).size], [14, 14]);
  },
);

test("each rule fires when it must and is silent when it must be", LIMIT, async () => {
  const { exitCode, text } = await testRules(CASES);
  assert.equal(exitCode, 0, text);
});

test("a case that expects too much is found out", LIMIT, async () => {
  const wrong: Case = {
    alert: "BackendDown",
    series: { 'memory_guard_backend_up{backend="a"}': "1x15" },
    at: "5m",
    fires: on("severity: critical, backend: a", "a takes no connections"),
  };
  assert.notEqual((await testRules([wrong])).exitCode, 0);
});
