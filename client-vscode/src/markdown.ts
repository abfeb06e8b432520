/**
 * Markdown as HTML in which nothing loads, runs or leads astray, free of VS Code's API.
 *
 * The text was written by a model or by whoever wrote the documents: raw HTML is shown as text, an
 * image as its description. A link to a file of the workspace becomes a button, as does `[n]` where
 * the answer has such a citation; of other links than those to the web only the words stay.
 */

import MarkdownIt from "markdown-it";
import { oneLine } from "./conversation";
import { lineSpan } from "./lines";
import type { Citation, Passage } from "./protocol";

/** The name of a file for people: relative to its workspace folder, where it is in one. */
export type PathOf = (uri: string) => string;

/** Lists and headings of this width show a title as a whole. */
const TITLE_CHARACTERS = 80;
const WEB = /^https?:\/\//i;
const FILE = /^file:\/\/\//i;
const ABSOLUTE = /^([/\\]|[a-z]:|file:)/i;
const CODE = new Set(["fence", "code_block"]);
const BREAKS = new Set(["softbreak", "hardbreak"]);
const REFERENCE = /\[(\d{1,3})\](?!\()/y;

/** What rendering one answer needs to know beside its text. */
interface Environment {
  citations: ReadonlyMap<number, Citation>;
  pathOf: PathOf;
}

const environment = (given: unknown): Environment => given as Environment;

const markdown = new MarkdownIt({ html: false, linkify: false, breaks: false });
markdown.validateLink = () => true; // What is no link to the web loses its marks below.
markdown.renderer.rules.image = (tokens, index) => escapeHtml(tokens[index]?.content ?? "");

markdown.core.ruler.push("harmless_links", ({ tokens, env }) => {
  for (const token of tokens) {
    let tag = ""; // Links do not nest.
    token.children = (token.children ?? []).filter((child) => {
      if (child.type !== "link_open" && child.type !== "link_close") {
        return true;
      }
      if (child.type === "link_open") {
        const target = String(child.attrGet("href"));
        tag = WEB.test(target) ? "a" : isInside(target, environment(env)) ? "button" : "";
        if (tag === "button") {
          child.attrs = fileAttributes(target);
        }
      }
      child.tag = tag;
      return tag !== "";
    });
  }
});

markdown.inline.ruler.before("link", "citation", (state, silent) => {
  REFERENCE.lastIndex = state.pos;
  const number = Number(REFERENCE.exec(state.src)?.[1] ?? NaN);
  if (!environment(state.env).citations.has(number)) {
    return false;
  }
  if (!silent) {
    state.push("citation", "button", 0).meta = { number };
  }
  state.pos = REFERENCE.lastIndex;
  return true;
});

markdown.renderer.rules.citation = (tokens, index, _options, env) => {
  const { citations, pathOf } = environment(env);
  const citation = citations.get(Number(tokens[index]?.meta?.number));
  return citation ? citationButton(citation, pathOf) : "";
};

/** Renders an answer. */
export function safeHtml(text: string, citations: readonly Citation[], pathOf: PathOf): string {
  const byNumber = new Map(citations.map((citation) => [citation.number, citation]));
  return markdown.render(text, { citations: byNumber, pathOf });
}

/** What Markdown says, in one line without its marks. */
export function plainText(text: string): string {
  const tokens = markdown.parse(text, { citations: new Map(), pathOf: (uri: string) => uri });
  const parts = tokens.flatMap(({ type, content, children }) =>
    type === "inline" ? [wordsOf(children ?? [])] : CODE.has(type) ? [content] : [],
  );
  return parts.join(" ").replace(/\s+/g, " ").trim();
}

/** Where a citation leads, as it is shown: `docs/auth.md:31-44`. */
export function placeOf({ uri, range }: Citation, pathOf: PathOf): string {
  return `${pathOf(uri)}:${lineSpan(range)}`;
}

/** Where a passage stands among the headings, in one line; outer ones make way for inner ones. */
export function titleOf({ breadcrumb, title }: Pick<Passage, "breadcrumb" | "title">): string {
  const headings = typeof breadcrumb === "string" ? breadcrumb.split(" > ") : (breadcrumb ?? []);
  const [own = oneLine(title), ...outer] = headings.map(oneLine).filter(Boolean).reverse();
  let shown = own;
  for (const heading of outer) {
    const longer = `${heading} › ${shown}`;
    if (longer.length > TITLE_CHARACTERS) {
      return `… › ${shown}`;
    }
    shown = longer;
  }
  return shown;
}

/** The words that an answer takes from a passage, as text. */
export function quotesOf({ quotes }: Citation): string[] {
  return (quotes ?? []).map(({ text }) => `“${plainText(text)}”`);
}

/** Text in which no character means anything to HTML. */
export const escapeHtml = (text: string): string => markdown.utils.escapeHtml(text);

/** Whether a link leads to a file of the workspace: only there paths are relative. */
function isInside(target: string, { pathOf }: Environment): boolean {
  const path = FILE.test(target) ? pathOf(target) : "";
  return path !== "" && !ABSOLUTE.test(path) && !path.split(/[/\\]/).includes("..");
}

function fileAttributes(target: string): [string, string][] {
  return [
    ["class", "file"],
    ["data-action", "follow"],
    ["data-target", target],
  ];
}

function wordsOf(tokens: readonly { type: string; content: string }[]): string {
  return tokens.map(({ type, content }) => (BREAKS.has(type) ? " " : content)).join("");
}

function citationButton(citation: Citation, pathOf: PathOf): string {
  const { number } = citation;
  const source = `${titleOf(citation)} (${placeOf(citation, pathOf)})`;
  const hint = escapeHtml([...quotesOf(citation), source].join("\n"));
  return (
    `<button class="citation" data-action="open" data-citation="${number}" ` +
    `title="${hint}" aria-label="Source ${number}: ${hint}">${number}</button>`
  );
}
