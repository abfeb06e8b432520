import assert from "node:assert/strict";
import { test } from "node:test";
import { Patient } from "../src/patient";

test("what stays is shown after a while, then follows at once, and is gone at once", (context) => {
  context.mock.timers.enable({ apis: ["setTimeout"] });
  const seen: (string | undefined)[] = [];
  const patient = new Patient(500, (text) => seen.push(text));
  patient.set("19 files");
  context.mock.timers.tick(499);
  patient.set("11 files");
  assert.deepEqual(seen, []);
  context.mock.timers.tick(1);
  assert.deepEqual(seen, ["11 files"]);
  patient.set("3 files");
  patient.set(undefined);
  patient.set(undefined);
  assert.deepEqual(seen, ["11 files", "3 files", undefined]);
  context.mock.timers.tick(5_000);
  assert.equal(seen.length, 3);
});

test("what is short, or was thrown away, is never shown", (context) => {
  context.mock.timers.enable({ apis: ["setTimeout"] });
  const seen: (string | undefined)[] = [];
  const patient = new Patient(500, (text) => seen.push(text));
  for (let saves = 0; saves < 5; saves += 1) {
    patient.set("1 file");
    context.mock.timers.tick(400);
    patient.set(undefined);
    context.mock.timers.tick(100);
  }
  patient.set("1 file");
  patient.dispose();
  context.mock.timers.tick(5_000);
  assert.deepEqual(seen, []);
});
