/** What can be done about a server that does not run, as buttons of the message about it. */

import { commands, window } from "vscode";

interface Remedy {
  title: string;
  command: string;
  argument?: string;
}

export const INSTALL: Remedy = { title: "Install with uv", command: "askdocs.install" };
export const RESTART: Remedy = { title: "Restart server", command: "askdocs.restart" };
export const SHOW_LOG: Remedy = { title: "Show log", command: "askdocs.showLog" };
export const OPEN_SETTINGS: Remedy = {
  title: "Open settings",
  command: "workbench.action.openSettings",
  argument: "askdocs.server",
};

/** Shows an error and does what the user chooses. */
export async function offer(problem: string, remedies: readonly Remedy[]): Promise<void> {
  const title = await window.showErrorMessage(problem, ...remedies.map((remedy) => remedy.title));
  const chosen = remedies.find((remedy) => remedy.title === title);
  if (chosen) {
    await commands.executeCommand(chosen.command, chosen.argument);
  }
}
