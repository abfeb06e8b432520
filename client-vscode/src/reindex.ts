/** The command "Reindex": makes the index equal to the disk and says what that took. */

import { ProgressLocation, window } from "vscode";
import { openFolders } from "./folders";
import { Method, type ReindexResult } from "./protocol";
import type { Server } from "./server";
import { plural } from "./statusText";

export async function reindex(server: Server): Promise<void> {
  openFolders();
  const options = { location: ProgressLocation.Window, title: "askdocs: indexing" };
  const result = await window.withProgress(options, () =>
    server.request<ReindexResult>(Method.reindex, {}),
  );
  void window.showInformationMessage(
    `askdocs: ${plural(result.files, "file")} indexed in ${result.seconds.toFixed(1)} s, ` +
      `${plural(result.embedded, "chunk")} embedded, ${result.deleted} deleted.`,
  );
}
