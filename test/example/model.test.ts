import assert from "node:assert/strict";
import { test } from "node:test";
import type { Message } from "../../example/messages.ts";
import { compose, speak } from "../../example/model.ts";

const question = (content: string): Message[] => [{ role: "user", content }];

async function collect(tokens: AsyncIterable<string>): Promise<string[]> {
  const collected: string[] = [];
  for await (const token of tokens) collected.push(token);
  return collected;
}

test("the same prompt gets the same answer, another prompt another", () => {
  assert.deepEqual(compose(question("ahoy")), compose(question("ahoy")));
  assert.notDeepEqual(compose(question("ahoy")), compose(question("ahoy!")));
  assert.notDeepEqual(
    compose(question("ahoy")),
    compose([{ role: "assistant", content: "Yes?" }, ...question("ahoy")]),
  );
});

test("without a limit the answer is whole sentences", () => {
  const { tokens, finishReason } = compose(question("ahoy"));
  assert.equal(finishReason, "stop");
  assert.ok(tokens.length >= 40 && tokens.length < 120, `${tokens.length} tokens`);
  assert.match(tokens.join(""), /^([A-Z][a-z' ]+\.( |$))+$/);
});

test("with a limit the answer has exactly that many tokens", () => {
  for (const limit of [1, 7, 4096]) {
    const { tokens, finishReason } = compose(question("ahoy"), limit);
    assert.deepEqual([tokens.length, finishReason], [limit, "length"]);
  }
});

test("tokens are spoken in order, and no more after the signal", async () => {
  const controller = new AbortController();
  assert.deepEqual(await collect(speak(["a", " b"], 0, controller.signal)), ["a", " b"]);
  const spoken: string[] = [];
  for await (const token of speak(["a", " b", " c"], 0, controller.signal)) {
    spoken.push(token);
    if (spoken.length === 2) controller.abort();
  }
  assert.deepEqual(spoken, ["a", " b"]);
});

test("the signal ends a long pause at once", { timeout: 5000 }, async () => {
  const speech = collect(speak(["never"], 3_600_000, AbortSignal.timeout(1)));
  assert.deepEqual(await speech, []);
});
