import assert from "node:assert/strict";
import { test } from "node:test";
import {
  type Kept,
  begun,
  completed,
  ended,
  extended,
  history,
  kept,
  revived,
  tabTitle,
} from "../src/conversation";
import type { AskPartial } from "../src/protocol";
import { citation, result } from "./fixtures";

const ABOUT = { textDocument: { uri: "file:///project/app.py" } };

test("partial results grow the answer; the final one replaces it", () => {
  let turn = begun("What is M?", ABOUT);
  turn = extended(turn, { kind: "citations", citations: [citation(1), citation(2)] });
  assert.deepEqual([turn.state, turn.citations.length], ["writing", 2]);
  turn = extended(turn, { kind: "text", text: "Set it [" });
  turn = extended(turn, { kind: "text", text: "2]" });
  assert.equal(turn.text, "Set it [2]");
  turn = completed(turn, result());
  assert.deepEqual([turn.text, turn.state], ["Set `M` [1].", "done"]);
  assert.equal(turn.note, "a-model · 2.1 s");
});

test("what replaces the quotes is shown without them, and unknown parts are ignored", () => {
  let turn = extended(begun("?", {}), { kind: "text", text: "> A quote." });
  turn = extended(turn, { kind: "reset" });
  turn = extended(turn, { kind: "text", text: "An answer." });
  assert.equal(turn.text, "An answer.");
  assert.equal(extended(turn, { kind: "later" } as unknown as AskPartial), turn);
});

test("without a model, and with files to go, the note says so", () => {
  const index = { generation: 3, pendingFiles: 2 };
  const { note } = completed(begun("?", {}), result({ model: null, index }));
  assert.match(note, /No language model/);
  const early = completed(begun("?", {}), result({ model: null }), "starting");
  assert.match(early.note, /starting: ask again/);
  assert.match(note, /2 files not indexed yet/);
});

test("where the docs do not say, no model is missed", () => {
  const abstained = result({ model: null, abstained: true });
  for (const generator of ["off", "starting"]) {
    assert.equal(completed(begun("?", {}), abstained, generator).note, "2.1 s");
  }
});

test("what had come stays when the user stops it or it fails", () => {
  const turn = extended(begun("?", {}), { kind: "text", text: "Half of" });
  assert.deepEqual(ended(turn, ""), { ...turn, state: "stopped", note: "Stopped." });
  assert.deepEqual(ended(turn, "no disk"), { ...turn, state: "failed", note: "no disk" });
});

test("a follow-up gets the turns that have an answer", () => {
  const first = completed(begun("What is M?", {}), result());
  const turns = [first, ended(begun("And N?", {}), ""), begun("And O?", {})];
  assert.deepEqual(history(turns), [{ question: "What is M?", answer: "Set `M` [1]." }]);
});

test("a conversation survives being kept as JSON; what was being written is then stopped", () => {
  const done = completed(begun("What is M?", ABOUT), result());
  const writing = extended(begun("And N?", {}), { kind: "text", text: "Half" });
  const state = JSON.parse(JSON.stringify(kept([done, writing]))) as Kept;
  assert.deepEqual(revived({ ...state, draft: "And" }), [done, ended(writing, "")]);
  assert.equal(revived({ ...state, version: 0 }), undefined);
});

for (const state of [undefined, null, {}, [], "x", kept([]), { draft: "And" }]) {
  test(`no conversation: ${JSON.stringify(state)}`, () => {
    assert.equal(revived(state), undefined);
  });
}

test("a tab's title is one short line", () => {
  assert.equal(tabTitle("read\n  or\tnot?"), "read or not?");
  assert.equal(tabTitle("x".repeat(80)).length, 40);
});
