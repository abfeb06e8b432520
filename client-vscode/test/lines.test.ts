import assert from "node:assert/strict";
import { test } from "node:test";
import { lineOf, lineSpan } from "../src/lines";

const ranges: [string, [number, number, number, number], string][] = [
  ["ends before the next line", [11, 0, 20, 0], "12-20"],
  ["ends within its last line", [11, 0, 19, 7], "12-20"],
  ["one line", [4, 2, 4, 9], "5"],
  ["one line with its end", [4, 0, 5, 0], "5"],
  ["empty", [0, 0, 0, 0], "1"],
];
for (const [name, [line, character, endLine, endCharacter], expected] of ranges) {
  test(`lineSpan: ${name}`, () => {
    const end = { line: endLine, character: endCharacter };
    assert.equal(lineSpan({ start: { line, character }, end }), expected);
  });
}

test("the line of a link", () => {
  const fragments = ["L42", "L3-L9", "", "L0", "Lx", "usage"];
  assert.deepEqual(fragments.map(lineOf), [41, 2, undefined, undefined, undefined, undefined]);
});
