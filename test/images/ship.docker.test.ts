import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { engineImages } from "../../cli/images/engine.ts";
import { ship } from "../../cli/images/ship.ts";
import { shipmentBytes, withoutLayers, withShipment } from "../../cli/images/shipment.ts";
import { openTarget } from "../../cli/target.ts";
import { OperatorError } from "../../core/operator-error.ts";
import { applicationImage } from "../../images/application.ts";
import type { Image } from "../../images/image.ts";
import { builtImage } from "../../images/reference.ts";
import { atEnd, docker, folderWith } from "./container.ts";
import { recordingReport } from "./recording-report.ts";
import { startSecondEngine } from "./second-engine.ts";

const TIMEOUT_MS = 120_000;
const MIB = 1024 ** 2;

const FROM_SCRATCH = "FROM scratch\nCOPY below /below\n";

/** A built image with random content, which no compression makes smaller. */
async function randomImage(t: TestContext, name: string, sizeMib: number): Promise<Image> {
  const context = await folderWith(t, {
    Dockerfile: FROM_SCRATCH,
    below: randomBytes((sizeMib * MIB) / 2).toString("hex"),
  });
  const image = builtImage({
    name,
    context,
    dockerfile: join(context, "Dockerfile"),
    buildArgs: {},
    outputs: [],
    ignored: [],
    inputs: [],
    npmFiles: [],
  });
  atEnd(t, () => docker("image", "rm", "--force", image.reference));
  return image;
}

/** The image with one more layer on top. */
async function imageOn(t: TestContext, below: Image, name: string): Promise<Image> {
  const context = await folderWith(t, {
    Dockerfile: "ARG NODE_IMAGE\nFROM $NODE_IMAGE\nCOPY above /above\n",
    above: name,
  });
  const image = applicationImage({ name, context, node: below });
  atEnd(t, () => docker("image", "rm", "--force", image.reference));
  return image;
}

test("a server gets the images that it lacks, and only their new layers", {
  timeout: TIMEOUT_MS,
}, async (t) => {
  const engine = await startSecondEngine(t);
  const below = await randomImage(t, "test-below", 8);
  const first = await imageOn(t, below, "test-first");
  const { report, lines } = recordingReport();
  await ship([first, first], engine, report);
  const local = await engineImages(openTarget("local"), [first.reference]);
  assert.equal(local.size, 1);
  assert.deepEqual(await engineImages(engine, [first.reference]), local);
  assert.ok(lines.includes("sent 100 % of 9 MiB"), lines.join("\n"));

  // Only what is named is sent: the parent came as layers, without its name.
  assert.equal((await engineImages(engine, [below.reference])).size, 0);

  const again = recordingReport();
  await ship([first], engine, again.report);
  assert.deepEqual(again.lines, []);

  const second = await imageOn(t, below, "test-second");
  const update = recordingReport();
  await ship([first, second], engine, update.report);
  assert.deepEqual(
    await engineImages(engine, [second.reference]),
    await engineImages(openTarget("local"), [second.reference]),
  );
  assert.ok(update.lines.includes("sent 100 % of 1 MiB"), update.lines.join("\n"));
});

test("a shipment leaves out layers only where the ones below are the same", {
  timeout: TIMEOUT_MS,
}, async (t) => {
  const below = await randomImage(t, "test-chain", 1);
  const above = await imageOn(t, below, "test-above");
  await ship([above], openTarget("local"), recordingReport().report);
  const { layers = [] } =
    (await engineImages(openTarget("local"), [above.reference])).get(above.reference) ?? {};
  assert.equal(layers.length, 2);
  await withShipment([above.reference], async (whole) => {
    const bytes = async (...present: string[][]) =>
      shipmentBytes(await withoutLayers(whole, present));
    const all = await shipmentBytes(whole);
    assert.ok(all > MIB);
    assert.equal(await bytes(), all);
    assert.equal(await bytes([layers[1] ?? ""]), all);
    assert.ok((await bytes([layers[0] ?? ""])) < 16_384);
    assert.ok((await bytes([...layers, "sha256:other"])) < (await bytes([layers[0] ?? ""])));
  });
});

test("an image that no registry has anywhere is the operator's error", {
  timeout: TIMEOUT_MS,
}, async (t) => {
  const engine = await startSecondEngine(t);
  const image: Image = { kind: "pulled", reference: "127.0.0.1:1/none:1" };
  await assert.rejects(
    ship([image], engine, recordingReport().report),
    (error) =>
      error instanceof OperatorError &&
      /127\.0\.0\.1:1\/none:1: must be pulled/.test(error.message),
  );
});

test("a pulled image that the server cannot pull is sent from here", {
  timeout: TIMEOUT_MS,
}, async (t) => {
  const engine = await startSecondEngine(t);
  const built = await randomImage(t, "test-pulled", 1);
  await ship([built], openTarget("local"), recordingReport().report);
  const reference = "127.0.0.1:1/pulled:1";
  await docker("tag", built.reference, reference);
  atEnd(t, () => docker("image", "rm", reference));
  await ship([{ kind: "pulled", reference }], engine, recordingReport().report);
  assert.equal((await engineImages(engine, [reference])).size, 1);
});

test("a full disk on the server is said to be one", { timeout: TIMEOUT_MS }, async (t) => {
  const engine = await startSecondEngine(t, 16);
  const image = await randomImage(t, "test-large", 32);
  await assert.rejects(
    ship([image], engine, recordingReport().report),
    (error) =>
      error instanceof OperatorError &&
      /need 33 MiB of disk, got ".*no space left/.test(error.message),
  );
});

test("a server that goes away while images are sent is the operator's error", {
  timeout: TIMEOUT_MS,
}, async (t) => {
  const engine = await startSecondEngine(t);
  const image = await randomImage(t, "test-lost", 32);
  const { report } = recordingReport((text) => {
    if (text.startsWith("sent 10 %")) engine.kill();
  });
  await assert.rejects(
    ship([image], engine, report),
    (error) => error instanceof OperatorError && /the connection must hold/.test(error.message),
  );
});

test("a server whose engine does not answer is the operator's error", {
  timeout: TIMEOUT_MS,
}, async (t) => {
  const engine = await startSecondEngine(t);
  engine.kill();
  await assert.rejects(
    ship([{ kind: "pulled", reference: "nginx:1" }], engine, recordingReport().report),
    (error) =>
      error instanceof OperatorError && /docker on second engine: must answer/.test(error.message),
  );
});
