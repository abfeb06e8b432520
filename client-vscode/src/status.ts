/** Shows what the server does: a language status item, and its details in a list. */

import {
  LanguageStatusSeverity,
  type LogOutputChannel,
  QuickPickItemKind,
  type QuickPickItem,
  Uri,
  commands,
  languages,
  window,
} from "vscode";
import { DOCUMENTS } from "./client";
import { messageOf } from "./log";
import { Method, type ServerStatus } from "./protocol";
import type { Server } from "./server";
import { details, summarise } from "./statusText";

const SEVERITIES = {
  information: LanguageStatusSeverity.Information,
  warning: LanguageStatusSeverity.Warning,
  error: LanguageStatusSeverity.Error,
};

interface StatusItem extends QuickPickItem {
  command?: string;
  uri?: string;
}

/** Keeps the language status item in step with the server. */
export function showStatusItem(server: Server, log: LogOutputChannel): { dispose: () => void } {
  const item = languages.createLanguageStatusItem("askdocs.status", [...DOCUMENTS]);
  item.name = "askdocs";
  item.command = { command: "askdocs.showStatus", title: "Details" };
  let status: ServerStatus | undefined;

  function show(): void {
    const summary = summarise(server.connection, status);
    item.text = summary.text;
    item.detail = summary.detail;
    item.severity = SEVERITIES[summary.severity];
    item.busy = summary.busy;
  }

  const subscriptions = [
    item,
    server.onDidChangeStatus((changed) => {
      status = changed;
      show();
    }),
    server.onDidChangeConnection(({ kind }) => {
      status = undefined;
      show();
      if (kind === "running") {
        // The server announces changes; how things stand now has to be asked for.
        server.request<ServerStatus>(Method.status, {}).then(
          (current) => {
            status ??= current;
            show();
          },
          (error: unknown) => {
            log.warn(`The status could not be read: ${messageOf(error)}`);
          },
        );
      }
    }),
  ];
  show();
  return {
    dispose: () => {
      for (const one of subscriptions) {
        one.dispose();
      }
    },
  };
}

/** The command "Show status": a list of details and of what can be done about them. */
export async function showStatus(server: Server): Promise<void> {
  const picked = await window.showQuickPick<StatusItem>(statusItems(server), {
    title: "askdocs: status",
    placeHolder: "What askdocs is doing",
    matchOnDescription: true,
  });
  if (picked?.command) {
    await commands.executeCommand(picked.command);
  } else if (picked?.uri) {
    await commands.executeCommand("vscode.open", Uri.parse(picked.uri));
  }
}

async function statusItems(server: Server): Promise<StatusItem[]> {
  const { connection } = server;
  const lines =
    connection.kind === "running"
      ? details(await server.request<ServerStatus>(Method.status, {}))
      : [{ label: "Server", ...notRunning(connection) }];
  return [
    ...lines,
    { label: "", kind: QuickPickItemKind.Separator },
    { label: "$(refresh) Reindex", command: "askdocs.reindex" },
    { label: "$(debug-restart) Restart server", command: "askdocs.restart" },
    { label: "$(output) Show log", command: "askdocs.showLog" },
  ];
}

function notRunning(connection: Server["connection"]): { description: string; detail?: string } {
  return connection.kind === "stopped"
    ? { description: "stopped", detail: connection.reason }
    : { description: connection.kind };
}
