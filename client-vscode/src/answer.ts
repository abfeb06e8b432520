/** An answer as text with links into the files that it cites, free of VS Code's API. */

import type { Range } from "vscode-languageclient/node";
import type { AskPartial, AskResult, Citation } from "./protocol";
import { plural } from "./statusText";

export interface Answer {
  question: string;
  text: string;
  citations: Citation[];
  state: "searching" | "writing" | "done" | "stopped" | "failed";
  /** How it came about, or why it failed; empty while it is being written. */
  note: string;
}

/** A stretch of the rendered text (offsets, `end` exclusive) that opens a cited passage. */
export interface AnswerLink {
  start: number;
  end: number;
  citation: Citation;
}

export interface RenderedAnswer {
  text: string;
  links: AnswerLink[];
}

const EXCERPT_LINES = 4;
const WHILE_EMPTY = { searching: "Searching …", writing: "…", done: "", stopped: "", failed: "" };

export function begun(question: string): Answer {
  return { question, text: "", citations: [], state: "searching", note: "" };
}

export function extended(answer: Answer, partial: AskPartial): Answer {
  return partial.kind === "citations"
    ? { ...answer, citations: partial.citations, state: "writing" }
    : { ...answer, text: answer.text + partial.text, state: "writing" };
}

/** The final result holds the whole answer, checked; it replaces what was streamed. */
export function completed(answer: Answer, result: AskResult): Answer {
  const { pendingFiles } = result.index;
  const notes = [
    result.model ?? "No language model wrote this: the passages speak for themselves.",
    `${(result.timings.totalMs / 1000).toFixed(1)} s`,
    pendingFiles > 0 ? `${plural(pendingFiles, "file")} not indexed yet` : "",
  ];
  return {
    ...answer,
    text: result.answer,
    citations: result.citations,
    state: "done",
    note: notes.filter(Boolean).join(" · "),
  };
}

/** The request was stopped by the user (`reason` empty) or failed. What has come stays. */
export function ended(answer: Answer, reason: string): Answer {
  return reason
    ? { ...answer, state: "failed", note: reason }
    : { ...answer, state: "stopped", note: "Stopped." };
}

/** `pathOf` turns a citation's URI into the path that is shown. */
export function render(answer: Answer, pathOf: (uri: string) => string): RenderedAnswer {
  const body = answer.text === "" ? WHILE_EMPTY[answer.state] : answer.text;
  let text = `# ${oneLine(answer.question)}\n\n`;
  const links = referencesIn(body, answer.citations, text.length);
  text += `${body.trimEnd()}\n`;
  if (answer.citations.length > 0) {
    text += "\n## Sources\n";
  }
  for (const citation of answer.citations) {
    text += "\n";
    const label = `[${citation.number}] ${pathOf(citation.uri)}:${lineSpan(citation.range)}`;
    links.push({ start: text.length, end: text.length + label.length, citation });
    text += `${label} — ${oneLine(citation.title)}${doubt(citation)}\n${quoted(citation.excerpt)}`;
  }
  const closing = answer.state === "failed" ? `Failed: ${answer.note}` : answer.note;
  return { text: closing ? `${text}\n---\n${closing}\n` : text, links };
}

/** The fragment of a link that opens a file at these lines: `L12`, or `L12-L20`. */
export function lineFragment(range: Range): string {
  const [first, last] = lines(range);
  return first === last ? `L${first}` : `L${first}-L${last}`;
}

/** A short name for an answer's tab; a slash would cut it. */
export function tabTitle(question: string): string {
  const title = oneLine(question).replace(/[/\\]/g, "∕");
  return title.length > 50 ? `${title.slice(0, 49)}…` : title;
}

function referencesIn(body: string, citations: Citation[], offset: number): AnswerLink[] {
  const byNumber = new Map(citations.map((citation) => [citation.number, citation]));
  return [...body.matchAll(/\[(\d+)\]/g)].flatMap((match) => {
    const citation = byNumber.get(Number(match[1]));
    const start = offset + match.index;
    return citation ? [{ start, end: start + match[0].length, citation }] : [];
  });
}

function lineSpan(range: Range): string {
  const [first, last] = lines(range);
  return first === last ? `${first}` : `${first}-${last}`;
}

/** First and last line, counted from 1. A range that ends before a line's first character stops. */
function lines({ start, end }: Range): [first: number, last: number] {
  const last = end.character === 0 && end.line > start.line ? end.line : end.line + 1;
  return [start.line + 1, last];
}

function doubt(citation: Citation): string {
  return citation.verified === false ? " (does not confirm what cites it)" : "";
}

function quoted(excerpt: string): string {
  const all = excerpt.trim().split(/\r?\n/);
  const shown = all.length > EXCERPT_LINES ? [...all.slice(0, EXCERPT_LINES), "…"] : all;
  return shown.map((line) => `> ${line}`.trimEnd() + "\n").join("");
}

function oneLine(text: string): string {
  return text.replace(/\s+/g, " ").trim();
}
