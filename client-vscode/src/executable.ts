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
  const wanted = setting.trim() || "askdocs";
  if (/^~[/\\]/.test(wanted)) {
    return [rules.join(around.home, wanted.slice(2))];
  }
  if (rules.isAbsolute(wanted)) {
    return [wanted];
  }
  if (/[/\\]/.test(wanted)) {
    return []; // Relative to what? An opened folder must not choose what is run.
  }
  const file = windows && !/\.exe$/i.test(wanted) ? `${wanted}.exe` : wanted;
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

async function isExecutable(file: string): Promise<boolean> {
  try {
    await access(file, constants.X_OK);
    return (await stat(file)).isFile();
  } catch {
    return false;
  }
}
