/** The language client as this extension wants it: quiet, and without trust in what it shows. */

import { homedir } from "node:os";
import { createInterface } from "node:readline";
import type { Readable } from "node:stream";
import type { LogOutputChannel } from "vscode";
import {
  CloseAction,
  ErrorAction,
  LanguageClient,
  type LanguageClientOptions,
  RevealOutputChannelOn,
  type StaticFeature,
} from "vscode-languageclient/node";
import { definedHover } from "./definitions";
import { SECTION, type Settings } from "./settings";

const LANGUAGES = [
  "python",
  "javascript",
  "javascriptreact",
  "typescript",
  "typescriptreact",
  "go",
  "rust",
  "java",
  "kotlin",
  "c",
  "cpp",
  "csharp",
  "php",
  "ruby",
  "markdown",
  "restructuredtext",
  "html",
  "plaintext",
];

/** The documents that the server hears of. */
export const DOCUMENTS = LANGUAGES.map((language) => ({ scheme: "file", language }));

/** The server's statuses say how far indexing is: two accounts of one thing could disagree. */
const NO_PROGRESS: StaticFeature = {
  fillClientCapabilities: ({ window }) => {
    if (window) {
      window.workDoneProgress = false;
    }
  },
  initialize: () => undefined,
  getState: () => ({ kind: "static" }),
  clear: () => undefined,
};

/** Its own failures are for the log; Server tells the user, once and with the next step. */
class QuietClient extends LanguageClient {
  constructor(...parts: ConstructorParameters<typeof LanguageClient>) {
    super(...parts);
    this.registerFeature(NO_PROGRESS);
  }

  override error(message: string, data?: unknown): void {
    super.error(message, data, false);
  }
}

/** What a client works with. */
export interface ClientParts {
  settings: Settings;
  log: LogOutputChannel;
  /** Is called when the connection breaks by itself. */
  closed: () => void;
  /** Gets each line that the server writes beside the protocol. */
  said: (line: string) => void;
}

/** A client for the server that `command` starts; it is not started yet. */
export function createClient(command: string, args: string[], parts: ClientParts): LanguageClient {
  // Not in the workspace's folder: a model's name must never mean a folder that lies there.
  const executable = { command, args, options: { cwd: homedir() } };
  const client: LanguageClient = new QuietClient(SECTION, "askdocs", executable, {
    ...options(parts),
    middleware: {
      provideHover: (document, position, cancel, next) =>
        definedHover(client, document, position, cancel, next),
      workspace: {
        configuration: (params, token, next) =>
          params.items.every(({ section }) => section === SECTION)
            ? params.items.map(({ scopeUri }) =>
                parts.settings.forServer(
                  scopeUri ? client.protocol2CodeConverter.asUri(scopeUri) : undefined,
                ),
              )
            : next(params, token),
        // Server.sendSettings() does it, without the defaults.
        didChangeConfiguration: () => Promise.resolve(),
      },
    },
  });
  return client;
}

function options({ settings, log, closed, said }: ClientParts): LanguageClientOptions {
  const hear = (stream: Readable): void => {
    createInterface({ input: stream }).on("line", (line) => {
      log.info(line);
      said(line);
    });
  };
  return {
    documentSelector: DOCUMENTS,
    initializationOptions: { defaults: settings.defaults() },
    outputChannel: log,
    revealOutputChannelOn: RevealOutputChannelOn.Never,
    stdioOptions: { stdout: hear, stderr: hear },
    // Text of documents is not to be trusted with commands or HTML.
    markdown: { isTrusted: false, supportHtml: false },
    initializationFailedHandler: () => false, // Whoever starts the client tells of it.
    errorHandler: {
      error: () => ({ action: ErrorAction.Continue, handled: true }),
      closed: () => {
        closed();
        return { action: CloseAction.DoNotRestart, handled: true };
      },
    },
  };
}
