/** The end of a server's process, and what it does to those who still wait for an answer. */

import type { ChildProcess } from "node:child_process";
import { once } from "node:events";
import { ErrorCodes, ResponseError } from "vscode-languageclient/node";
import { messageOf } from "./log";

const EXIT_TIMEOUT_MS = 5_000;
/** The connection went while a request waited for its answer, or before it could be sent. */
const ENDED = new Set<number>([ErrorCodes.PendingResponseRejected, ErrorCodes.ConnectionInactive]);

/** Waits until a process has ended. The language client kills one that does not. */
export async function exited(process: ChildProcess | undefined): Promise<void> {
  if (process?.exitCode === null && process.signalCode === null) {
    await once(process, "exit", { signal: AbortSignal.timeout(EXIT_TIMEOUT_MS) }).catch(() => []);
  }
}

/** The result of a request. Where the server ends before it answers, the error says what to do. */
export async function answered<R>(request: Promise<R>): Promise<R> {
  try {
    return await request;
  } catch (error) {
    throw hasEnded(error)
      ? new Error("The server ended before it had answered. It starts again: repeat the request.")
      : error;
  }
}

/** What the server answered to `initialize`; undefined where it has ended instead. */
export function refusal(error: unknown): string | undefined {
  return hasEnded(error) ? undefined : messageOf(error);
}

function hasEnded(error: unknown): boolean {
  return error instanceof ResponseError && ENDED.has(error.code);
}
