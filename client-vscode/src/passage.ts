/** Opens a passage: the file at its lines, which stay marked until the cursor moves. */

import {
  type Disposable,
  Range,
  type TextDocumentShowOptions,
  type TextEditor,
  TextEditorRevealType,
  ThemeColor,
  Uri,
  window,
  workspace,
} from "vscode";
import type { Location } from "vscode-languageclient/node";
import { lines } from "./lines";

export class Passages implements Disposable {
  private readonly mark = window.createTextEditorDecorationType({
    isWholeLine: true,
    light: { backgroundColor: background("editor-rangeHighlightBackground") },
    dark: { backgroundColor: background("editor-findRangeHighlightBackground") },
    overviewRulerColor: new ThemeColor("editorOverviewRuler.findMatchForeground"),
  });
  private marked: { editor: TextEditor; until: Disposable } | undefined;

  /** Throws where the file cannot be opened. */
  async open(passage: Location, options: TextDocumentShowOptions = {}): Promise<void> {
    const uri = Uri.parse(passage.uri);
    if (uri.scheme !== "file") {
      throw new Error(`${passage.uri} is not a file of this workspace.`);
    }
    const [first, last] = lines(passage.range);
    const start = new Range(first - 1, 0, first - 1, 0);
    const editor = await shown(uri, { ...options, selection: start });
    const range = editor.document.validateRange(new Range(first - 1, 0, last - 1, 0));
    editor.revealRange(range, TextEditorRevealType.InCenterIfOutsideViewport);
    this.show(editor, range);
  }

  /** Takes the mark away. */
  clear(): void {
    this.marked?.editor.setDecorations(this.mark, []);
    this.marked?.until.dispose();
    this.marked = undefined;
  }

  dispose(): void {
    this.clear();
    this.mark.dispose();
  }

  private show(editor: TextEditor, range: Range): void {
    this.clear();
    editor.setDecorations(this.mark, [range]);
    const opened = editor.selection;
    const until = window.onDidChangeTextEditorSelection(({ textEditor, selections }) => {
      if (textEditor === editor && !selections[0]?.isEqual(opened)) {
        this.clear();
      }
    });
    this.marked = { editor, until };
  }
}

/** A theme's colour, or another one in the high contrast themes, which do not have it. */
function background(colour: string): string {
  return `var(--vscode-${colour}, var(--vscode-list-hoverBackground))`;
}

async function shown(uri: Uri, options: TextDocumentShowOptions): Promise<TextEditor> {
  try {
    return await window.showTextDocument(uri, options);
  } catch {
    const path = pathOf(uri.toString());
    throw new Error(`${path} cannot be opened: it was moved or deleted. Ask or search again.`);
  }
}

/** A file's path as people know it: relative to its workspace folder. */
export function pathOf(uri: string): string {
  return workspace.asRelativePath(Uri.parse(uri));
}
