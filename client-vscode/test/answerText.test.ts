import assert from "node:assert/strict";
import { test } from "node:test";
import { withPassages, withPlaces } from "../src/answerText";
import { citation, pathOf, result } from "./fixtures";

const PLACE = "[1] docs/page 1.md:12-20 — Page 1";

test("a copied answer names its sources", () => {
  assert.equal(withPlaces("Set `M` [1].", [citation(1)], pathOf), `Set \`M\` [1].\n\n${PLACE}\n`);
  assert.equal(withPlaces("Nothing.\n", [], pathOf), "Nothing.\n");
});

test("links to files are copied as paths", () => {
  const text = "See [a](file:///project/docs/a%20b.md#L42), [b](file:///project/b.md) `](file:x)`.";
  const copied = "See [a](docs/a%20b.md#L42), [b](b.md) `](file:x)`.\n";
  assert.equal(withPlaces(text, [], pathOf), copied);
});

test("another model gets the passages as well", () => {
  const text = withPassages(result(), pathOf);
  assert.equal(text, `Set \`M\` [1].\n\n${PLACE}\n\nIt is so.\n`);
  const unwritten = result({ model: null, answer: "It is so. [1]" });
  assert.equal(withPassages(unwritten, pathOf), `It is so. [1]\n\n${PLACE}\n`);
});
