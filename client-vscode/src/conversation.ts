/** A conversation with the docs: questions with their answers, free of VS Code's API. */

import type { AskParams, AskPartial, AskResult, Citation } from "./protocol";
import { plural } from "./statusText";

/** The file that was open when a question was asked, and what the question is about in it. */
export type About = Pick<AskParams, "textDocument" | "range">;

export interface Turn {
  question: string;
  about: About;
  /** Markdown. */
  text: string;
  citations: Citation[];
  state: "searching" | "writing" | "done" | "stopped" | "failed";
  /** How the answer came about, or why it failed; empty while it is being written. */
  note: string;
}

export type Conversation = readonly Turn[];

/** To be raised when a kept conversation of before can no longer be shown. */
const VERSION = 1;
const NO_MODEL = "No language model: these are the passages themselves";
const MODEL_STARTS = "The language model is starting: ask again in a moment for a written answer";

export function begun(question: string, about: About): Turn {
  return { question, about, text: "", citations: [], state: "searching", note: "" };
}

export function extended(turn: Turn, partial: AskPartial): Turn {
  switch (partial.kind) {
    case "citations":
      return { ...turn, citations: partial.citations, state: "writing" };
    case "text":
      return { ...turn, text: turn.text + partial.text, state: "writing" };
    case "reset":
      return { ...turn, text: "" };
    default:
      return turn; // Of a newer server.
  }
}

/**
 * The final result holds the whole answer, checked; it replaces what was streamed. `generator` is
 * the state of the model that may have written it.
 */
export function completed(turn: Turn, result: AskResult, generator = ""): Turn {
  const { pendingFiles } = result.index;
  const unwritten = generator === "starting" ? MODEL_STARTS : NO_MODEL;
  const notes = [
    result.model ?? (result.abstained ? "" : unwritten),
    `${(result.timings.totalMs / 1000).toFixed(1)} s`,
    pendingFiles > 0 ? `${plural(pendingFiles, "file")} not indexed yet` : "",
  ];
  return {
    ...turn,
    text: result.answer,
    citations: result.citations,
    state: "done",
    note: notes.filter(Boolean).join(" · "),
  };
}

/** The request was stopped by the user (`reason` empty) or failed. What has come stays. */
export function ended(turn: Turn, reason: string): Turn {
  return reason
    ? { ...turn, state: "failed", note: reason }
    : { ...turn, state: "stopped", note: "Stopped." };
}

export function isRunning({ state }: Turn): boolean {
  return state === "searching" || state === "writing";
}

/** The earlier turns as the server wants them: those that have an answer, oldest first. */
export function history(turns: Conversation): { question: string; answer: string }[] {
  return turns
    .filter(({ state }) => state === "done")
    .map(({ question, text }) => ({ question, answer: text }));
}

/** What the page of a conversation keeps, so that it looks the same after a reload. */
export interface Kept {
  version: typeof VERSION;
  conversation: Conversation;
}

export function kept(conversation: Conversation): Kept {
  return { version: VERSION, conversation };
}

/** The conversation that was kept; undefined where it is none, or another version's. */
export function revived(state: unknown): Conversation | undefined {
  const { version, conversation = [] } = (state ?? {}) as Partial<Kept>;
  if (version !== VERSION || conversation.length === 0) {
    return undefined;
  }
  return conversation.map((turn) => (isRunning(turn) ? ended(turn, "") : turn));
}

/** A short name for a conversation's tab. */
export function tabTitle(question: string): string {
  const title = oneLine(question);
  return title.length > 40 ? `${title.slice(0, 39)}…` : title;
}

export function oneLine(text: string): string {
  return text.replace(/\s+/g, " ").trim();
}
