/** The words of the status item and of its details, free of VS Code's API. */

import type { IndexStatus, ServerStatus } from "./protocol";
import type { Remedy } from "./remedies";

/** The server's process, as the client sees it. */
export type Connection =
  | { kind: "starting" }
  | { kind: "running" }
  | { kind: "stopped"; reason: string; remedies: readonly Remedy[] };

export interface StatusSummary {
  text: string;
  detail: string;
  severity: "information" | "warning" | "error";
  busy: boolean;
  /** What a click on it does. */
  next: "details" | "openFolder";
}

export interface StatusLine {
  label: string;
  description: string;
  detail?: string;
  /** The file that the line is about. */
  uri?: string;
}

export const NO_FOLDER =
  "Open a folder: askdocs answers from the documentation of the folder that is open.";

const BUSY_STATES = new Set(["opening", "indexing", "loading", "starting"]);

const QUIET: StatusSummary = {
  text: "askdocs",
  detail: "",
  severity: "information",
  busy: false,
  next: "details",
};

/** Whether the first look at the documents goes on, and nothing can be found in a folder yet. */
export function isEmptyYet({ index, workspaceFolders }: ServerStatus): boolean {
  return [index, ...workspaceFolders.map((folder) => folder.index)].some(
    ({ state, chunks, pendingFiles }) =>
      chunks === 0 && (BUSY_STATES.has(state) || pendingFiles > 0),
  );
}

/** Whether the server runs and has no folder whose documentation it could know. */
export function hasNoFolder({ index, workspaceFolders }: ServerStatus): boolean {
  return workspaceFolders.length === 0 && index.state === "closed";
}

/** What the status bar says while documents are indexed; undefined where none are. */
export function progressOf(
  connection: Connection,
  status: ServerStatus | undefined,
): string | undefined {
  const isIndexing = connection.kind === "running" && status?.index.state === "indexing";
  return isIndexing && status.index.pendingFiles > 0 ? `askdocs: ${toGo(status.index)}` : undefined;
}

/** The few words that the status item shows. */
export function summarise(
  connection: Connection,
  status: ServerStatus | undefined,
): StatusSummary {
  if (connection.kind === "stopped") {
    const detail = firstSentence(connection.reason); // More does not fit; the details have it all.
    return { ...QUIET, text: "askdocs: stopped", detail, severity: "error" };
  }
  if (connection.kind === "starting" || status === undefined) {
    return { ...QUIET, detail: "starting", busy: true };
  }
  if (hasNoFolder(status)) {
    const detail = "answers come from an open folder"; // The whole sentence does not fit.
    return { ...QUIET, text: "askdocs: no folder", detail, next: "openFolder" };
  }
  const { index, embedder, generator } = status;
  const parts = [index, embedder, generator];
  const failed = parts.find((part) => part.state === "failed");
  const isBehind = index.pendingFiles > 0; // The text says so.
  const detail = [
    ...(isBehind ? [] : [`index ${words(index.state, plural(index.files, "file"))}`]),
    `embedder ${embedder.state}`,
    `generator ${generator.state}`,
    ...(failed?.detail ? [failed.detail] : []),
  ];
  return {
    ...QUIET,
    text: isBehind ? `askdocs: ${toGo(index)}` : "askdocs",
    detail: detail.join(" · "),
    severity: index.state === "failed" ? "error" : failed ? "warning" : "information",
    busy: parts.some(({ state }) => BUSY_STATES.has(state)) || isBehind,
  };
}

/** One line for each part of the server, and one for each file that is not in the index. */
export function details(connection: Connection, status: ServerStatus | undefined): StatusLine[] {
  if (connection.kind === "stopped") {
    return [line("Server", "stopped", connection.reason)];
  }
  if (connection.kind === "starting" || status === undefined) {
    return [line("Server", "starting")];
  }
  const { index, embedder, reranker, verifier, generator } = status;
  if (hasNoFolder(status)) {
    return [line("Index", "no folder is open", index.detail ?? NO_FOLDER), ...leaving(status)];
  }
  return [
    line("Index", indexWords(status), index.detail),
    line("Embedder", words(embedder.state, embedder.model, embedder.device), embedder.detail),
    ...(reranker
      ? [line("Re-ranker", words(reranker.state, reranker.model, reranker.device), reranker.detail)]
      : []),
    ...(verifier
      ? [line("Verifier", words(verifier.state, verifier.model, verifier.device), verifier.detail)]
      : []),
    line("Generator", words(generator.state, generator.model, generator.where), generator.detail),
    ...leaving(status),
    ...index.skipped.map((file) => ({
      ...line(file.path, "not in the index", file.reason),
      uri: file.uri,
    })),
    ...(index.unread ?? []).map((row) =>
      line(
        row.kind.startsWith(".") ? plural(row.files, `${row.kind} file`) : row.kind,
        "not read",
        row.reason,
      ),
    ),
  ];
}

/** `1 file`, `1,204 files`. */
export function plural(count: number, noun: string): string {
  return `${count.toLocaleString("en-US")} ${noun}${count === 1 ? "" : "s"}`;
}

function indexWords({ index }: ServerStatus): string {
  return words(
    index.state,
    plural(index.files, "file"),
    plural(index.chunks, "chunk"),
    index.pendingFiles > 0 ? toGo(index) : "",
    index.skipped.length > 0 ? `${index.skipped.length} skipped` : "",
    `generation ${index.generation}`,
  );
}

/** The two passes: names and words of files, which answer at once, then vectors of their chunks. */
function toGo({ pendingFiles, pendingReads, pendingChunks = 0 }: IndexStatus): string {
  const reads = pendingReads ?? (pendingChunks > 0 ? 0 : pendingFiles);
  const parts = [
    reads > 0 ? `${plural(reads, "file")} to read` : "",
    pendingChunks > 0 ? `${plural(pendingChunks, "chunk")} to embed` : "",
  ].filter(Boolean);
  return parts.join(", ") || `${plural(pendingFiles, "file")} to go`;
}

/** What leaves the machine, and where to. */
function leaving({ leaves }: ServerStatus): StatusLine[] {
  if (leaves?.length === 0) {
    return [line("Network", "nothing leaves this machine")];
  }
  return (leaves ?? []).map(({ what, to }) => line("Network", `to ${to}`, what));
}

function firstSentence(text: string): string {
  return /^.*?[.:](?=\s|$)/.exec(text)?.[0] ?? text;
}

/** The parts that say something; the server leaves a model's name empty until it has chosen one. */
function words(...parts: string[]): string {
  return parts.filter(Boolean).join(" · ");
}

function line(label: string, description: string, detail?: string): StatusLine {
  return detail ? { label, description, detail } : { label, description };
}
