import assert from "node:assert/strict";
import { test } from "node:test";
import { inTime } from "../src/inTime";

const SECONDS = 30_000;
/** Work that never ends, as that of a server that hangs. */
const hanging = () => new Promise<string>(() => undefined);

/** A cancellation by hand, which counts who listens. */
function byHand() {
  const listeners = new Set<() => void>();
  return {
    listeners,
    onCancellationRequested: (listener: () => void) => {
      listeners.add(listener);
      return { dispose: () => listeners.delete(listener) };
    },
  };
}

test("work that is done in time gives its result", async () => {
  const cancel = byHand();
  assert.equal(await inTime(Promise.resolve("done"), SECONDS, "late", cancel), "done");
  assert.equal(cancel.listeners.size, 0);
});

test("work that fails or hangs gives what there is without it", async () => {
  const failing = Promise.reject(new Error("no provider"));
  assert.equal(await inTime(failing, SECONDS, "late", byHand()), "late");
  assert.equal(await inTime(hanging(), 1, "late", byHand()), "late");
});

test("a cancel ends the wait", async () => {
  const cancel = byHand();
  const waiting = inTime(hanging(), SECONDS, "late", cancel);
  for (const listener of cancel.listeners) {
    listener();
  }
  assert.equal(await waiting, "late");
  assert.equal(cancel.listeners.size, 0);
});
