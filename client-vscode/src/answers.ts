/** Answers as read-only documents, rewritten while they stream; their only links lead to files. */

import {
  type CancellationTokenSource,
  DocumentLink,
  EventEmitter,
  Range,
  type Tab,
  TabInputText,
  type TextDocument,
  Uri,
  ViewColumn,
  languages,
  window,
  workspace,
} from "vscode";
import { type Answer, type RenderedAnswer, lineFragment, render, tabTitle } from "./answer";

const SCHEME = "askdocs-answer";
/**
 * Not "markdown": its extension would make live links of whatever a document or a model wrote,
 * commands included. This language has Markdown's colours and no links but ours.
 */
const LANGUAGE = "askdocs-answer";

interface OpenAnswer {
  rendered: RenderedAnswer;
  /** Stops the request; an answer that nobody sees is not written on. */
  request: CancellationTokenSource;
}

export class Answers {
  private readonly open = new Map<string, OpenAnswer>();
  private readonly changed = new EventEmitter<Uri>();
  private readonly subscriptions: { dispose: () => unknown }[];
  private count = 0;

  constructor() {
    this.subscriptions = [
      this.changed,
      workspace.registerTextDocumentContentProvider(SCHEME, {
        onDidChange: this.changed.event,
        provideTextDocumentContent: (uri) =>
          this.open.get(uri.toString())?.rendered.text ??
          "This answer is gone. Ask again with the command “askdocs: Ask the docs”.\n",
      }),
      languages.registerDocumentLinkProvider(
        { scheme: SCHEME },
        { provideDocumentLinks: (document) => this.links(document) },
      ),
      // A document lives on for minutes when its tab is closed; its request must not.
      window.tabGroups.onDidChangeTabs(({ closed }) => {
        for (const uri of closed.map(uriOf)) {
          if (uri && !allTabs().some((tab) => uriOf(tab) === uri)) {
            this.open.get(uri)?.request.cancel();
          }
        }
      }),
      workspace.onDidCloseTextDocument(({ uri, languageId }) => {
        // Changing a document's language closes and reopens it.
        if (uri.scheme === SCHEME && languageId === LANGUAGE) {
          this.open.delete(uri.toString());
        }
      }),
    ];
  }

  /** Opens a new document beside the editor and returns the function that rewrites it. */
  async show(first: Answer, request: CancellationTokenSource): Promise<(answer: Answer) => void> {
    this.count += 1;
    const path = `/${this.count}/${tabTitle(first.question)}`;
    const uri = Uri.from({ scheme: SCHEME, path });
    const answer: OpenAnswer = { rendered: render(first, pathOf), request };
    this.open.set(uri.toString(), answer);
    const document = await workspace.openTextDocument(uri);
    await languages.setTextDocumentLanguage(document, LANGUAGE);
    await window.showTextDocument(document, {
      viewColumn: columnOfAnswers() ?? ViewColumn.Beside,
      preserveFocus: true,
      preview: false,
    });
    return (next) => {
      answer.rendered = render(next, pathOf);
      this.changed.fire(uri);
    };
  }

  dispose(): void {
    for (const { request } of this.open.values()) {
      request.cancel();
    }
    for (const one of this.subscriptions) {
      one.dispose();
    }
  }

  private links(document: TextDocument): DocumentLink[] {
    const rendered = this.open.get(document.uri.toString())?.rendered;
    // While it streams, the editor may be a step behind; it asks again when it has caught up.
    if (rendered?.text !== document.getText()) {
      return [];
    }
    return rendered.links.flatMap(({ start, end, citation }) => {
      const file = Uri.parse(citation.uri);
      if (file.scheme !== "file") {
        return [];
      }
      const link = new DocumentLink(
        new Range(document.positionAt(start), document.positionAt(end)),
        file.with({ fragment: lineFragment(citation.range) }),
      );
      link.tooltip = citation.title;
      return [link];
    });
  }
}

function allTabs(): Tab[] {
  return window.tabGroups.all.flatMap(({ tabs }) => tabs);
}

/** The URI of a tab that shows an answer. */
function uriOf({ input }: Tab): string | undefined {
  const isAnswer = input instanceof TabInputText && input.uri.scheme === SCHEME;
  return isAnswer ? input.uri.toString() : undefined;
}

/** Where an earlier answer lies; each new one beside the last would end in a row of slivers. */
function columnOfAnswers(): ViewColumn | undefined {
  return allTabs().find(uriOf)?.group.viewColumn;
}

function pathOf(uri: string): string {
  return workspace.asRelativePath(Uri.parse(uri));
}
