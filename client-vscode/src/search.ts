/** The command "Search the docs": a list that follows what is typed. */

import {
  CancellationTokenSource,
  type Disposable,
  type QuickPick,
  type QuickPickItem,
  Range,
  Uri,
  window,
  workspace,
} from "vscode";
import { messageOf } from "./log";
import { Method, type SearchHit, type SearchResult } from "./protocol";
import type { Server } from "./server";

const PAUSE_MS = 150;
const LIMIT = 20;

interface HitItem extends QuickPickItem {
  hit?: SearchHit;
}

/** Shows the list; resolves when it is closed or a passage was opened. */
export async function search(server: Server): Promise<void> {
  await server.ready();
  const hit = await pickHit(server);
  if (hit) {
    const { start, end } = hit.range;
    await window.showTextDocument(Uri.parse(hit.uri), {
      selection: new Range(start.line, start.character, end.line, end.character),
    });
  }
}

function pickHit(server: Server): Promise<SearchHit | undefined> {
  const picker = window.createQuickPick<HitItem>();
  picker.title = "askdocs: search the docs";
  picker.placeholder = "Words, a symbol, or a question";
  const following = new Following(server, picker);
  return new Promise((resolve) => {
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
      resolve(undefined);
    });
    picker.show();
  });
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
    if (!query) {
      this.picker.items = [];
      return;
    }
    const request = new CancellationTokenSource();
    this.request = request;
    this.picker.busy = true;
    const items = await this.items(query, request);
    if (this.request === request) {
      this.picker.items = items;
      this.picker.busy = false;
    }
  }

  private async items(query: string, { token }: CancellationTokenSource): Promise<HitItem[]> {
    try {
      const params = { query, limit: LIMIT };
      const { hits } = await this.server.request<SearchResult>(Method.search, params, token);
      return hits.length > 0 ? hits.map(itemOf) : [message("Nothing found", "Try other words.")];
    } catch (error) {
      return [message("The search failed", messageOf(error))];
    }
  }
}

function itemOf(hit: SearchHit): HitItem {
  return {
    label: hit.title,
    description: `${workspace.asRelativePath(Uri.parse(hit.uri))}:${hit.range.start.line + 1}`,
    detail: hit.excerpt.replace(/\s+/g, " ").trim(),
    alwaysShow: true, // The server has ranked them; the list must not filter by letters.
    hit,
  };
}

function message(label: string, detail: string): HitItem {
  return { label, detail, alwaysShow: true };
}
