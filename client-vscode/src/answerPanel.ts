/** One conversation in a page beside the editor: asks, shows what comes, does what is clicked. */

import { randomBytes } from "node:crypto";
import {
  CancellationTokenSource,
  type Disposable,
  Uri,
  ViewColumn,
  type Webview,
  type WebviewPanel,
  env,
  window,
} from "vscode";
import { withPlaces } from "./answerText";
import {
  type About,
  type Conversation,
  type Turn,
  begun,
  completed,
  ended,
  extended,
  history,
  isRunning,
  kept,
} from "./conversation";
import { messageOf } from "./log";
import { type PageMessage, type TurnMessage, pageMessage } from "./messages";
import { page, turnHtml } from "./page";
import { type Passages, pathOf } from "./passage";
import type { Server } from "./server";

/** What a conversation works with; `tell` tells the user of a failure, once. */
export interface PanelParts {
  server: Server;
  passages: Passages;
  extension: Uri;
  tell: (error: unknown) => void;
}

export class AnswerPanel implements Disposable {
  private readonly turns: Turn[];
  private request: CancellationTokenSource | undefined;

  constructor(
    readonly panel: WebviewPanel,
    private readonly parts: PanelParts,
    before: Conversation = [],
  ) {
    this.turns = [...before];
    const folder = Uri.joinPath(parts.extension, "dist");
    panel.iconPath = Uri.joinPath(parts.extension, "icon.png");
    panel.webview.options = { enableScripts: true, localResourceRoots: [folder] };
    panel.webview.onDidReceiveMessage((sent: unknown) => {
      const message = pageMessage(sent);
      if (message) {
        this.receive(message).catch(parts.tell);
      }
    });
    panel.onDidDispose(() => {
      // An answer that nobody sees is not written on, and there is no page left to change.
      this.request?.cancel();
      this.request = undefined;
    });
    panel.webview.html = pageFor(panel.webview, folder);
  }

  /** Asks a question and shows its answer as turn `at`, by default behind the others. */
  async ask(question: string, about: About, at = this.turns.length): Promise<void> {
    this.stop();
    const request = new CancellationTokenSource();
    this.request = request;
    this.show(at, begun(question, about));
    const change = (next: (turn: Turn) => Turn): void => {
      const turn = this.turns[at];
      // A turn that was asked again belongs to the newer request.
      if (turn && this.request === request) {
        this.show(at, next(turn));
      }
    };
    try {
      const params = { question, ...about, history: history(this.turns.slice(0, at)) };
      const result = await this.parts.server.ask(
        params,
        (partial) => {
          change((turn) => (isRunning(turn) ? extended(turn, partial) : turn));
        },
        request.token,
      );
      change((turn) => completed(turn, result, this.parts.server.status?.generator.state));
    } catch (error) {
      change((turn) => ended(turn, request.token.isCancellationRequested ? "" : messageOf(error)));
    } finally {
      request.dispose();
    }
  }

  dispose(): void {
    this.panel.dispose();
  }

  /** Stops the answer that is being written; the model stops at once. */
  private stop(): void {
    this.request?.cancel();
    this.turns.forEach((turn, at) => {
      if (isRunning(turn)) {
        this.show(at, ended(turn, ""));
      }
    });
    this.request = undefined;
  }

  private async receive(message: PageMessage): Promise<void> {
    switch (message.action) {
      case "ready":
        this.turns.forEach((turn, at) => {
          this.send(at, turn);
        });
        return;
      case "ask":
        return this.ask(message.question, this.turns.at(-1)?.about ?? {});
      case "stop":
        this.stop();
        return;
      case "follow":
        return this.parts.passages.follow(message.target, { viewColumn: this.columnOfFiles() });
      default:
        return this.receiveOf(this.turns[message.turn], message);
    }
  }

  private async receiveOf(
    turn: Turn | undefined,
    message: Extract<PageMessage, { turn: number }>,
  ): Promise<void> {
    if (turn === undefined) {
      return;
    }
    if (message.action === "again") {
      await this.ask(turn.question, turn.about, message.turn);
    } else if (message.action === "copy") {
      await env.clipboard.writeText(withPlaces(turn.text, turn.citations, pathOf));
      window.setStatusBarMessage("$(check) Answer copied", 2_000);
    } else {
      const citation = turn.citations.find(({ number }) => number === message.citation);
      if (citation) {
        const words = (citation.quotes ?? []).map(({ range }) => range);
        await this.parts.passages.open(citation, { viewColumn: this.columnOfFiles() }, words);
      }
    }
  }

  private show(at: number, turn: Turn): void {
    this.turns[at] = turn;
    this.send(at, turn);
  }

  private send(at: number, turn: Turn): void {
    const running = this.turns.some(isRunning);
    const message: TurnMessage = { turn: at, html: turnHtml(turn, pathOf), running };
    void this.panel.webview.postMessage(
      running && turn.text ? message : { ...message, kept: kept(this.turns) },
    );
  }

  /** Where files lie: beside this page, and not over it. */
  private columnOfFiles(): ViewColumn {
    const mine = this.panel.viewColumn;
    const columns = window.visibleTextEditors.map(({ viewColumn }) => viewColumn);
    const other = columns.find((column) => column !== undefined && column !== mine);
    return other ?? (mine === ViewColumn.One ? ViewColumn.Beside : ViewColumn.One);
  }
}

function pageFor(webview: Webview, folder: Uri): string {
  const local = (name: string) => webview.asWebviewUri(Uri.joinPath(folder, name)).toString();
  return page({
    script: local("answer.js"),
    style: local("answer.css"),
    source: webview.cspSource,
    nonce: randomBytes(16).toString("hex"),
  });
}
