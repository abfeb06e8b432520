import assert from "node:assert/strict";
import { test } from "node:test";
import { begun, completed, ended, extended, lineFragment, render, tabTitle } from "../src/answer";
import type { Answer } from "../src/answer";
import type { AskResult, Citation } from "../src/protocol";

function citation(number: number, over: Partial<Citation> = {}): Citation {
  return {
    number,
    uri: `file:///project/docs/page%20${number}.md`,
    range: { start: { line: 11, character: 0 }, end: { line: 20, character: 0 } },
    title: `Page ${number}`,
    excerpt: "It is so.",
    score: 0.9,
    verified: true,
    ...over,
  };
}

function result(over: Partial<AskResult> = {}): AskResult {
  return {
    answer: "Set `M` [1].",
    citations: [citation(1)],
    abstained: false,
    model: "a-model",
    index: { generation: 3, pendingFiles: 0 },
    timings: { retrieveMs: 12, firstTokenMs: 340, totalMs: 2140 },
    ...over,
  };
}

const pathOf = (uri: string) => decodeURIComponent(uri.replace("file:///project/", ""));

/** The text of each link, with the number of the citation that it opens. */
function linked(answer: Answer): [string, number][] {
  const { text, links } = render(answer, pathOf);
  return links.map(({ start, end, citation: { number } }) => [text.slice(start, end), number]);
}

const ranges: [string, [number, number, number, number], string][] = [
  ["ends before the next line", [11, 0, 20, 0], "L12-L20"],
  ["ends within its last line", [11, 0, 19, 7], "L12-L20"],
  ["one line", [4, 2, 4, 9], "L5"],
  ["one line with its end", [4, 0, 5, 0], "L5"],
  ["empty", [0, 0, 0, 0], "L1"],
];
for (const [name, [line, character, endLine, endCharacter], expected] of ranges) {
  test(`lineFragment: ${name}`, () => {
    const end = { line: endLine, character: endCharacter };
    assert.equal(lineFragment({ start: { line, character }, end }), expected);
  });
}

test("a finished answer lists its sources, and the numbers in it lead to them", () => {
  const answer = completed(begun("What is M?"), result());
  assert.equal(
    render(answer, pathOf).text,
    [
      "# What is M?",
      "",
      "Set `M` [1].",
      "",
      "## Sources",
      "",
      "[1] docs/page 1.md:12-20 — Page 1",
      "> It is so.",
      "",
      "---",
      "a-model · 2.1 s",
      "",
    ].join("\n"),
  );
  assert.deepEqual(linked(answer), [
    ["[1]", 1],
    ["[1] docs/page 1.md:12-20", 1],
  ]);
});

test("partial results grow the answer; the final one replaces it", () => {
  let answer = begun("What is M?");
  assert.match(render(answer, pathOf).text, /Searching/);
  answer = extended(answer, { kind: "citations", citations: [citation(1), citation(2)] });
  answer = extended(answer, { kind: "text", text: "Set it [" });
  answer = extended(answer, { kind: "text", text: "2]" });
  assert.match(render(answer, pathOf).text, /^Set it \[2\]$/m);
  assert.deepEqual(linked(answer)[0], ["[2]", 2]);
  answer = completed(answer, result());
  assert.doesNotMatch(render(answer, pathOf).text, /Set it/);
});

test("only numbers of real citations become links, and only in the answer itself", () => {
  const excerpt = "See [1](command:evil) and [2].";
  const answer = completed(
    begun("About [1]"),
    result({ answer: "Yes [1], [7], a[0].", citations: [citation(1, { excerpt })] }),
  );
  assert.deepEqual(linked(answer), [
    ["[1]", 1],
    ["[1] docs/page 1.md:12-20", 1],
  ]);
});

test("long excerpts are cut, unconfirmed sources marked", () => {
  const excerpt = "a\nb\nc\nd\ne\nf";
  const answer = completed(
    begun("?"),
    result({ citations: [citation(1, { excerpt, verified: false })] }),
  );
  const { text } = render(answer, pathOf);
  assert.match(text, /> d\n> …\n/);
  assert.match(text, /Page 1 \(does not confirm what cites it\)/);
});

test("without a model, and with files to go, the note says so", () => {
  const index = { generation: 3, pendingFiles: 2 };
  const { note } = completed(begun("?"), result({ model: null, index }));
  assert.match(note, /No language model/);
  assert.match(note, /2 files not indexed yet/);
});

test("what had come stays when the user stops it or it fails", () => {
  const answer = extended(begun("?"), { kind: "text", text: "Half of" });
  assert.match(render(ended(answer, ""), pathOf).text, /Half of\n\n---\nStopped\./);
  assert.match(render(ended(answer, "no disk"), pathOf).text, /Half of\n\n---\nFailed: no disk/);
});

test("a tab's title is one short line without slashes", () => {
  assert.equal(tabTitle("read/write\n  or\tnot?"), "read∕write or not?");
  assert.equal(tabTitle("x".repeat(80)).length, 50);
});
