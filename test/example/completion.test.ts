import assert from "node:assert/strict";
import { test } from "node:test";
import { Completion, parseCompletionRequest } from "../../example/completion.ts";

const messages = [{ role: "user", content: "ahoy" }];

test("what a client leaves out, or sends as null, has a default", () => {
  const expected = {
    messages,
    question: "ahoy",
    stream: false,
    sessionId: undefined,
    maxTokens: undefined,
  };
  assert.deepEqual(parseCompletionRequest({ messages }), expected);
  assert.deepEqual(
    parseCompletionRequest({ messages, session_id: null, max_tokens: null, model: "any" }),
    expected,
  );
});

test("a broken rule is named", () => {
  const broken: [body: unknown, message: string][] = [
    [null, "the body: must be an object"],
    [[], "the body: must be an object"],
    [{}, "messages: must be a list of 1..100 messages"],
    [{ messages: [] }, "messages: must be a list of 1..100 messages"],
    [{ messages: ["ahoy"] }, "messages[0]: must be an object"],
    [
      { messages: [{ role: "captain", content: "ahoy" }] },
      "messages[0].role: must be one of system, user, assistant",
    ],
    [
      { messages: [{ role: "user", content: " " }] },
      "messages[0].content: must be text of 1..32768 characters",
    ],
    [
      { messages: [{ role: "user", content: "a\0b" }] },
      "messages[0].content: must be text of 1..32768 characters",
    ],
    [
      { messages: [...messages, { role: "assistant", content: "Yes?" }] },
      "messages: the last one must have the role user",
    ],
    [{ messages, stream: "yes" }, "stream: must be true or false"],
    [{ messages, session_id: 7 }, "session_id: must be the id of a session"],
    [{ messages, max_tokens: 0 }, "max_tokens: must be a whole number 1..4096"],
    [{ messages, max_tokens: 4097 }, "max_tokens: must be a whole number 1..4096"],
  ];
  for (const [body, message] of broken) {
    assert.throws(() => parseCompletionRequest(body), { status: 400, message });
  }
});

test("the pieces of one answer share id, time and model", () => {
  const completion = new Completion();
  const { choices, ...head } = completion.chunk(" tide");
  assert.deepEqual(choices, [{ index: 0, delta: { content: " tide" }, finish_reason: null }]);
  assert.deepEqual(completion.chunk(undefined, "stop"), {
    ...head,
    choices: [{ index: 0, delta: {}, finish_reason: "stop" }],
  });
  assert.equal(head.object, "chat.completion.chunk");
  assert.equal(completion.whole("tide", "length").id, head.id);
});
