/** The commands "Ask the docs" and "Ask about selection". */

import { type TextDocument, type TextEditor, languages, window } from "vscode";
import type { Answers } from "./answers";
import { DOCUMENTS } from "./client";
import type { About } from "./conversation";
import { openFolders } from "./folders";
import type { Server } from "./server";

/** Asks for a question and shows its answer beside the editor, as it is written. */
export async function ask(server: Server, answers: Answers): Promise<void> {
  const about = await whereToAsk();
  if (about) {
    await answer(server, answers, "What do you want to know about this project?", about);
  }
}

/** The same about the lines that are selected. */
export async function askSelection(server: Server, answers: Answers): Promise<void> {
  openFolders();
  const editor = window.activeTextEditor;
  if (editor === undefined || editor.selection.isEmpty) {
    void window.showInformationMessage("Select some text first, then ask about it.");
    return;
  }
  if (!canBeRead(editor.document)) {
    void window.showInformationMessage("Save the file first, then ask about the selection.");
    return;
  }
  const { start, end } = editor.selection;
  const range = {
    start: { line: start.line, character: start.character },
    end: { line: end.line, character: end.character },
  };
  const prompt = "What do you want to know about the selection?";
  await answer(server, answers, prompt, { ...documentOf(editor), range });
}

async function answer(
  server: Server,
  answers: Answers,
  prompt: string,
  about: About,
): Promise<void> {
  const input = await window.showInputBox({
    title: "askdocs: ask the docs",
    prompt,
    placeHolder: "For example: how do I configure the timeout?",
    ignoreFocusOut: true,
  });
  const question = input?.trim();
  if (question) {
    await server.ready(); // Before the page opens: without a server there is nothing to show.
    await answers.ask(question, about);
  }
}

/** The file in the editor: its folder is the one whose documentation answers. */
export function documentOf(editor: TextEditor | undefined): About {
  const uri = editor?.document.uri;
  return uri?.scheme === "file" ? { textDocument: { uri: uri.toString() } } : {};
}

/** The file in the editor; else the one folder, or the one that the user chooses. */
async function whereToAsk(): Promise<About | undefined> {
  const about = documentOf(window.activeTextEditor);
  if (openFolders().length === 1 || about.textDocument) {
    return about;
  }
  const folder = await window.showWorkspaceFolderPick({ placeHolder: "Which folder's docs?" });
  return folder && { textDocument: { uri: folder.uri.toString() } };
}

/** Whether the server can see the text: it hears of edits in its languages, and reads files. */
function canBeRead(document: TextDocument): boolean {
  const isHeardOf = languages.match(DOCUMENTS, document) > 0;
  return isHeardOf || (document.uri.scheme === "file" && !document.isDirty);
}
