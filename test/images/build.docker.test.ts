import assert from "node:assert/strict";
import { mkdir, mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, type TestContext, test } from "node:test";
import { execa } from "execa";
import { ensureImages } from "../../cli/images/build.ts";
import { engineImages } from "../../cli/images/engine.ts";
import { openTarget } from "../../cli/target.ts";
import { OperatorError } from "../../core/operator-error.ts";
import { type ApplicationImageProps, applicationImage } from "../../images/application.ts";
import type { Image } from "../../images/image.ts";
import { testRuntimeImages } from "../support/images.ts";
import { atEnd, docker, eventually, folderWith, startContainer } from "./container.ts";
import { recordingReport } from "./recording-report.ts";

const TIMEOUT_MS = 300_000;

const DOCKERFILE = "ARG NODE_IMAGE\nFROM $NODE_IMAGE\nCOPY . /app\n";

interface TestApplication extends Partial<ApplicationImageProps> {
  readonly files?: Readonly<Record<string, string>>;
}

async function application(
  t: TestContext,
  { files = {}, ...props }: TestApplication = {},
): Promise<Image> {
  const context = await folderWith(t, { Dockerfile: DOCKERFILE, ...files });
  const { node } = await testRuntimeImages();
  const image = applicationImage({ name: "test-build", context, node, ...props });
  atEnd(t, () => docker("image", "rm", "--force", image.reference));
  return image;
}

let own: string;

// Temporary folders and the lock of this file's builds are its own: other tests may be building at the same time.
before(async () => {
  await testRuntimeImages();
  own = await mkdtemp(join(tmpdir(), "plimsoll-test-"));
  process.env["TMPDIR"] = own;
  process.env["XDG_CACHE_HOME"] = join(own, "cache");
});

after(() => rm(own, { recursive: true, force: true }));

const stagedFolders = async () =>
  (await readdir(own)).filter((name) => name.startsWith("plimsoll-image-"));

const INTERRUPTED_BUILD = join(import.meta.dirname, "interrupted-build.ts");

const isPresent = async ({ reference }: Image) =>
  (await engineImages(openTarget("local"), [reference])).has(reference);

test("an image is built once, labelled, and left alone afterwards", {
  timeout: TIMEOUT_MS,
}, async (t) => {
  const image = await application(t);
  const { report, lines } = recordingReport();
  await ensureImages([image, image], report);
  assert.equal(lines[0], `image ${image.reference}: building (1 of 1)`);
  assert.match(lines.slice(1, -1).join("\n"), /^step \d of \d: COPY \. \/app$/m);
  assert.equal(lines.at(-1), `image ${image.reference}`);
  const label = '{{index .Config.Labels "plimsoll.image"}}';
  assert.equal(await docker("image", "inspect", "--format", label, image.reference), "test-build");

  const again = recordingReport();
  await ensureImages([image], again.report);
  assert.deepEqual(again.lines, []);
});

test("files get the same modes whatever the umask was", { timeout: TIMEOUT_MS }, async (t) => {
  const context = await folderWith(t, { Dockerfile: DOCKERFILE });
  await mkdir(join(context, "bin"), { mode: 0o700 });
  await writeFile(join(context, "bin/run"), "", { mode: 0o700 });
  await writeFile(join(context, "data"), "", { mode: 0o600 });
  await mkdir(join(context, "node_modules"));
  await writeFile(join(context, "node_modules/package"), "");
  const image = await application(t, { context });
  await ensureImages([image], recordingReport().report);
  const list = ["bash", "-c", "cd /app && find bin data -printf '%p %m %U\\n' | sort; ls"];
  const container = await startContainer(t, ["--user=1000:1000"], [image.reference, ...list]);
  await docker("wait", container.id);
  assert.equal(
    await container.logs(),
    "bin 755 0\nbin/run 755 0\ndata 644 0\nDockerfile\nbin\ndata",
  );
});

test("a build that fails shows all its output and leaves no image", {
  timeout: TIMEOUT_MS,
}, async (t) => {
  const Dockerfile =
    "ARG NODE_IMAGE\nFROM $NODE_IMAGE\nRUN echo begun && echo broken >&2 && exit 7\n";
  const image = await application(t, { files: { Dockerfile } });
  await assert.rejects(ensureImages([image], recordingReport().report), (error) => {
    assert.ok(error instanceof OperatorError);
    assert.match(error.message, /^image test-build: docker build failed/);
    assert.match(error.message, /^begun$/m);
    assert.match(error.message, /^broken$/m);
    return true;
  });
  assert.equal(await isPresent(image), false);
  assert.deepEqual(await stagedFolders(), []);
});

test("the build command runs first, and its output is in the image", {
  timeout: TIMEOUT_MS,
}, async (t) => {
  const before = ["sh", "-c", "mkdir dist && echo built > dist/app.js"] as const;
  const image = await application(t, { before: [...before] });
  await ensureImages([image], recordingReport().report);
  const container = await startContainer(t, [], [image.reference, "cat", "/app/dist/app.js"]);
  await docker("wait", container.id);
  assert.equal(await container.logs(), "built");
});

test("a build command that fails or writes elsewhere is refused", {
  timeout: TIMEOUT_MS,
}, async (t) => {
  const commands: [string, RegExp][] = [
    ["echo wrong flag; exit 3", /wrong flag/],
    ["mkdir build && touch build/app.js", /must write to dist only/],
    ["true", /must write to dist\/, which is empty/],
  ];
  for (const [command, message] of commands) {
    const image = await application(t, { before: ["sh", "-c", command] });
    await assert.rejects(
      ensureImages([image], recordingReport().report),
      (error) => error instanceof OperatorError && message.test(error.message),
    );
    assert.equal(await isPresent(image), false);
  }
});

test("runs at the same time build an image once", { timeout: TIMEOUT_MS }, async (t) => {
  const image = await application(t, { files: { Dockerfile: `${DOCKERFILE}RUN true\n` } });
  const runs = [recordingReport(), recordingReport(), recordingReport()];
  await Promise.all(runs.map(({ report }) => ensureImages([image], report)));
  const builds = runs.filter(({ lines }) =>
    lines.some((line) => line.includes("building (1 of 1)")),
  );
  assert.equal(builds.length, 1);
});

test("files that change after the reference was made are not built under it", {
  timeout: TIMEOUT_MS,
}, async (t) => {
  const context = await folderWith(t, { Dockerfile: DOCKERFILE });
  const image = await application(t, { context });
  await writeFile(join(context, "late"), "");
  await assert.rejects(
    ensureImages([image], recordingReport().report),
    /changed since this run began/,
  );
  assert.equal(await isPresent(image), false);
});

test("an interrupted build leaves no image, no container, no folder and no lock", {
  timeout: TIMEOUT_MS,
}, async (t) => {
  const label = `plimsoll.test.interrupted=${process.pid}`;
  const Dockerfile = `ARG NODE_IMAGE\nFROM $NODE_IMAGE\nLABEL ${label}\nRUN tail -f /dev/null\n`;
  const context = await folderWith(t, { Dockerfile });
  const { node } = await testRuntimeImages();
  atEnd(t, () => docker("image", "prune", "--force", "--filter", `label=${label}`));
  const child = execa("node", ["--import", "tsx", INTERRUPTED_BUILD, context, node.reference], {
    reject: false,
  });
  const ids = async () =>
    (await docker("ps", "--all", "--quiet", "--filter", `label=${label}`)) || undefined;
  await eventually(ids, 60_000);
  child.kill("SIGINT");
  assert.equal((await child).exitCode, 130);
  await eventually(async () => ((await ids()) === undefined ? true : undefined), 60_000);
  assert.equal(await isPresent(applicationImage({ name: "test-build", context, node })), false);
  assert.deepEqual(await stagedFolders(), []);

  const image = await application(t);
  const { report, lines } = recordingReport();
  await ensureImages([image], report);
  assert.equal(lines[0], `image ${image.reference}: building (1 of 1)`);
});
