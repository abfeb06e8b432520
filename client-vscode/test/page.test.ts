import assert from "node:assert/strict";
import { test } from "node:test";
import { begun, completed, ended, extended } from "../src/conversation";
import { plainText, safeHtml, titleOf } from "../src/markdown";
import { page, turnHtml } from "../src/page";
import { citation, pathOf, result } from "./fixtures";

const CITATIONS = [citation(1), citation(2)];

function numbers(html: string): string[] {
  return [...html.matchAll(/data-citation="(\d+)"/g)].map(([, number]) => number ?? "");
}

const texts: [string, string, RegExp | string, string[]][] = [
  ["Markdown", "Set `M` to **4**.", "<p>Set <code>M</code> to <strong>4</strong>.</p>\n", []],
  ["references", "So [1], and [2][1].", /So <button/, ["1", "2", "1"]],
  ["only real references", "No [3], a[0], `[1]`, [[x]].", /No \[3\], a\[0\]/, []],
  ["not a reference but a link's text", "[1](https://example.org)", /<a href="https:/, []],
  ["raw HTML", "<script>x()</script><img src=x>", /^<p>&lt;script&gt;/, []],
  ["HTML blocks", "<div onclick=x()>\nhi\n</div>", /&lt;div onclick/, []],
  ["images", "See ![a <b>](https://example.org/x.png).", "<p>See a &lt;b&gt;.</p>\n", []],
  ["commands", "[go](command:evil) [go](javascript:x) [go](vscode:x)", "<p>go go go</p>\n", []],
  ["files", "[page](other.md) [up](../x)", "<p>page up</p>\n", []],
  [
    "files of the workspace",
    "[a `b`](file:///project/docs/a%20b.md#L42)",
    '<p><button class="file" data-action="follow" ' +
      'data-target="file:///project/docs/a%20b.md#L42">a <code>b</code></button></p>\n',
    [],
  ],
  ["files elsewhere", "[a](file:///etc/passwd) [b](file://host/project/x)", "<p>a b</p>\n", []],
  ["ways up", "[a](file:///project/../x) [b](file:///project/%2e%2e/x)", "<p>a b</p>\n", []],
  ["quotes in files", '[a](file:///project/"onclick=x)', /data-target="[^" ]*">a</, []],
  ["reference definitions", "[go][x]\n\n[x]: command:evil", "<p>go</p>\n", []],
  ["autolinks", "<command:evil> <https://example.org>", /^<p>command:evil <a href/, []],
  ["links of both kinds", "[a](x.md) [b](https://b.org) [c](y.md)", /a <a [^>]*>b<\/a> c/, []],
  ["fences", "```html\n<b>[1]</b>\n```", /&lt;b&gt;\[1\]&lt;\/b&gt;/, []],
];
for (const [name, text, expected, cited] of texts) {
  test(`answer as HTML: ${name}`, () => {
    const html = safeHtml(text, CITATIONS, pathOf);
    if (typeof expected === "string") {
      assert.equal(html, expected);
    } else {
      assert.match(html, expected);
    }
    assert.deepEqual(numbers(html), cited);
    assert.doesNotMatch(html, /<(script|img|iframe|div)|<[^>]*\son\w+=|href="(?!https?:)/);
  });
}

const excerpts: [string, string][] = [
  ["The *first* `one`\nof [two](a.md)", "The first one of two"],
  ["| key | use |\n| --- | --- |\n| `a` | b |", "key use a b"],
  ["- one\n- two\n\n```py\nx = 1\n```", "one two x = 1"],
  ["see [the page](https://example.org)", "see the page"],
  ["a \\<b\\> c", "a <b> c"],
];
for (const [text, expected] of excerpts) {
  test(`plain text: ${JSON.stringify(text)}`, () => {
    assert.equal(plainText(text), expected);
  });
}

const long = "x".repeat(70);
const titles: [string, string | string[] | undefined, string][] = [
  ["none", undefined, "Own"],
  ["empty", "", "Own"],
  ["joined", "Guide > Timeouts > Own", "Guide › Timeouts › Own"],
  ["a list", ["Guide > 2", " Time\nouts ", "Own"], "Guide > 2 › Time outs › Own"],
  ["too long", ["Guide", long, "Timeouts", "Own"], "… › Timeouts › Own"],
  ["its own too long", ["Guide", long + long], `… › ${long}${long}`],
];
for (const [name, breadcrumb, expected] of titles) {
  test(`title with its breadcrumb: ${name}`, () => {
    const passage = { title: "Own", ...(breadcrumb === undefined ? {} : { breadcrumb }) };
    assert.equal(titleOf(passage), expected);
  });
}

test("a citation's own words cannot leave their attribute", () => {
  const title = '"><script>x()</script>';
  const html = safeHtml("[1]", [citation(1, { title })], pathOf);
  assert.doesNotMatch(html, /<script/);
});

test("the hint over a number shows the words that it stands for", () => {
  const range = { start: { line: 2, character: 4 }, end: { line: 2, character: 20 } };
  const quotes = [{ text: "kept **for <30>\ndays**", range }];
  const cited = citation(1, { quotes, breadcrumb: "Store > Retention", title: "Retention" });
  const html = safeHtml("So [1]", [cited], pathOf);
  assert.match(html, /title="“kept for &lt;30&gt; days”\nStore › Retention \(docs\/page 1/);
  const row = turnHtml(completed(begun("?", {}), result({ citations: [cited] })), pathOf);
  assert.match(row, /class="title">Store › Retention<[^]*class="excerpt">“kept for &lt;30&gt;/);
});

test("a turn goes from searching over writing to an answer with sources", () => {
  let turn = begun("What is <M>?", {});
  assert.match(turnHtml(turn, pathOf), /<h2>What is &lt;M&gt;\?<\/h2>[^]*Searching the docs/);
  turn = extended(turn, { kind: "citations", citations: CITATIONS });
  assert.match(turnHtml(turn, pathOf), /Reading the passages[^]*docs\/page 2\.md:12-20/);
  assert.doesNotMatch(turnHtml(turn, pathOf), /<footer/);
  turn = completed(turn, result());
  const html = turnHtml(turn, pathOf);
  assert.match(html, /a-model[^]*data-action="copy"[^]*data-action="again"/);
  assert.deepEqual(numbers(html), ["1", "1"]);
});

test("a long question is no large heading", () => {
  assert.match(turnHtml(begun("x".repeat(121), {}), pathOf), /^<h2 class="long">x+<\/h2>/);
  assert.match(turnHtml(begun("x".repeat(120), {}), pathOf), /^<h2>x+<\/h2>/);
});

test("excerpts are shown as text, unconfirmed sources marked", () => {
  const citations = [citation(1, { excerpt: "<b>a</b>\n[1] `b`", verified: false })];
  const html = turnHtml(completed(begun("?", {}), result({ citations })), pathOf);
  assert.match(html, /&lt;b&gt;a&lt;\/b&gt; \[1\] b/);
  assert.match(html, /does not hold the words/);
});

test("a failure is told, and can be asked again; there is nothing to copy", () => {
  const html = turnHtml(ended(begun("?", {}), "no <disk>"), pathOf);
  assert.match(html, /class="note failed">no &lt;disk&gt;[^]*data-action="again"/);
  assert.doesNotMatch(html, /data-action="copy"/);
});

test("a selection is named by its file and lines", () => {
  const range = { start: { line: 2, character: 4 }, end: { line: 6, character: 0 } };
  const about = { textDocument: { uri: "file:///project/app.py" }, range };
  assert.match(turnHtml(begun("?", about), pathOf), /about app\.py:3-6/);
});

test("the page lets nothing in but its own script and style", () => {
  const html = page({ script: "s:a.js", style: "s:a.css", source: "s:", nonce: "n0" });
  assert.match(html, /content="default-src 'none'; style-src s:; script-src 'nonce-n0'; /);
  assert.match(html, /base-uri 'none'; form-action 'none'"/);
  assert.deepEqual(html.match(/<script[^>]*>/g), ['<script nonce="n0" src="s:a.js">']);
});
