/** The commands "Ask the docs" and "Ask about selection". */

import { type TextEditor, languages, window } from "vscode";
import type { Answers } from "./answers";
import { DOCUMENTS } from "./client";
import type { About } from "./conversation";
import type { Server } from "./server";

/** Asks for a question and shows its answer beside the editor, as it is written. */
export async function ask(server: Server, answers: Answers): Promise<void> {
  const about = documentOf(window.activeTextEditor);
  await answer(server, answers, "What do you want to know about this project?", about);
}

/** The same about the lines that are selected. */
export async function askSelection(server: Server, answers: Answers): Promise<void> {
  const editor = window.activeTextEditor;
  const about = documentOf(editor);
  if (editor === undefined || editor.selection.isEmpty || about.textDocument === undefined) {
    void window.showInformationMessage("Select some text of a file first, then ask about it.");
    return;
  }
  const { start, end } = editor.selection;
  const range = {
    start: { line: start.line, character: start.character },
    end: { line: end.line, character: end.character },
  };
  const prompt = "What do you want to know about the selection?";
  await answer(server, answers, prompt, { ...about, range });
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

/** The file in the editor, where it is one that the server knows. */
export function documentOf(editor: TextEditor | undefined): About {
  const known = editor && languages.match(DOCUMENTS, editor.document) > 0;
  return known ? { textDocument: { uri: editor.document.uri.toString() } } : {};
}
