/** The one log of the extension and of its server: "askdocs" in the Output view. */

import { type LogOutputChannel, window } from "vscode";

export function createLog(): LogOutputChannel {
  return window.createOutputChannel("askdocs", { log: true });
}

/** The words of anything that was thrown. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
