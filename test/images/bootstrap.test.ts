import assert from "node:assert/strict";
import { test } from "node:test";
import { requireInstallable } from "../../cli/images/bootstrap.ts";
import { bootstrappedImage } from "../../images/reference.ts";

test("mmdebstrap is installed by root on Debian; elsewhere the operator hears how to get it", () => {
  requireInstallable({ hasAptGet: true, isRoot: true });
  assert.throws(
    () => requireInstallable({ hasAptGet: true, isRoot: false }),
    /mmdebstrap: .*not found; run `sudo apt-get install mmdebstrap debian-archive-keyring`/,
  );
  assert.throws(
    () => requireInstallable({ hasAptGet: false, isRoot: true }),
    /build on Debian or Ubuntu, or set images: "official"/,
  );
});

test("suite, revision, processor and options make a base's reference", () => {
  const recipe = {
    name: "debian",
    suite: "trixie",
    revision: "1",
    architecture: "amd64",
    options: ["--variant=minbase"],
    changes: [],
  };
  const references = [
    recipe,
    { ...recipe, suite: "forky" },
    { ...recipe, revision: "2" },
    { ...recipe, architecture: "arm64" },
    { ...recipe, options: [] },
    { ...recipe, changes: ['CMD ["bash"]'] },
  ].map((each) => bootstrappedImage(each).reference);
  assert.equal(references[0], "plimsoll/debian:05318bb6a9f7");
  assert.equal(new Set(references).size, 6);
});
