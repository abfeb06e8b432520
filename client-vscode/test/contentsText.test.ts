import assert from "node:assert/strict";
import { test } from "node:test";
import { contentsLines } from "../src/contentsText";
import type { ContentsResult } from "../src/protocol";

const NOTHING: ContentsResult = {
  files: [],
  leftOut: [],
  index: { generation: 1, pendingFiles: 0 },
};

test("pages come before sources, and what is left out says why", () => {
  const log = { uri: "file:///p/log.md", path: "log.md", kind: "page", chunks: 1 };
  const source = { uri: "file:///p/a.py", path: "a.py", kind: "source", chunks: 2, behind: null };
  const result = {
    ...NOTHING,
    files: [source, { ...log, behind: "changelog" }],
    leftOut: [{ path: "big.md", reason: "larger than docs.maxFileBytes" }],
  };
  assert.deepEqual(contentsLines(result), [
    { label: "Pages", heading: true },
    { label: "log.md", description: "1 chunk · ranks behind (changelog)", uri: log.uri },
    { label: "Sources", heading: true },
    { label: "a.py", description: "2 chunks", uri: source.uri },
    { label: "Left out", heading: true },
    { label: "big.md", description: "left out", detail: "larger than docs.maxFileBytes" },
  ]);
});

test("what there is none of has no heading", () => {
  assert.deepEqual(contentsLines(NOTHING), []);
});
