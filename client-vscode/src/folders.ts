/** The folders that are open: they hold the documentation, and without any there is none. */

import { type WorkspaceFolder, window, workspace } from "vscode";
import { OPEN_FOLDER, apply } from "./remedies";
import { NO_FOLDER } from "./statusText";

export class NoFolder extends Error {
  constructor() {
    super(NO_FOLDER);
  }
}

/** The folders of this window that are on a disk, at least one. Throws NoFolder. */
export function openFolders(): readonly WorkspaceFolder[] {
  const folders = (workspace.workspaceFolders ?? []).filter(({ uri }) => uri.scheme === "file");
  if (folders.length === 0) {
    throw new NoFolder();
  }
  return folders;
}

/** Shows what is missing, and a button for it. */
export async function offerToOpen(missing: NoFolder): Promise<void> {
  const { title } = OPEN_FOLDER;
  if ((await window.showInformationMessage(missing.message, title)) === title) {
    await apply(OPEN_FOLDER);
  }
}
