/** The command "Search the docs": a list that follows what is typed. */

import {
  type CancellationToken,
  CancellationTokenSource,
  type Disposable,
  type QuickPick,
  type QuickPickItem,
  type Tab,
  TabInputText,
  TextEditorRevealType,
  window,
} from "vscode";
import { openFolders } from "./folders";
import { messageOf } from "./log";
import { lineSpan } from "./lines";
import { plainText, titleOf } from "./markdown";
import { type Passages, pathOf } from "./passage";
import { Method, type Passage, type SearchResult } from "./protocol";
import type { Server } from "./server";
import { plural } from "./statusText";

const PAUSE_MS = 150;
const LIMIT = 20;
const PREVIEW = { preview: true, preserveFocus: true };

interface HitItem extends QuickPickItem {
  hit?: Passage;
}

/** Shows the list; the passage in focus is shown in the editor behind it. */
export async function search(server: Server, passages: Passages): Promise<void> {
  openFolders();
  await server.ready();
  const before = whereTheUserIs();
  const hit = await pickHit(server, passages);
  if (hit) {
    await passages.open(hit);
  } else {
    await before.restore(passages);
  }
}

/** Resolves with the passage that was chosen, or with undefined where the list was left. */
function pickHit(server: Server, passages: Passages): Promise<Passage | undefined> {
  const picker = inTheirOrder(window.createQuickPick<HitItem>());
  picker.title = "askdocs: search the docs";
  picker.placeholder = "Words, a symbol, or a question";
  const following = new Following(server, picker);
  let preview = Promise.resolve();
  return new Promise((resolve) => {
    picker.onDidChangeActive(([item]) => {
      preview = preview.then(async () => {
        // Of those that were passed meanwhile only the last is shown.
        if (item?.hit && item === picker.activeItems[0]) {
          await passages.open(item.hit, PREVIEW).catch(() => undefined);
        }
      });
    });
    picker.onDidAccept(() => {
      const hit = picker.selectedItems[0]?.hit;
      if (hit) {
        resolve(hit);
        picker.hide();
      }
    });
    picker.onDidHide(() => {
      following.dispose();
      picker.dispose();
      void preview.then(() => {
        resolve(undefined); // What was on its way would come to lie over the editor.
      });
    });
    picker.show();
  });
}

/**
 * Keeps items whose title holds what is typed from being moved to the top: the best passage is
 * there already. This property works everywhere, but is not among those that VS Code promises.
 */
function inTheirOrder<T extends QuickPickItem>(picker: QuickPick<T>): QuickPick<T> {
  return Object.assign(picker, { sortByLabel: false });
}

/** The editor as it is now, to come back to when the list is left without a choice. */
function whereTheUserIs(): { restore: (passages: Passages) => Promise<void> } {
  const editor = window.activeTextEditor;
  const view = editor?.visibleRanges[0];
  const tabs = new Set(allTabs().map(tabKey));
  return {
    restore: async (passages) => {
      passages.clear();
      const shown = allTabs().filter((tab) => tab.isPreview && !tabs.has(tabKey(tab)));
      await window.tabGroups.close(shown);
      if (editor) {
        const { document, selection, viewColumn } = editor;
        const restored = await window.showTextDocument(document, {
          selection,
          ...(viewColumn === undefined ? {} : { viewColumn }),
        });
        if (view) {
          restored.revealRange(view, TextEditorRevealType.AtTop);
        }
      }
    },
  };
}

function allTabs(): Tab[] {
  return window.tabGroups.all.flatMap(({ tabs }) => tabs);
}

function tabKey({ input, group }: Tab): string {
  return `${group.viewColumn} ${input instanceof TabInputText ? input.uri.toString() : ""}`;
}

/** Keeps the list's items in step with its text: one search at a time, after a pause in typing. */
class Following implements Disposable {
  private pause: NodeJS.Timeout | undefined;
  private request: CancellationTokenSource | undefined;

  constructor(
    private readonly server: Server,
    private readonly picker: QuickPick<HitItem>,
  ) {
    picker.onDidChangeValue((value) => {
      this.dispose();
      this.pause = setTimeout(() => void this.follow(value.trim()), PAUSE_MS);
    });
  }

  dispose(): void {
    clearTimeout(this.pause);
    this.request?.cancel();
    this.request = undefined;
  }

  private async follow(query: string): Promise<void> {
    const request = new CancellationTokenSource();
    this.request = request;
    this.picker.busy = true;
    const items = query ? await this.items(query, request.token) : [];
    request.dispose();
    if (this.request === request) {
      this.picker.items = items;
      this.picker.busy = false;
    }
  }

  private async items(query: string, token: CancellationToken): Promise<HitItem[]> {
    try {
      const params = { query, limit: LIMIT };
      const result = await this.server.request<SearchResult>(Method.search, params, token);
      return result.hits.length > 0 ? result.hits.map(itemOf) : [nothing(result)];
    } catch (error) {
      return [message("The search failed", messageOf(error))];
    }
  }
}

function itemOf(hit: Passage): HitItem {
  return {
    label: titleOf(hit),
    description: `${pathOf(hit.uri)}:${lineSpan(hit.range)}`,
    detail: plainText(hit.excerpt),
    alwaysShow: true, // The server has ranked them; the list must not filter by letters.
    hit,
  };
}

function nothing({ index: { pendingFiles } }: SearchResult): HitItem {
  return pendingFiles > 0
    ? message("Nothing found yet", `${plural(pendingFiles, "file")} not indexed yet.`)
    : message("Nothing found", "Try other words.");
}

function message(label: string, detail: string): HitItem {
  return { label, detail, alwaysShow: true };
}
