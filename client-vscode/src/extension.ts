/** Wires the parts together; each does its one job in its own file. */

import { type ExtensionContext, commands, window, workspace } from "vscode";
import { Answers } from "./answers";
import { ask, askSelection } from "./ask";
import { createLog, messageOf } from "./log";
import { reindex } from "./reindex";
import { search } from "./search";
import { Server, ServerUnavailable } from "./server";
import { SECTION, Settings } from "./settings";
import { showStatus, showStatusItem } from "./status";

let server: Server | undefined;

export function activate(context: ExtensionContext): void {
  const log = createLog();
  const answers = new Answers();
  const theServer = new Server(new Settings(context.extension.packageJSON), log);
  server = theServer;

  /** Registers a command whose failure is told once, in words. */
  const command = (name: string, work: () => Promise<void> | void) =>
    commands.registerCommand(`askdocs.${name}`, async () => {
      try {
        await work();
      } catch (error) {
        if (error instanceof ServerUnavailable) {
          return; // The server has told it.
        }
        log.error(`${name}: ${messageOf(error)}`);
        const choice = await window.showErrorMessage(`askdocs: ${messageOf(error)}`, "Show log");
        if (choice) {
          log.show();
        }
      }
    });

  context.subscriptions.push(
    log,
    answers,
    theServer,
    showStatusItem(theServer, log),
    command("ask", () => ask(theServer, answers)),
    command("askSelection", () => askSelection(theServer, answers)),
    command("search", () => search(theServer)),
    command("reindex", () => reindex(theServer)),
    command("showStatus", () => showStatus(theServer)),
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
      if (theServer.connection.kind === "stopped") {
        void theServer.restart(); // The workspace's .venv may hold the server.
      }
    }),
  );
  void theServer.restart();
}

export async function deactivate(): Promise<void> {
  await server?.stop();
}
