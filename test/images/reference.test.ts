import assert from "node:assert/strict";
import { chmod, mkdir, mkdtemp, rename, rm, symlink, utimes, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, test } from "node:test";
import { OperatorError } from "../../core/operator-error.ts";
import { applicationImage, siteImage } from "../../images/application.ts";
import { type Image, missingImages, withParents } from "../../images/image.ts";
import { buildReference } from "../../images/reference.ts";
import { runtimeImages } from "../../images/runtime.ts";

const node: Image = { kind: "pulled", reference: "node:24-trixie-slim" };

let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "plimsoll-test-"));
  await mkdir(join(folder, "source"));
  await writeFile(join(folder, "Dockerfile"), "ARG NODE_IMAGE\n", {
    mode: 0o644,
  });
  await writeFile(join(folder, "source/main.ts"), "console.log(1);\n", { mode: 0o644 });
  await symlink("source/main.ts", join(folder, "main"));
});

afterEach(() => rm(folder, { recursive: true, force: true }));

const reference = () => applicationImage({ name: "chat", context: folder, node }).reference;

test("a reference is a fixed function of the files", () => {
  assert.equal(reference(), "plimsoll/chat:d0100cf10aac");
});

test("times, umask and the order of creation do not count", async () => {
  const before = reference();
  await utimes(join(folder, "source/main.ts"), 1, 1);
  await chmod(join(folder, "source/main.ts"), 0o600);
  await rename(join(folder, "Dockerfile"), join(folder, "Dockerfile.new"));
  await rename(join(folder, "Dockerfile.new"), join(folder, "Dockerfile"));
  assert.equal(reference(), before);
});

const changes: Readonly<Record<string, () => Promise<void>>> = {
  "a file's content": () => writeFile(join(folder, "source/main.ts"), "console.log(2);\n"),
  "a file's executable bit": () => chmod(join(folder, "source/main.ts"), 0o755),
  "a file's name": () => rename(join(folder, "source/main.ts"), join(folder, "source/other.ts")),
  "a new file": () => writeFile(join(folder, "source/new.ts"), ""),
  "where a link points": async () => {
    await rm(join(folder, "main"));
    await symlink("source/other.ts", join(folder, "main"));
  },
  "the Dockerfile": () => writeFile(join(folder, "Dockerfile"), "FROM scratch\n"),
};

for (const [what, change] of Object.entries(changes)) {
  test(`${what} changes the reference`, async () => {
    const before = reference();
    await change();
    assert.notEqual(reference(), before);
  });
}

test("build arguments, parent, command and inputs change the reference", async () => {
  const input = join(folder, "..", `${folder.split("/").at(-1)}.lock`);
  await writeFile(input, "1");
  const props = { name: "chat", context: folder, node };
  const other: Image = { kind: "pulled", reference: "node:26-trixie-slim" };
  const references = [
    applicationImage(props),
    applicationImage({ ...props, node: other }),
    applicationImage({ ...props, before: ["make"] }),
    applicationImage({ ...props, before: ["make"], outputs: ["build"] }),
    applicationImage({ ...props, inputs: [input] }),
  ].map((image) => image.reference);
  await writeFile(input, "2");
  references.push(applicationImage({ ...props, inputs: [input] }).reference);
  await rm(input);
  assert.equal(new Set(references).size, 6);
});

test("node_modules, .git and the outputs of the build command do not count", async () => {
  const image = applicationImage({ name: "chat", context: folder, node, before: ["make"] });
  for (const name of ["node_modules", ".git", "dist"]) {
    await mkdir(join(folder, name));
    await writeFile(join(folder, name, "file"), "");
  }
  assert.equal(buildReference(image), image.reference);
  // Without a build command nobody else makes dist/: it is source like any other folder.
  const before = reference();
  await writeFile(join(folder, "dist/file"), "changed");
  assert.notEqual(reference(), before);
});

test("every file of a site counts, also in folders named dist", async () => {
  const site = () => siteImage({ name: "edge", directory: folder, nginx: node }).reference;
  const before = site();
  await mkdir(join(folder, "dist"));
  await writeFile(join(folder, "dist/index.html"), "");
  assert.notEqual(site(), before);
});

test("a missing folder, Dockerfile or input is the operator's error", async () => {
  const props = { name: "chat", context: folder, node };
  assert.throws(() => applicationImage({ ...props, context: join(folder, "none") }), OperatorError);
  assert.throws(
    () => applicationImage({ ...props, inputs: [join(folder, "none")] }),
    OperatorError,
  );
  await rm(join(folder, "Dockerfile"));
  assert.throws(reference, /image chat: needs .*Dockerfile, which does not exist/);
});

test("the Debian images share one base, which comes first", () => {
  const { nginx, redis, postgres, node } = runtimeImages("debian");
  const names = withParents([nginx, redis, postgres, node]).map(
    ({ reference }) => reference.split(":")[0],
  );
  assert.deepEqual(names, [
    "plimsoll/debian",
    "plimsoll/nginx",
    "plimsoll/redis",
    "plimsoll/postgres",
    "plimsoll/node",
  ]);
});

test("the official images are pinned by tag, and restic is built on one of them", () => {
  const { restic, ...pulled } = runtimeImages("official");
  assert.ok(restic.kind === "built");
  assert.deepEqual(restic.buildArgs, { BASE_IMAGE: "node:24-trixie-slim" });
  assert.deepEqual(pulled, {
    nginx: { kind: "pulled", reference: "nginx:1.30-trixie" },
    redis: { kind: "pulled", reference: "redis:8.10-trixie" },
    postgres: { kind: "pulled", reference: "postgres:17-trixie" },
    node: { kind: "pulled", reference: "node:24-trixie-slim" },
  });
});

test("an image that is present needs no parent", () => {
  const app = applicationImage({ name: "chat", context: folder, node });
  assert.deepEqual(missingImages([app], new Set([app.reference])), []);
  assert.deepEqual(missingImages([app, app], new Set()), [node, app]);
  assert.deepEqual(missingImages([app], new Set([node.reference])), [app]);
});
