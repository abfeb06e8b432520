/** The pages of all conversations: opens them beside the editor, and again after a reload. */

import { type Disposable, ViewColumn, type WebviewPanel, window } from "vscode";
import { AnswerPanel, type PanelParts } from "./answerPanel";
import { type About, type Conversation, revived, tabTitle } from "./conversation";

const VIEW = "askdocs.answer";

export class Answers implements Disposable {
  private readonly open = new Set<AnswerPanel>();
  private readonly serializer: Disposable;

  constructor(private readonly parts: PanelParts) {
    this.serializer = window.registerWebviewPanelSerializer(VIEW, {
      deserializeWebviewPanel: (panel, state) => {
        const conversation = revived(state);
        if (conversation === undefined) {
          panel.dispose();
        } else {
          this.adopt(panel, conversation);
        }
        return Promise.resolve();
      },
    });
  }

  /** Asks a question in a new conversation. */
  async ask(question: string, about: About): Promise<void> {
    const column = this.column() ?? ViewColumn.Beside;
    const options = { viewColumn: column, preserveFocus: true };
    const panel = window.createWebviewPanel(VIEW, tabTitle(question), options);
    await this.adopt(panel).ask(question, about);
  }

  dispose(): void {
    this.serializer.dispose();
    for (const one of this.open) {
      one.dispose();
    }
  }

  private adopt(panel: WebviewPanel, before?: Conversation): AnswerPanel {
    const answer = new AnswerPanel(panel, this.parts, before);
    this.open.add(answer);
    panel.onDidDispose(() => this.open.delete(answer));
    return answer;
  }

  /** Where an earlier answer lies; each new one beside the last would end in a row of slivers. */
  private column(): ViewColumn | undefined {
    return [...this.open].at(-1)?.panel.viewColumn;
  }
}
