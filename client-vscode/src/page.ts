/** The page of a conversation as HTML, free of VS Code's API. */

import { type Turn, isRunning, oneLine } from "./conversation";
import { lineSpan } from "./lines";
import {
  type PathOf,
  escapeHtml,
  placeOf,
  plainText,
  quotesOf,
  safeHtml,
  titleOf,
} from "./markdown";
import type { Citation } from "./protocol";

/** Questions of more characters do not stand in a large font above their answer. */
const LONG = 120;

/** What the page loads; nothing else can be loaded, and no script but ours can run. */
export interface PageParts {
  script: string;
  style: string;
  /** The source of the webview's own files, for the content security policy. */
  source: string;
  nonce: string;
}

export function page({ script, style, source, nonce }: PageParts): string {
  const policy =
    `default-src 'none'; style-src ${source}; script-src 'nonce-${nonce}'; ` +
    "base-uri 'none'; form-action 'none'";
  return `<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<link rel="stylesheet" href="${style}">
<title>askdocs</title>
</head>
<body>
<main id="turns" role="log" aria-live="polite"></main>
<form id="follow-up">
<textarea id="question" rows="1" placeholder="Ask a follow-up question" \
aria-label="Follow-up question"></textarea>
<button class="primary" data-action="send" title="Ask (Enter)">Ask</button>
<button class="primary" data-action="stop" title="Stop (Escape)">Stop</button>
</form>
<script nonce="${nonce}" src="${script}"></script>
</body>
</html>
`;
}

/** One question with its answer, as far as it has come. */
export function turnHtml(turn: Turn, pathOf: PathOf): string {
  return [
    heading(oneLine(turn.question)),
    about(turn, pathOf),
    `<div class="text">${safeHtml(turn.text, turn.citations, pathOf)}</div>`,
    waiting(turn),
    sources(turn, pathOf),
    footer(turn),
  ].join("\n");
}

function heading(question: string): string {
  const kind = question.length > LONG ? ' class="long"' : "";
  return `<h2${kind}>${escapeHtml(question)}</h2>`;
}

function about({ about: { textDocument, range } }: Turn, pathOf: PathOf): string {
  if (textDocument === undefined || range === undefined) {
    return "";
  }
  const place = `${pathOf(textDocument.uri)}:${lineSpan(range)}`;
  return `<p class="about">about ${escapeHtml(place)}</p>`;
}

function waiting({ state, text }: Turn): string {
  if (state === "searching") {
    return '<p class="waiting">Searching the docs</p>';
  }
  return state === "writing" && text === "" ? '<p class="waiting">Reading the passages</p>' : "";
}

function sources({ citations }: Turn, pathOf: PathOf): string {
  if (citations.length === 0) {
    return "";
  }
  const rows = citations.map((citation) => source(citation, pathOf));
  return `<h3>Sources</h3>\n<ul class="sources">\n${rows.join("\n")}\n</ul>`;
}

function source(citation: Citation, pathOf: PathOf): string {
  const { number, excerpt, verified } = citation;
  const quotes = quotesOf(citation);
  const text = quotes.length > 0 ? quotes.join(" ") : plainText(excerpt);
  const doubt =
    verified === false ? '<span class="doubt">does not hold the words of what cites it</span>' : "";
  return (
    `<li><button class="source" data-action="open" data-citation="${number}">` +
    `<span class="number">${number}</span>` +
    `<span class="head"><span class="title">${escapeHtml(titleOf(citation))}</span>` +
    `<span class="place">${escapeHtml(placeOf(citation, pathOf))}</span></span>` +
    `<span class="excerpt">${escapeHtml(text)}</span>${doubt}</button></li>`
  );
}

function footer(turn: Turn): string {
  if (isRunning(turn)) {
    return "";
  }
  const note = `<span class="note ${turn.state}">${escapeHtml(turn.note)}</span>`;
  const copy = turn.text ? '<button data-action="copy">Copy</button>' : "";
  return `<footer>${note}${copy}<button data-action="again">Ask again</button></footer>`;
}
