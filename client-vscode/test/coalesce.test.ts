import assert from "node:assert/strict";
import { test } from "node:test";
import { coalesced } from "../src/coalesce";

/** Work whose runs are ended by hand. */
function byHand() {
  const runs: { succeed: () => void; fail: (error: Error) => void }[] = [];
  const work = () =>
    new Promise<void>((succeed, fail) => {
      runs.push({ succeed, fail });
    });
  return { runs, run: coalesced(work) };
}

/** Lets everything that is ready run. */
const settled = () => new Promise((resolve) => setImmediate(resolve));

test("calls during a run share one further run", async () => {
  const { runs, run } = byHand();
  const first = run();
  const later = [run(), run(), run()];
  assert.equal(runs.length, 1);
  runs[0]?.succeed();
  await first;
  await settled();
  assert.equal(runs.length, 2);
  runs[1]?.succeed();
  await Promise.all(later);
  await settled();
  assert.equal(runs.length, 2);
});

test("a call after the end runs anew", async () => {
  const { runs, run } = byHand();
  for (const count of [1, 2]) {
    const done = run();
    assert.equal(runs.length, count);
    runs[count - 1]?.succeed();
    await done;
  }
});

test("a failure reaches its own callers, and the next run comes all the same", async () => {
  const { runs, run } = byHand();
  const first = run();
  const second = run();
  runs[0]?.fail(new Error("no"));
  await assert.rejects(first, /no/);
  await settled();
  assert.equal(runs.length, 2);
  runs[1]?.succeed();
  await second;
});
