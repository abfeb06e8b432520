import assert from "node:assert/strict";
import { test } from "node:test";
import { type Inspection, assigned, nested } from "../src/assigned";

const cases: [string, Inspection | undefined, boolean][] = [
  ["a default is nobody's word", { key: "k", defaultValue: [], globalValue: undefined }, false],
  ["a user's value", { key: "k", defaultValue: 1, globalValue: 2 }, true],
  ["a value equal to the default", { key: "k", defaultValue: 1, workspaceValue: 1 }, true],
  ["false is a value", { key: "k", defaultValue: true, workspaceFolderValue: false }, true],
  ["an unknown setting", undefined, false],
];
for (const [name, inspection, expected] of cases) {
  test(`assigned: ${name}`, () => {
    assert.equal(assigned(inspection), expected);
  });
}

test("dotted keys become sections", () => {
  assert.deepEqual(
    nested([
      ["docs.include", ["a"]],
      ["docs.docstrings", false],
      ["hover.enabled", true],
    ]),
    { docs: { include: ["a"], docstrings: false }, hover: { enabled: true } },
  );
});
