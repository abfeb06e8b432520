/** Finds, starts, restarts and stops the language server; one client for the whole window. */

import { randomUUID } from "node:crypto";
import {
  type CancellationToken,
  Disposable,
  EventEmitter,
  type LogOutputChannel,
  ProgressLocation,
  commands,
  window,
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
import { findExecutable, isName, notFound, surroundings, unsupported } from "./executable";
import { openFolders } from "./folders";
import { messageOf } from "./log";
import type { AskParams, AskPartial, AskResult, ServerStatus } from "./protocol";
import { Method } from "./protocol";
import {
  INSTALL,
  OPEN_SETTINGS,
  RESTART,
  type Remedy,
  SHOW_LOG,
  TRUST,
  WSL,
  offer,
} from "./remedies";
import { SECTION, type Settings, serverCommand } from "./settings";
import { type Connection, isEmptyYet } from "./statusText";

/** So many crashes within so many milliseconds are mended by a restart; then it is left stopped. */
const CRASHES = { most: 4, within: 3 * 60_000 };
const PARTIAL_ANSWER = new ProgressType<AskPartial>();
const STOP_TIMEOUT_MS = 3_000;

/** The server cannot be started. The user has been told why and what to do. */
export class ServerUnavailable extends Error {}

export class Server {
  private readonly changes = new EventEmitter<void>();
  /** Fires when `connection` or `status` is another one. */
  readonly onDidChange = this.changes.event;
  private readonly replaceClient = coalesced(() => this.replace());
  private client: LanguageClient | undefined;
  private state: Connection = { kind: "starting" };
  private crashes: number[] = [];
  private known: ServerStatus | undefined;
  private statusRead = Promise.resolve();

  constructor(
    private readonly settings: Settings,
    private readonly log: LogOutputChannel,
  ) {}

  get connection(): Connection {
    return this.state;
  }

  /** What a running server has last said of itself. */
  get status(): ServerStatus | undefined {
    return this.known;
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
    if (this.state.kind !== "running") {
      const options = { location: ProgressLocation.Window, title: "askdocs: starting the server" };
      await window.withProgress(options, () => this.running());
    }
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

  /**
   * Asks a question; `onPartial` gets the partial results in order. Throws NoFolder,
   * ServerUnavailable.
   */
  async ask(
    params: AskParams,
    onPartial: (partial: AskPartial) => void,
    cancel: CancellationToken,
  ): Promise<AskResult> {
    openFolders();
    const client = await this.indexed(cancel);
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
      const settings = { [SECTION]: this.settings.forServer() };
      await this.client
        ?.sendNotification(DidChangeConfigurationNotification.type, { settings })
        .catch((error: unknown) => {
          // A server that ends right now reads them when it is started again.
          this.log.debug(`Sending the settings: ${messageOf(error)}`);
        });
    }
  }

  dispose(): void {
    this.changes.dispose();
  }

  private async running(): Promise<LanguageClient> {
    if (this.state.kind === "stopped") {
      await this.restart();
    }
    while (this.state.kind === "starting") {
      await this.change();
    }
    if (this.client === undefined || this.state.kind === "stopped") {
      throw new ServerUnavailable(this.state.kind === "stopped" ? this.state.reason : "stopping");
    }
    return this.client;
  }

  /** The running server, as soon as it has something to search in. */
  private async indexed(cancel: CancellationToken): Promise<LanguageClient> {
    let client = await this.running();
    await this.statusRead;
    while (this.known && isEmptyYet(this.known) && !cancel.isCancellationRequested) {
      await this.change(cancel);
      client = await this.running();
    }
    return client;
  }

  /** Waits until `connection` or `status` is another one, or a request is cancelled. */
  private change(cancel?: CancellationToken): Promise<void> {
    return new Promise((resolve) => {
      const done = (): void => {
        once.dispose();
        resolve();
      };
      const cancelled = cancel ? [cancel.onCancellationRequested(done)] : [];
      const once = Disposable.from(this.onDidChange(done), ...cancelled);
    });
  }

  private async replace(): Promise<void> {
    this.become({ kind: "starting" });
    await this.stop();
    const problem = unsupported(process.platform);
    if (problem !== undefined) {
      this.fail(problem, [WSL]);
      return;
    }
    const { path, args } = serverCommand();
    const around = surroundings(trustedFolders());
    const command = await findExecutable(path, around);
    if (command === undefined) {
      const trust = workspace.isTrusted ? [] : [TRUST];
      const remedies = isName(path) ? [INSTALL, ...trust, OPEN_SETTINGS] : [OPEN_SETTINGS];
      this.fail(notFound(path, around, workspace.isTrusted), remedies);
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
      this.heard(client, status);
    });
    this.client = client;
    try {
      await client.start();
      this.become({ kind: "running" });
      this.statusRead = this.askForStatus(client);
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

  /** The server announces changes; how things stand at first has to be asked for. */
  private async askForStatus(client: LanguageClient): Promise<void> {
    try {
      const status = await client.sendRequest<ServerStatus>(Method.status, {});
      if (this.known === undefined) {
        this.heard(client, status);
      }
    } catch (error) {
      this.log.warn(`The status could not be read: ${messageOf(error)}`);
    }
  }

  private heard(client: LanguageClient, status: ServerStatus): void {
    if (this.client === client) {
      this.known = status;
      this.changes.fire();
    }
  }

  private become(state: Connection): void {
    this.state = state;
    if (state.kind !== "running") {
      this.known = undefined;
    }
    void commands.executeCommand("setContext", "askdocs.running", state.kind === "running");
    this.changes.fire();
  }

  private fail(reason: string, remedies: readonly Remedy[]): void {
    this.client = undefined;
    this.log.error(reason);
    this.become({ kind: "stopped", reason, remedies });
    void offer(reason, remedies);
  }
}

function trustedFolders(): string[] {
  const folders = workspace.isTrusted ? (workspace.workspaceFolders ?? []) : [];
  return folders.filter(({ uri }) => uri.scheme === "file").map(({ uri }) => uri.fsPath);
}
