/** The commands "Ask the docs" and "Ask about the selection". */

import {
  CancellationTokenSource,
  ProgressLocation,
  type TextEditor,
  languages,
  window,
} from "vscode";
import { type Answer, begun, completed, ended, extended } from "./answer";
import type { Answers } from "./answers";
import { DOCUMENTS } from "./client";
import { messageOf } from "./log";
import type { AskParams, AskPartial } from "./protocol";
import { type Server, ServerUnavailable } from "./server";

/** Asks for a question and shows its answer beside the editor, as it is written. */
export async function ask(server: Server, answers: Answers): Promise<void> {
  const editor = window.activeTextEditor;
  const question = await questionFromUser("What do you want to know about this project?");
  if (question) {
    await answer(server, answers, { question, ...documentOf(editor) });
  }
}

/** The same about the lines that are selected. */
export async function askSelection(server: Server, answers: Answers): Promise<void> {
  const editor = window.activeTextEditor;
  if (editor === undefined || editor.selection.isEmpty || !("textDocument" in documentOf(editor))) {
    void window.showInformationMessage("Select some text of a file first, then ask about it.");
    return;
  }
  const { start, end } = editor.selection;
  const range = {
    start: { line: start.line, character: start.character },
    end: { line: end.line, character: end.character },
  };
  const question = await questionFromUser("What do you want to know about the selection?");
  if (question) {
    await answer(server, answers, { question, ...documentOf(editor), range });
  }
}

async function questionFromUser(prompt: string): Promise<string | undefined> {
  const input = await window.showInputBox({
    title: "askdocs: ask the docs",
    prompt,
    placeHolder: "For example: how do I configure the timeout?",
    ignoreFocusOut: true,
  });
  return input?.trim();
}

/** The file in the editor, where it is one that the server knows. */
function documentOf(editor: TextEditor | undefined): Pick<AskParams, "textDocument"> {
  const known = editor && languages.match(DOCUMENTS, editor.document) > 0;
  return known ? { textDocument: { uri: editor.document.uri.toString() } } : {};
}

async function answer(server: Server, answers: Answers, params: AskParams): Promise<void> {
  await server.ready(); // Before the document opens: without a server there is nothing to show.
  const request = new CancellationTokenSource();
  let current = begun(params.question);
  const show = await answers.show(current, request);
  const update = (next: Answer): void => {
    current = next;
    show(next);
  };
  const options = {
    location: ProgressLocation.Notification,
    title: "askdocs is answering",
    cancellable: true,
  };
  await window.withProgress(options, async (_progress, stop) => {
    stop.onCancellationRequested(() => {
      request.cancel();
    });
    try {
      const onPartial = (partial: AskPartial): void => {
        update(extended(current, partial));
      };
      const result = await server.ask(params, onPartial, request.token);
      update(completed(current, result));
    } catch (error) {
      const stopped = request.token.isCancellationRequested;
      update(ended(current, stopped ? "" : messageOf(error)));
      if (!stopped && !(error instanceof ServerUnavailable)) {
        throw error;
      }
    } finally {
      request.dispose();
    }
  });
}
