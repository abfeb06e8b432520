/** The words of the status item and of its details, free of VS Code's API. */

import type { ServerStatus } from "./protocol";
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
}

export interface StatusLine {
  label: string;
  description: string;
  detail?: string;
  /** The file that the line is about. */
  uri?: string;
}

const BUSY_STATES = new Set(["opening", "indexing", "loading", "starting"]);

/** Whether the first look at the documents goes on, and nothing can be found in a folder yet. */
export function isEmptyYet({ index, workspaceFolders }: ServerStatus): boolean {
  return [index, ...workspaceFolders.map((folder) => folder.index)].some(
    ({ state, chunks, pendingFiles }) =>
      chunks === 0 && (BUSY_STATES.has(state) || pendingFiles > 0),
  );
}

/** The few words that the status item shows. */
export function summarise(
  connection: Connection,
  status: ServerStatus | undefined,
): StatusSummary {
  if (connection.kind === "stopped") {
    const detail = firstSentence(connection.reason); // More does not fit; the details have it all.
    return { text: "askdocs: stopped", detail, severity: "error", busy: false };
  }
  if (connection.kind === "starting" || status === undefined) {
    return { text: "askdocs", detail: "starting", severity: "information", busy: true };
  }
  const { index, embedder, generator } = status;
  const parts = [index, embedder, generator];
  const failed = parts.find((part) => part.state === "failed");
  const detail = [
    `index ${index.pendingFiles > 0 ? index.state : words(index.state, plural(index.files, "file"))}`,
    `embedder ${embedder.state}`,
    `generator ${generator.state}`,
    ...(failed?.detail ? [failed.detail] : []),
  ];
  return {
    text: index.pendingFiles > 0 ? `askdocs: ${plural(index.pendingFiles, "file")} to go` : "askdocs",
    detail: detail.join(" · "),
    severity: index.state === "failed" ? "error" : failed ? "warning" : "information",
    busy: parts.some(({ state }) => BUSY_STATES.has(state)) || index.pendingFiles > 0,
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
    index.pendingFiles > 0 ? `${plural(index.pendingFiles, "file")} to go` : "",
    index.pendingChunks ? `${plural(index.pendingChunks, "chunk")} without a vector` : "",
    index.skipped.length > 0 ? `${index.skipped.length} skipped` : "",
    `generation ${index.generation}`,
  );
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
