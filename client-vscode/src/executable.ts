/** Finds the `askdocs` executable. Knows files and PATH, but not VS Code. */

import { constants } from "node:fs";
import { access, stat } from "node:fs/promises";
import { homedir } from "node:os";
import * as path from "node:path";

/** Where to look, and by whose rules. */
export interface Surroundings {
  platform: NodeJS.Platform;
  /** The value of the environment variable PATH. */
  path: string;
  home: string;
  /** Folders of a trusted workspace; empty where the user has not trusted it. */
  trustedFolders: readonly string[];
}

export function surroundings(trustedFolders: readonly string[]): Surroundings {
  return {
    platform: process.platform,
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
  const windows = around.platform === "win32";
  const rules = windows ? path.win32 : path.posix;
  if (/^~[/\\]/.test(setting)) {
    return [rules.join(around.home, setting.slice(2))];
  }
  if (rules.isAbsolute(setting)) {
    return [setting];
  }
  if (!isName(setting)) {
    return []; // Relative to what? An opened folder must not choose what is run.
  }
  const file = windows && !/\.exe$/i.test(setting) ? `${setting}.exe` : setting;
  const onPath = around.path.split(rules.delimiter).filter((folder) => rules.isAbsolute(folder));
  const inVenv = around.trustedFolders.map((folder) =>
    rules.join(folder, ".venv", windows ? "Scripts" : "bin"),
  );
  const ofTools = rules.join(around.home, ".local", "bin");
  return [...onPath, ...inVenv, ofTools].map((folder) => rules.join(folder, file));
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
  return !/[/\\]/.test(setting);
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
