import assert from "node:assert/strict";
import { test } from "node:test";
import { type PageMessage, pageMessage } from "../src/messages";

const messages: PageMessage[] = [
  { action: "ready" },
  { action: "stop" },
  { action: "ask", question: "Why?" },
  { action: "copy", turn: 0 },
  { action: "again", turn: 1 },
  { action: "open", turn: 1, citation: 2 },
  { action: "follow", target: "file:///a.md#L2" },
];
for (const message of messages) {
  test(`a message: ${JSON.stringify(message)}`, () => {
    assert.deepEqual(pageMessage(message), message);
  });
}

const others: unknown[] = [
  undefined,
  null,
  "stop",
  {},
  { action: "run", command: "x" },
  { action: "ask", question: 1 },
  { action: "copy" },
  { action: "again", turn: "0" },
  { action: "open", turn: 0 },
  { action: "follow", target: 1 },
];
for (const other of others) {
  test(`no message: ${JSON.stringify(other)}`, () => {
    assert.equal(pageMessage(other), undefined);
  });
}
