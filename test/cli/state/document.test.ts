import assert from "node:assert/strict";
import { test } from "node:test";
import {
  emptied,
  idsIn,
  movedAway,
  movedTo,
  parseState,
  resourceCount,
  type StateDocument,
  sameContent,
  stateIdIn,
} from "../../../cli/state/document.ts";

const TEXT = `{
  "version": 4, "terraform_version": "1.11.4", "serial": 7, "lineage": "5a9c", "outputs": {},
  "resources": [
    { "mode": "managed", "type": "terraform_data", "name": "step",
      "instances": [{ "attributes": { "id": "d1", "input": null } }] },
    { "mode": "managed", "type": "docker_network", "name": "edge",
      "instances": [{ "attributes": { "id": "n1", "labels": [
        { "label": "plimsoll.project", "value": "plimsoll" }, { "label": "plimsoll.state", "value": "feed" }] } }] }
  ],
  "check_results": null }`;

function parsed(text = TEXT): StateDocument {
  const document = parseState(text);
  assert.ok(document);
  return document;
}

test("a state tells what it knows, and the id that its networks and containers carry", () => {
  assert.deepEqual(idsIn(parsed()), ["d1", "n1"]);
  assert.equal(resourceCount(parsed()), 2);
  assert.equal(stateIdIn(parsed()), "feed");
});

test("a place that was never written to has none", () => {
  assert.equal(parseState(""), undefined);
  // As Terraform's pg backend answers.
  assert.equal(
    parseState('{"version": 4, "serial": 0, "lineage": "", "resources": []}'),
    undefined,
  );
  assert.equal(resourceCount(undefined), 0);
});

test("two states are the same when all but the serial and the Terraform that wrote it is", () => {
  const later = parsed(TEXT.replace('"serial": 7', '"serial": 8').replace("1.11.4", "1.12.0"));
  assert.ok(sameContent(parsed(), later));
  assert.ok(!sameContent(parsed(), parsed(TEXT.replace("n1", "n2"))));
  assert.ok(!sameContent(parsed(), parsed(TEXT.replace("5a9c", "5a9d"))));
});

test("what is left at the old place says where the state went, until somebody deploys there", () => {
  const left = movedAway(parsed(), "s3 bucket");
  assert.deepEqual([left.serial, left.lineage, resourceCount(left)], [8, "5a9c", 0]);
  assert.equal(movedTo(left), "s3 bucket");
  assert.equal(movedTo({ ...left, resources: parsed().resources ?? [] }), undefined);
  assert.equal(movedTo(emptied(parsed())), undefined);
  assert.equal(movedTo(undefined), undefined);
});
