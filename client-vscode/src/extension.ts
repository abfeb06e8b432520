/** Wires the parts together; each does its one job in its own file. */

import { type ExtensionContext, commands, window, workspace } from "vscode";
import { Answers } from "./answers";
import { ask, askSelection } from "./ask";
import { registerChat } from "./chat";
import { showContents } from "./contents";
import { NoFolder, offerToOpen } from "./folders";
import { installServer } from "./install";
import { createLog, messageOf } from "./log";
import { Passages } from "./passage";
import { reindex } from "./reindex";
import { search } from "./search";
import { Server, ServerUnavailable } from "./server";
import { SECTION, Settings } from "./settings";
import { showProgress, showStatus, showStatusItem } from "./status";
import { registerTool } from "./tool";

let server: Server | undefined;

export function activate(context: ExtensionContext): void {
  const log = createLog();
  const passages = new Passages();
  const theServer = new Server(new Settings(context.extension.packageJSON), log);
  server = theServer;

  /** Tells of a failure once, in words. */
  const tell = (error: unknown): void => {
    if (error instanceof ServerUnavailable) {
      return; // The server has told it.
    }
    if (error instanceof NoFolder) {
      void offerToOpen(error);
      return;
    }
    log.error(messageOf(error));
    void window.showErrorMessage(`askdocs: ${messageOf(error)}`, "Show log").then((choice) => {
      if (choice) {
        log.show();
      }
    });
  };
  const command = (name: string, work: () => Promise<void> | void) =>
    commands.registerCommand(`askdocs.${name}`, async () => {
      await Promise.resolve(work()).catch(tell);
    });
  const extension = context.extensionUri;
  const answers = new Answers({ server: theServer, passages, extension, tell });

  context.subscriptions.push(
    log,
    passages,
    answers,
    theServer,
    showStatusItem(theServer),
    showProgress(theServer),
    registerChat(theServer, extension),
    registerTool(theServer),
    command("ask", () => ask(theServer, answers)),
    command("askSelection", () => askSelection(theServer, answers)),
    command("search", () => search(theServer, passages)),
    command("contents", () => showContents(theServer)),
    command("reindex", () => reindex(theServer)),
    command("showStatus", () => {
      showStatus(theServer);
    }),
    command("install", () => installServer(theServer, extension)),
    command("restart", () => theServer.restart()),
    command("showLog", () => {
      log.show();
    }),
    workspace.onDidChangeConfiguration((event) => {
      if (event.affectsConfiguration(`${SECTION}.server`)) {
        void theServer.restart();
      } else if (event.affectsConfiguration(SECTION)) {
        void theServer.sendSettings();
      }
    }),
    workspace.onDidGrantWorkspaceTrust(() => {
      if (theServer.connection.kind !== "running") {
        void theServer.restart(); // The workspace's .venv may hold the server.
      }
    }),
  );
  void theServer.restart();
}

export async function deactivate(): Promise<void> {
  await server?.stop();
}
