/** The wire: askdocs' own requests and notifications, beside those of the protocol itself. */

import type {
  Location,
  Range,
  TextDocumentIdentifier,
  TextDocumentPositionParams,
} from "vscode-languageclient/node";

export const Method = {
  ask: "askdocs/ask",
  hover: "askdocs/hover",
  search: "askdocs/search",
  status: "askdocs/status",
  statusChanged: "askdocs/statusChanged",
  reindex: "askdocs/reindex",
  contents: "askdocs/contents",
} as const;

/** A hover, with where other language servers say that the symbol is defined, best first. */
export interface HoverParams extends TextDocumentPositionParams {
  definitions: Location[];
}

export interface AskParams {
  question: string;
  textDocument?: TextDocumentIdentifier;
  range?: Range;
  history?: { question: string; answer: string }[];
  partialResultToken?: string;
}

/** A passage of the documentation. Servers of before know no breadcrumb of search results. */
export interface Passage extends Location {
  title: string;
  excerpt: string;
  score: number;
  /** The path of headings that leads to the passage, its own last, joined by ` > ` or as a list. */
  breadcrumb?: string | string[];
}

/** A passage that an answer rests on. `number` is what `[n]` in the answer refers to. */
export interface Citation extends Passage {
  number: number;
  /** Whether the passage holds the words of what cites it; null where nothing cites it. */
  verified: boolean | null;
  quotes?: Quote[];
}

/** Words that a statement rests on; the range is the passage's where their own is not known. */
export interface Quote {
  text: string;
  range: Range;
}

/**
 * One partial result of a question: first all citations, then pieces of text in order. A reset
 * withdraws the text so far: what a model writes comes in the place of quotes. Kinds that are not
 * known are to be ignored.
 */
export type AskPartial =
  | { kind: "citations"; citations: Citation[] }
  | { kind: "text"; text: string }
  | { kind: "reset" };

export interface AskResult {
  answer: string;
  citations: Citation[];
  /** True where nothing relevant was found, and the answer says so. */
  abstained: boolean;
  /** The model that wrote the answer; null where passages stand for themselves. */
  model: string | null;
  index: IndexFreshness;
  timings: {
    retrieveMs: number;
    rewriteMs: number | null;
    firstTokenMs: number | null;
    totalMs: number;
  };
}

export interface IndexFreshness {
  generation: number;
  pendingFiles: number;
}

export interface SearchParams {
  query: string;
  limit?: number;
}

export interface SearchResult {
  hits: Passage[];
  index: IndexFreshness;
}

/** What the server is doing. States are the server's words; unknown ones are shown as they are. */
export interface ServerStatus {
  /** Of all folders together. */
  index: IndexStatus;
  embedder: { state: string; model: string; device: string; detail?: string };
  reranker?: { state: string; model: string; device: string; detail?: string };
  verifier?: { state: string; model: string; device: string; detail?: string };
  generator: { state: string; model: string; where: string; detail?: string };
  workspaceFolders: { index: IndexStatus }[];
  /** What goes over the network, and where to; servers of before do not say. */
  leaves?: { what: string; to: string }[];
}

export interface IndexStatus {
  state: string;
  files: number;
  chunks: number;
  pendingFiles: number;
  /** Those of the files that wait to be read; the others wait for vectors of their passages. */
  pendingReads?: number;
  /** Passages that searches by meaning do not know yet. */
  pendingChunks?: number;
  generation: number;
  skipped: { uri: string; path: string; reason: string }[];
  unread?: { kind: string; files: number; reason: string }[];
  detail?: string;
}

/** What the index holds of each file, and what it leaves out. */
export interface ContentsResult {
  files: IndexedFile[];
  leftOut: { path: string; reason: string }[];
  index: IndexFreshness;
}

export interface IndexedFile {
  uri: string;
  path: string;
  kind: string;
  chunks: number;
  /** The kind of text for which it ranks behind the manual, such as a changelog. */
  behind: string | null;
}

export interface ReindexResult {
  files: number;
  chunks: number;
  embedded: number;
  deleted: number;
  seconds: number;
}
