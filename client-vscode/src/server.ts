/** Finds, starts, restarts and stops the language server; one client for the whole window. */

import { randomUUID } from "node:crypto";
import {
  type CancellationToken,
  EventEmitter,
  type LogOutputChannel,
  commands,
  workspace,
} from "vscode";
import {
  DidChangeConfigurationNotification,
  type LanguageClient,
  ProgressType,
} from "vscode-languageclient/node";
import { createClient } from "./client";
import { coalesced } from "./coalesce";
import { answered, exited, refusal } from "./ending";
import { findExecutable, surroundings } from "./executable";
import { messageOf } from "./log";
import type { AskParams, AskPartial, AskResult, ServerStatus } from "./protocol";
import { Method } from "./protocol";
import { INSTALL, OPEN_SETTINGS, RESTART, SHOW_LOG, offer } from "./remedies";
import { SECTION, type Settings, serverCommand } from "./settings";
import type { Connection } from "./statusText";

/** So many crashes within so many milliseconds are mended by a restart; then it is left stopped. */
const CRASHES = { most: 4, within: 3 * 60_000 };
const PARTIAL_ANSWER = new ProgressType<AskPartial>();
const STOP_TIMEOUT_MS = 3_000;

/** The server cannot be started. The user has been told why and what to do. */
export class ServerUnavailable extends Error {}

export class Server {
  private readonly statusEmitter = new EventEmitter<ServerStatus>();
  private readonly connectionEmitter = new EventEmitter<Connection>();
  readonly onDidChangeStatus = this.statusEmitter.event;
  readonly onDidChangeConnection = this.connectionEmitter.event;
  private readonly replaceClient = coalesced(() => this.replace());
  private client: LanguageClient | undefined;
  private state: Connection = { kind: "starting" };
  private crashes: number[] = [];
  private generator = "";

  constructor(
    private readonly settings: Settings,
    private readonly log: LogOutputChannel,
  ) {}

  get connection(): Connection {
    return this.state;
  }

  /** The state of the model that writes answers, as far as it is known. */
  get generatorState(): string {
    return this.generator;
  }

  /** Starts the server, instead of the one that runs or hangs in its start. */
  restart(): Promise<void> {
    this.crashes = [];
    if (this.state.kind === "starting") {
      void this.stop(); // The start that hangs then fails, and ours is the next.
    }
    return this.replaceClient();
  }

  /** Ends the server; when done its process is gone, and with it its hold on the index. */
  async stop(): Promise<void> {
    const { client } = this;
    const process = client?.serverProcess;
    this.client = undefined;
    try {
      // A client that is still starting refuses to stop, but ends its process all the same.
      await client?.stop(STOP_TIMEOUT_MS);
    } catch (error) {
      this.log.debug(`Stopping the server: ${messageOf(error)}`);
    }
    await exited(process);
  }

  /** Waits for a starting server and tries to start a stopped one. Throws ServerUnavailable. */
  async ready(): Promise<void> {
    await this.running();
  }

  /** Sends a request when the server is ready. Throws ServerUnavailable. */
  async request<R>(method: string, params: object, cancel?: CancellationToken): Promise<R> {
    const client = await this.running();
    // An undefined token would go out as a second parameter.
    return answered(
      cancel
        ? client.sendRequest<R>(method, params, cancel)
        : client.sendRequest<R>(method, params),
    );
  }

  /** Asks a question; `onPartial` gets the partial results in order. Throws ServerUnavailable. */
  async ask(
    params: AskParams,
    onPartial: (partial: AskPartial) => void,
    cancel: CancellationToken,
  ): Promise<AskResult> {
    const client = await this.running();
    const partialResultToken = randomUUID();
    const progress = client.onProgress(PARTIAL_ANSWER, partialResultToken, onPartial);
    try {
      const asked = { ...params, partialResultToken };
      return await answered(client.sendRequest<AskResult>(Method.ask, asked, cancel));
    } finally {
      progress.dispose();
    }
  }

  /** Tells a running server that the settings have changed. */
  async sendSettings(): Promise<void> {
    if (this.state.kind === "running") {
      await this.client?.sendNotification(DidChangeConfigurationNotification.type, {
        settings: { [SECTION]: this.settings.forServer() },
      });
    }
  }

  dispose(): void {
    this.statusEmitter.dispose();
    this.connectionEmitter.dispose();
  }

  private async running(): Promise<LanguageClient> {
    if (this.state.kind === "stopped") {
      await this.restart();
    }
    while (this.state.kind === "starting") {
      await new Promise<void>((resolve) => {
        const once = this.onDidChangeConnection(() => {
          once.dispose();
          resolve();
        });
      });
    }
    if (this.client === undefined || this.state.kind === "stopped") {
      throw new ServerUnavailable(this.state.kind === "stopped" ? this.state.reason : "stopping");
    }
    return this.client;
  }

  private async replace(): Promise<void> {
    this.become({ kind: "starting" });
    await this.stop();
    const { path, args } = serverCommand();
    const command = await findExecutable(path, surroundings(trustedFolders()));
    if (command === undefined) {
      this.fail(
        `The askdocs server was not found. There is no “${path}” on the PATH, in .venv or among ` +
          "uv's tools: install it, or set askdocs.server.path.",
        [INSTALL, OPEN_SETTINGS],
      );
    } else {
      await this.launch(command, args);
    }
  }

  private async launch(command: string, args: string[]): Promise<void> {
    this.log.info(`Starting ${[command, ...args].join(" ")}`);
    const { settings, log } = this;
    const closed = () => {
      this.closed();
    };
    let lastWords = "";
    const said = (line: string) => {
      lastWords = line;
    };
    const client = createClient(command, args, { settings, log, closed, said });
    client.onNotification(Method.statusChanged, (status: ServerStatus) => {
      this.generator = status.generator.state;
      this.statusEmitter.fire(status);
    });
    this.client = client;
    try {
      await client.start();
      this.become({ kind: "running" });
    } catch (error) {
      // Where another start has taken over, it has the say.
      if (this.client === client) {
        const reason = refusal(error) ?? lastWords;
        this.fail(
          `The askdocs server did not start: ${reason || "it ended without a word."} ` +
            "`askdocs doctor` in a terminal says what is missing.",
          [RESTART, SHOW_LOG],
        );
      }
    }
  }

  /** The connection broke by itself. While the server starts, launch() tells of it. */
  private closed(): void {
    if (this.state.kind !== "running") {
      return;
    }
    const now = Date.now();
    this.crashes = [...this.crashes.filter((then) => now - then < CRASHES.within), now];
    if (this.crashes.length <= CRASHES.most) {
      this.log.warn("The server ended unexpectedly; starting it again.");
      void this.replaceClient();
    } else {
      this.fail(
        `The askdocs server ended ${this.crashes.length} times within minutes and stays stopped. ` +
          "Its log says why.",
        [RESTART, SHOW_LOG],
      );
    }
  }

  private become(state: Connection): void {
    this.state = state;
    void commands.executeCommand("setContext", "askdocs.running", state.kind === "running");
    this.connectionEmitter.fire(state);
  }

  private fail(reason: string, remedies: Parameters<typeof offer>[1]): void {
    this.client = undefined;
    this.log.error(reason);
    this.become({ kind: "stopped", reason });
    void offer(reason, remedies);
  }
}

function trustedFolders(): string[] {
  const folders = workspace.isTrusted ? (workspace.workspaceFolders ?? []) : [];
  return folders.filter(({ uri }) => uri.scheme === "file").map(({ uri }) => uri.fsPath);
}
