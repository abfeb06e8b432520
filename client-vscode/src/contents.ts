/** The command "Show what is indexed": the files of the index, and what is left out, and why. */

import { QuickPickItemKind, type QuickPickItem, Uri, window } from "vscode";
import { type ContentsLine, contentsLines } from "./contentsText";
import { openFolders } from "./folders";
import { type ContentsResult, Method } from "./protocol";
import type { Server } from "./server";
import { plural } from "./statusText";

/** Shows the list; a file that is picked is opened. */
export async function showContents(server: Server): Promise<void> {
  openFolders();
  await server.ready();
  const result = await server.request<ContentsResult>(Method.contents, {});
  const picked = await window.showQuickPick(contentsLines(result).map(itemOf), {
    title: "askdocs: what is indexed",
    placeHolder: `${plural(result.files.length, "file")}, ${result.leftOut.length} left out`,
    matchOnDescription: true,
    matchOnDetail: true,
  });
  if (picked?.uri) {
    await window.showTextDocument(Uri.parse(picked.uri));
  }
}

function itemOf({ heading, ...line }: ContentsLine): QuickPickItem & { uri?: string } {
  return heading ? { label: line.label, kind: QuickPickItemKind.Separator } : line;
}
