/** Shows what the server does: a language status item, and its details in a list. */

import {
  Disposable,
  LanguageStatusSeverity,
  QuickPickItemKind,
  type QuickPickItem,
  StatusBarAlignment,
  Uri,
  commands,
  languages,
  window,
} from "vscode";
import { DOCUMENTS } from "./client";
import { Patient } from "./patient";
import { CONTENTS, OPEN_FOLDER, REINDEX, RESTART, type Remedy, SHOW_LOG, apply } from "./remedies";
import type { Server } from "./server";
import { details, hasNoFolder, progressOf, summarise } from "./statusText";

/** Indexing that ends sooner, such as that of one saved file, is no news. */
const PATIENCE_MS = 500;
const DETAILS = { command: "askdocs.showStatus", title: "Details" };

const SEVERITIES = {
  information: LanguageStatusSeverity.Information,
  warning: LanguageStatusSeverity.Warning,
  error: LanguageStatusSeverity.Error,
};

interface StatusItem extends QuickPickItem {
  remedy?: Remedy;
  uri?: string;
}

/** Keeps the language status item in step with the server. */
export function showStatusItem(server: Server): Disposable {
  const item = languages.createLanguageStatusItem("askdocs.status", [...DOCUMENTS]);
  item.name = "askdocs";

  function show(): void {
    const summary = summarise(server.connection, server.status);
    item.text = summary.text;
    item.detail = summary.detail;
    item.severity = SEVERITIES[summary.severity];
    item.busy = summary.busy;
    item.command = summary.next === "openFolder" ? OPEN_FOLDER : DETAILS;
  }

  show();
  return Disposable.from(item, server.onDidChange(show));
}

/** Shows in the status bar how much is left to index, for as long as there is. */
export function showProgress(server: Server): Disposable {
  const item = window.createStatusBarItem("askdocs.progress", StatusBarAlignment.Left);
  item.name = "askdocs: indexing";
  item.command = DETAILS.command;
  item.tooltip = "Names and words are found once a file is read, meanings once it is embedded.";
  const shown = new Patient(PATIENCE_MS, (text) => {
    if (text === undefined) {
      item.hide();
    } else {
      item.text = `$(sync~spin) ${text}`;
      item.show();
    }
  });

  function show(): void {
    shown.set(progressOf(server.connection, server.status));
  }

  show();
  return Disposable.from(item, shown, server.onDidChange(show));
}

/** The command "Show status": details that stay current, and what can be done about them. */
export function showStatus(server: Server): void {
  const picker = window.createQuickPick<StatusItem>();
  picker.title = "askdocs: status";
  picker.placeholder = "What askdocs is doing";
  picker.matchOnDescription = true;
  picker.keepScrollPosition = true;

  function show(): void {
    const active = picker.activeItems[0]?.label;
    picker.items = statusItems(server);
    const again = picker.items.find(({ label }) => label === active);
    if (again) {
      picker.activeItems = [again];
    }
  }

  const following = server.onDidChange(show);
  picker.onDidHide(() => {
    following.dispose();
    picker.dispose();
  });
  picker.onDidAccept(() => {
    const [picked] = picker.selectedItems;
    picker.hide();
    if (picked?.remedy) {
      void apply(picked.remedy);
    } else if (picked?.uri) {
      void commands.executeCommand("vscode.open", Uri.parse(picked.uri));
    }
  });
  show();
  picker.show();
}

function statusItems({ connection, status }: Server): StatusItem[] {
  const isWithoutFolder = status !== undefined && hasNoFolder(status);
  const ofIndex = isWithoutFolder ? [OPEN_FOLDER] : [CONTENTS, REINDEX];
  const remedies = connection.kind === "stopped" ? connection.remedies : ofIndex;
  const actions = [...new Set([...remedies, RESTART, SHOW_LOG])];
  return [
    ...details(connection, status),
    { label: "", kind: QuickPickItemKind.Separator },
    ...actions.map((remedy) => ({ label: `$(${remedy.icon}) ${remedy.title}`, remedy })),
  ];
}
