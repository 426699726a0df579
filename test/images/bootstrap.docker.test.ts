import assert from "node:assert/strict";
import { test } from "node:test";
import { bootstrap } from "../../cli/images/bootstrap.ts";
import { engineImages } from "../../cli/images/engine.ts";
import { openTarget } from "../../cli/target.ts";
import { OperatorError } from "../../core/operator-error.ts";
import { bootstrappedImage } from "../../images/reference.ts";
import { runtimeImages } from "../../images/runtime.ts";
import { recordingReport } from "./recording-report.ts";

const TIMEOUT_MS = 300_000;

test("a base that cannot be made shows mmdebstrap's output and leaves no image", {
  timeout: TIMEOUT_MS,
}, async () => {
  const [base] = Object.values(runtimeImages("debian")).map(
    (image) => image.kind === "built" && image.from,
  );
  assert.ok(base && base.kind === "bootstrapped");
  const image = bootstrappedImage({ ...base, name: "test-base", suite: "no-such-suite" });
  await assert.rejects(bootstrap(image, recordingReport().report), (error) => {
    assert.ok(error instanceof OperatorError);
    assert.match(error.message, /^image test-base: mmdebstrap failed/);
    assert.match(error.message, /no-such-suite/);
    return true;
  });
  assert.equal((await engineImages(openTarget("local"), [image.reference])).size, 0);
});
