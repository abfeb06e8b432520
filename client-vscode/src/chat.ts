/** The chat participant `@docs`: the same request as "Ask the docs", answered in the chat. */

import {
  type ChatContext,
  type ChatRequest,
  type ChatRequestHandler,
  ChatRequestTurn,
  type ChatResponseStream,
  ChatResponseMarkdownPart,
  ChatResponseTurn,
  type ChatResult,
  type CancellationToken,
  Location,
  Range,
  Uri,
  chat,
  window,
} from "vscode";
import { documentOf } from "./ask";
import { lines } from "./lines";
import { messageOf } from "./log";
import type { AskParams, AskResult, Citation } from "./protocol";
import type { Server } from "./server";

const PARTICIPANT = "askdocs.docs";
/** What a chat shows cannot be withdrawn. */
const INSTEAD = "\n\n---\n\n*The model's answer, instead of these quotes:*\n\n";
const NO_QUESTION = "Ask a question about this project's documentation.";

export function registerChat(server: Server, extension: Uri): { dispose: () => void } {
  const answer: ChatRequestHandler = async (request, context, stream, token) => {
    try {
      return await respond(server, request, context, stream, token);
    } catch (error) {
      return token.isCancellationRequested ? {} : { errorDetails: { message: messageOf(error) } };
    }
  };
  const participant = chat.createChatParticipant(PARTICIPANT, answer);
  participant.iconPath = Uri.joinPath(extension, "icon.png");
  return participant;
}

async function respond(
  server: Server,
  request: ChatRequest,
  context: ChatContext,
  stream: ChatResponseStream,
  token: CancellationToken,
): Promise<ChatResult> {
  const question = request.prompt.trim();
  if (!question) {
    stream.markdown(NO_QUESTION);
    return {};
  }
  stream.progress("Searching the docs");
  let written = "";
  const params: AskParams = {
    question,
    ...documentOf(window.activeTextEditor),
    history: earlierTurns(context),
  };
  const result = await server.ask(
    params,
    (partial) => {
      if (partial.kind === "text") {
        written += partial.text;
        stream.markdown(partial.text);
      } else if (partial.kind === "reset") {
        stream.markdown(INSTEAD);
      }
    },
    token,
  );
  if (written === "") {
    stream.markdown(result.answer);
  }
  showSources(result, stream);
  return {};
}

function showSources({ citations }: AskResult, stream: ChatResponseStream): void {
  for (const citation of citations) {
    stream.markdown(`\n\n[${citation.number}] `);
    stream.anchor(locationOf(citation));
    stream.reference(locationOf(citation));
  }
}

/** The first words that the answer takes from a passage, or else the passage. */
function locationOf({ uri, range, quotes }: Citation): Location {
  const [first, last] = lines(quotes?.[0]?.range ?? range);
  return new Location(Uri.parse(uri), new Range(first - 1, 0, last - 1, 0));
}

/** The questions that this participant was asked before in the conversation, with its answers. */
function earlierTurns({ history }: ChatContext): { question: string; answer: string }[] {
  return history.flatMap((turn, at) => {
    const answer = history[at + 1];
    return turn instanceof ChatRequestTurn && answer instanceof ChatResponseTurn
      ? [{ question: turn.prompt, answer: textOf(answer) }]
      : [];
  });
}

/** An answer without the numbers that showSources() puts below it. */
function textOf({ response }: ChatResponseTurn): string {
  return response
    .map((part) => (part instanceof ChatResponseMarkdownPart ? part.value.value : ""))
    .join("")
    .replace(/(\s*\[\d+\])*\s*$/, "");
}
