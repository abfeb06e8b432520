/** Finds the `askdocs` executable. Knows files and PATH, but not VS Code. */

import { constants } from "node:fs";
import { access, stat } from "node:fs/promises";
import { homedir } from "node:os";
import * as path from "node:path";

/** Where to look, and by whose rules. */
export interface Surroundings {
  /** The value of the environment variable PATH. */
  path: string;
  home: string;
  /** Folders of a trusted workspace; empty where the user has not trusted it. */
  trustedFolders: readonly string[];
}

export function surroundings(trustedFolders: readonly string[]): Surroundings {
  return {
    path: process.env.PATH ?? "",
    home: homedir(),
    trustedFolders,
  };
}

/**
 * The files that `setting` may mean, best first: a path means itself, a name is looked for on PATH,
 * in the `.venv` of each trusted folder, and where uv puts its tools: an editor that was not
 * started from a shell often lacks that folder on its PATH.
 */
export function candidates(setting: string, around: Surroundings): string[] {
  if (setting.startsWith("~/")) {
    return [path.join(around.home, setting.slice(2))];
  }
  if (path.isAbsolute(setting)) {
    return [setting];
  }
  if (!isName(setting)) {
    return []; // Relative to what? An opened folder must not choose what is run.
  }
  const onPath = around.path.split(path.delimiter).filter((folder) => path.isAbsolute(folder));
  const inVenv = around.trustedFolders.map((folder) => path.join(folder, ".venv", "bin"));
  const ofTools = path.join(around.home, ".local", "bin");
  return [...onPath, ...inVenv, ofTools].map((folder) => path.join(folder, setting));
}

/** The first candidate that can be run, or undefined. */
export async function findExecutable(
  setting: string,
  around: Surroundings,
): Promise<string | undefined> {
  for (const candidate of candidates(setting, around)) {
    if (await isExecutable(candidate)) {
      return candidate;
    }
  }
  return undefined;
}

/** Whether a setting is to be looked for, and no path. */
export function isName(setting: string): boolean {
  return !setting.includes("/");
}

/** Why a system cannot run the server, and what to do about it; undefined where it can. */
export function unsupported(platform: NodeJS.Platform): string | undefined {
  return platform === "win32"
    ? "Windows itself cannot run the askdocs server. Install WSL, use “WSL: Reopen Folder in WSL”, " +
        "and install askdocs there."
    : undefined;
}

/** Why no candidate can be run, and what to do about it. */
export function notFound(setting: string, around: Surroundings, isTrusted: boolean): string {
  const problem = "The askdocs server was not found.";
  if (!isName(setting)) {
    return candidates(setting, around).length > 0
      ? `${problem} askdocs.server.path says “${setting}”, and no program is there: correct it.`
      : `${problem} askdocs.server.path says “${setting}”: make it a name or an absolute path.`;
  }
  const places = isTrusted ? "on the PATH, in .venv or" : "on the PATH or";
  const trust = isTrusted ? "" : " trust this workspace, so that its .venv counts,";
  return (
    `${problem} There is no “${setting}” ${places} among uv's tools: ` +
    `install it,${trust} or set askdocs.server.path.`
  );
}

async function isExecutable(file: string): Promise<boolean> {
  try {
    await access(file, constants.X_OK);
    return (await stat(file)).isFile();
  } catch {
    return false;
  }
}
