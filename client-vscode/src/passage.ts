/**
 * Opens a passage: the file at its lines, which stay marked until the cursor moves; or at the words
 * that are quoted of it, which are marked then.
 */

import {
  type Disposable,
  Range,
  type TextDocumentShowOptions,
  type TextEditor,
  type TextEditorDecorationType,
  TextEditorRevealType,
  ThemeColor,
  Uri,
  window,
  workspace,
} from "vscode";
import type { Location, Range as WireRange } from "vscode-languageclient/node";
import { lineOf, lines } from "./lines";

const STYLE = {
  light: { backgroundColor: background("editor-rangeHighlightBackground") },
  dark: { backgroundColor: background("editor-findRangeHighlightBackground") },
  overviewRulerColor: new ThemeColor("editorOverviewRuler.findMatchForeground"),
};

export class Passages implements Disposable {
  private readonly mark = window.createTextEditorDecorationType(STYLE);
  private readonly lineMark = window.createTextEditorDecorationType({
    ...STYLE,
    isWholeLine: true,
  });
  private marked: { editor: TextEditor; until: Disposable } | undefined;

  /** Throws where the file cannot be opened. */
  async open(
    passage: Location,
    options: TextDocumentShowOptions = {},
    words: readonly WireRange[] = [],
  ): Promise<void> {
    const uri = Uri.parse(passage.uri);
    if (uri.scheme !== "file") {
      throw new Error(`${passage.uri} is not a file of this workspace.`);
    }
    const [first, last] = lines(passage.range);
    const ranges = words.length > 0 ? words.map(rangeOf) : [new Range(first - 1, 0, last - 1, 0)];
    const top = ranges.reduce((one, other) => (other.start.isBefore(one.start) ? other : one));
    const selection = new Range(top.start, top.start);
    const editor = await shown(uri, { ...options, selection });
    const valid = ranges.map((range) => editor.document.validateRange(range));
    editor.revealRange(
      editor.document.validateRange(top),
      TextEditorRevealType.InCenterIfOutsideViewport,
    );
    this.show(editor, words.length > 0 ? this.mark : this.lineMark, valid);
  }

  /** Opens the file of a link, at its line. Throws where it is no file of this workspace. */
  async follow(link: string, options: TextDocumentShowOptions): Promise<void> {
    const uri = Uri.parse(link);
    const leadsUp = uri.path.split("/").includes("..");
    if (uri.scheme !== "file" || leadsUp || workspace.getWorkspaceFolder(uri) === undefined) {
      throw new Error(`${link} is not a file of this workspace.`);
    }
    const line = lineOf(uri.fragment);
    const file = uri.with({ fragment: "" });
    if (line === undefined) {
      await shown(file, options);
    } else {
      const range = { start: { line, character: 0 }, end: { line: line + 1, character: 0 } };
      await this.open({ uri: file.toString(), range }, options);
    }
  }

  /** Takes the mark away. */
  clear(): void {
    for (const mark of [this.mark, this.lineMark]) {
      this.marked?.editor.setDecorations(mark, []);
    }
    this.marked?.until.dispose();
    this.marked = undefined;
  }

  dispose(): void {
    this.clear();
    this.mark.dispose();
    this.lineMark.dispose();
  }

  private show(editor: TextEditor, mark: TextEditorDecorationType, ranges: Range[]): void {
    this.clear();
    editor.setDecorations(mark, ranges);
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

const rangeOf = ({ start, end }: WireRange): Range =>
  new Range(start.line, start.character, end.line, end.character);

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
