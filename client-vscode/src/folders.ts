/** The folders that are open: they hold the documentation, and without any there is none. */

import { type WorkspaceFolder, commands, window, workspace } from "vscode";

export class NoFolder extends Error {
  constructor() {
    super("No folder is open: open the folder whose documentation you want to ask.");
  }
}

/** The folders of this window, at least one. Throws NoFolder. */
export function openFolders(): readonly WorkspaceFolder[] {
  const folders = workspace.workspaceFolders ?? [];
  if (folders.length === 0) {
    throw new NoFolder();
  }
  return folders;
}

/** Shows what is missing, and a button for it. */
export async function offerToOpen(missing: NoFolder): Promise<void> {
  const open = "Open folder";
  if ((await window.showInformationMessage(missing.message, open)) === open) {
    await commands.executeCommand("vscode.openFolder");
  }
}
