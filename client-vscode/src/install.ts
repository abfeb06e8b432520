/** The command "Install server with uv": from an editor without a server to one with it. */

import {
  Disposable,
  ProcessExecution,
  Task,
  type TaskExecution,
  TaskRevealKind,
  TaskScope,
  Uri,
  env,
  tasks,
  window,
  workspace,
} from "vscode";
import { findExecutable, surroundings, unsupported } from "./executable";
import type { Server } from "./server";

const HOW_TO_GET_UV = "https://docs.astral.sh/uv/getting-started/installation/";

/** Installs the server where `extension` says what to leave out, then starts it. */
export async function installServer(server: Server, extension: Uri): Promise<void> {
  const problem = unsupported(process.platform);
  if (problem !== undefined) {
    throw new Error(problem);
  }
  const around = surroundings([]);
  const uv = await findExecutable("uv", around);
  if (uv === undefined) {
    await tellOfUv();
    return;
  }
  const build = (await findExecutable("nvidia-smi", around)) ? "gpu" : "cpu";
  const leftOut = Uri.joinPath(extension, "dist", `overrides-${build}.txt`).fsPath;
  const what = ["--overrides", leftOut, `askdocs[${build}]`];
  const options = ["tool", "install", "--python", "3.11", "--torch-backend", "auto"];
  if (await succeeded(uv, [...options, ...what])) {
    await server.restart();
  } else {
    throw new Error("uv could not install the server. The terminal says why; then try it again.");
  }
}

async function tellOfUv(): Promise<void> {
  const open = "How to get uv";
  const choice = await window.showWarningMessage(
    "uv is not on this machine. Install it, then use “askdocs: Install server with uv” again.",
    open,
  );
  if (choice === open) {
    await env.openExternal(Uri.parse(HOW_TO_GET_UV));
  }
}

/** Runs a command in a terminal that stays open, so that its progress and errors can be read. */
async function succeeded(command: string, args: string[]): Promise<boolean> {
  const execution = new ProcessExecution(command, args);
  const scope = workspace.workspaceFolders?.[0] ?? TaskScope.Global;
  const task = new Task({ type: "askdocs" }, scope, "Install server", "askdocs", execution);
  task.presentationOptions = { reveal: TaskRevealKind.Always, focus: false };
  const code = ending(task);
  await tasks.executeTask(task);
  return (await code) === 0;
}

/** The exit code of a task; undefined where no process could be started, or the user closed it. */
function ending(task: Task): Promise<number | undefined> {
  return new Promise((resolve) => {
    const settle = (execution: TaskExecution, code?: number): void => {
      const { name, source } = execution.task;
      if (name === task.name && source === task.source) {
        subscription.dispose();
        resolve(code);
      }
    };
    const subscription = Disposable.from(
      tasks.onDidEndTaskProcess(({ execution, exitCode }) => {
        settle(execution, exitCode);
      }),
      tasks.onDidEndTask(({ execution }) => {
        settle(execution);
      }),
    );
  });
}
