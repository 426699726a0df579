import assert from "node:assert/strict";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { type BrowserContext, chromium, type Page } from "playwright-core";
import { createAdminServer } from "../../guard/admin-server.ts";
import { Counters } from "../../guard/counters.ts";
import { LeaseEndpoint } from "../../guard/lease-endpoint.ts";
import { Leases } from "../../guard/leases.ts";
import type { AdmissionState } from "../../guard/state.ts";
import { statusOf } from "../../guard/status.ts";
import { chromium as findChromium } from "../support/tools.ts";
import { busyState, nodeState } from "./admission-state.ts";

const LIMIT = { timeout: 120_000 };
const FLAGS = [
  ..."--no-sandbox --disable-gpu --disable-quic --no-first-run --disable-sync".split(" "),
  ..."--disable-background-networking --disable-component-update".split(" "),
];
/** Set it to a folder to look at the page with one's own eyes. */
const SCREENSHOTS = process.env["PLIMSOLL_SCREENSHOTS"];

let browser: BrowserContext;
let profile: string;
let state: AdmissionState = busyState();
let isBroken = false;
const counters = new Counters();
const leases = new Leases({ reserve: () => () => {} });
const server = createAdminServer({
  notReady: () => undefined,
  metrics: () => "",
  stats: () => ({}),
  status: () => {
    if (isBroken) server.closeAllConnections();
    const frame = { enabled: true, draining: false, edges: [60, 70, 80, 85] };
    return statusOf(state, counters, { ...frame, leases: { count: 2, bytes: 100 * 2 ** 20 } });
  },
  leases: new LeaseEndpoint(leases, () => []),
});

before(async () => {
  counters.outcomes.forwarded = 18_204;
  counters.outcomes.shed = 37;
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  profile = await mkdtemp(join(tmpdir(), "plimsoll-chromium-"));
  browser = await chromium.launchPersistentContext(profile, {
    executablePath: await findChromium(),
    args: FLAGS,
  });
});

after(async () => {
  await browser?.close();
  server.close();
  server.closeAllConnections();
  await rm(profile, { recursive: true, force: true, maxRetries: 5 });
});

interface Look {
  readonly width: number;
  readonly scheme: "light" | "dark";
}

/** The page, and everything that the browser complained about. */
async function openPage({ width, scheme }: Look): Promise<[page: Page, complaints: string[]]> {
  const page = await browser.newPage();
  const complaints: string[] = [];
  page.on("console", (message) => {
    if (message.type() === "error") complaints.push(message.text());
  });
  page.on("pageerror", (error) => complaints.push(error.message));
  await page.setViewportSize({ width, height: 900 });
  await page.emulateMedia({ colorScheme: scheme, reducedMotion: "reduce" });
  const { port } = server.address() as { port: number };
  await page.goto(`http://127.0.0.1:${port}/status`);
  await page.locator("#backends article").first().waitFor();
  return [page, complaints];
}

for (const width of [1280, 390]) {
  for (const scheme of ["light", "dark"] as const) {
    test(
      `${width} pixels, ${scheme}: all is there, nothing is cut off, text can be read`,
      LIMIT,
      async () => {
        const [page, complaints] = await openPage({ width, scheme });
        if (SCREENSHOTS) {
          await page.screenshot({
            path: join(SCREENSHOTS, `status-${width}-${scheme}.png`),
            fullPage: true,
          });
        }
        const text = (await page.locator("main").textContent()) ?? "";
        for (const part of [
          "STABLE",
          "640 MiB",
          "full in 41 s",
          "15 / 28",
          "chat-2",
          "its memory",
          "GET /api/export",
          "37 shed",
        ]) {
          assert.ok(text.includes(part), `${part} is missing in\n${text}`);
        }
        assert.equal(await page.evaluate("document.documentElement.scrollWidth"), width);
        assert.deepEqual(await page.evaluate(FAINT_TEXTS), []);
        assert.deepEqual(complaints, []);
        await page.close();
      },
    );
  }
}

/** Texts whose contrast with what is behind them is below WCAG's AA, 4.5. */
const FAINT_TEXTS = `(() => {
  const rgb = (text) => text.match(/[\\d.]+/g).map(Number);
  const light = (color) => {
    const [r, g, b] = rgb(color).map((value) => {
      const share = value / 255;
      return share <= 0.03928 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
    });
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const behind = (node) => {
    for (let each = node; each; each = each.parentElement) {
      const color = getComputedStyle(each).backgroundColor;
      if ((rgb(color)[3] ?? 1) === 1) return color;
    }
    return "rgb(255, 255, 255)";
  };
  const faint = [];
  const walker = document.createTreeWalker(document.querySelector("main"), NodeFilter.SHOW_TEXT);
  for (let node = walker.nextNode(); node; node = walker.nextNode()) {
    const element = node.parentElement;
    if (!node.textContent.trim() || !element.checkVisibility()) continue;
    const [a, b] = [light(getComputedStyle(element).color), light(behind(element))].sort((x, y) => y - x);
    const contrast = (a + 0.05) / (b + 0.05);
    if (contrast < 4.5) faint.push(node.textContent + " " + contrast.toFixed(2));
  }
  return faint;
})()`;

test("it is live, says so when the guard is gone, and comes back", LIMIT, async () => {
  state = busyState();
  const [page] = await openPage({ width: 1280, scheme: "light" });
  state = busyState({ host: nodeState({ band: "CRITICAL", percent: 91, headroomBytes: 0 }) });
  await page.locator("#state", { hasText: "CRITICAL" }).waitFor();
  assert.match(await page.title(), /^CRITICAL/);
  isBroken = true;
  await page.locator("#stale", { hasText: "No answer since" }).waitFor();
  isBroken = false;
  await page.locator("#stale").waitFor({ state: "hidden" });
  await page.close();
  state = busyState();
});

test("a route with markup in its name is text", LIMIT, async () => {
  const [route] = busyState().routes;
  const name = '<img src=x onerror="document.title=1">';
  state = busyState({ routes: [{ ...(route as NonNullable<typeof route>), route: name }] });
  const [page, complaints] = await openPage({ width: 1280, scheme: "light" });
  assert.equal(await page.locator("#routes td").first().textContent(), name);
  assert.equal(await page.locator("main img").count(), 0);
  assert.deepEqual(complaints, []);
  await page.close();
  state = busyState();
});

test(
  "the keyboard reaches the button and what can be scrolled, and sees where it is",
  LIMIT,
  async () => {
    const [page] = await openPage({ width: 390, scheme: "dark" });
    const stops: string[] = [];
    for (let press = 0; press < 3; press += 1) {
      await page.keyboard.press("Tab");
      stops.push(await page.evaluate("document.activeElement.id"));
      assert.notEqual(
        await page.evaluate("getComputedStyle(document.activeElement).outlineStyle"),
        "none",
      );
    }
    assert.deepEqual(stops, ["copy", "decisions", "routes"]);
    await page.close();
  },
);

test("bars tell their value to a screen reader", LIMIT, async () => {
  const [page] = await openPage({ width: 1280, scheme: "light" });
  const bar = page.getByRole("meter", { name: "Memory of the server" });
  assert.deepEqual(
    [await bar.getAttribute("aria-valuenow"), await bar.getAttribute("aria-valuetext")],
    ["67", "61.0 % used"],
  );
  await page.close();
});
