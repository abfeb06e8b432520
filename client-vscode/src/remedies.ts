/** What can be done about the server, as buttons of a message and as rows of the status. */

import { commands, window } from "vscode";

export interface Remedy {
  title: string;
  command: string;
  argument?: string;
  /** The name of one of VS Code's icons. */
  icon: string;
}

export const INSTALL: Remedy = {
  title: "Install with uv",
  command: "askdocs.install",
  icon: "cloud-download",
};
export const TRUST: Remedy = {
  title: "Manage trust",
  command: "workbench.trust.manage",
  icon: "shield",
};
export const OPEN_FOLDER: Remedy = {
  title: "Open Folder",
  command: "vscode.openFolder",
  icon: "folder-opened",
};
export const OPEN_SETTINGS: Remedy = {
  title: "Open settings",
  command: "workbench.action.openSettings",
  argument: "askdocs.server",
  icon: "settings-gear",
};
export const WSL: Remedy = {
  title: "How to use WSL",
  command: "vscode.open",
  argument: "https://code.visualstudio.com/docs/remote/wsl",
  icon: "link-external",
};
export const REINDEX: Remedy = { title: "Reindex", command: "askdocs.reindex", icon: "refresh" };
export const CONTENTS: Remedy = {
  title: "Show what is indexed",
  command: "askdocs.contents",
  icon: "list-tree",
};
export const RESTART: Remedy = {
  title: "Restart server",
  command: "askdocs.restart",
  icon: "debug-restart",
};
export const SHOW_LOG: Remedy = { title: "Show log", command: "askdocs.showLog", icon: "output" };

/** Shows an error and does what the user chooses. */
export async function offer(problem: string, remedies: readonly Remedy[]): Promise<void> {
  const title = await window.showErrorMessage(problem, ...remedies.map((remedy) => remedy.title));
  const chosen = remedies.find((remedy) => remedy.title === title);
  if (chosen) {
    await apply(chosen);
  }
}

export async function apply({ command, argument }: Remedy): Promise<void> {
  await commands.executeCommand(command, ...(argument === undefined ? [] : [argument]));
}
