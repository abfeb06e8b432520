/** The settings as the server gets them, and those that the client keeps for itself. */

import { type TextDocument, type Uri, workspace } from "vscode";
import { assigned, nested } from "./assigned";

export const SECTION = "askdocs";

/** Settings of the client alone; the server is not told about them. */
const OWN_KEYS = /^(server|trace)\.|^hover\.definitionBudgetMs$/;

/** Settings whose default is another one here: what VS Code shows by itself needs no copy. */
const OWN_DEFAULTS = ["hover.docstrings"] as const;

export class Settings {
  private readonly keys: readonly string[];

  /** `manifest` is the extension's package.json: what it contributes is what there is. */
  constructor(manifest: unknown) {
    this.keys = contributedKeys(manifest).filter((key) => !OWN_KEYS.test(key));
  }

  /** VS Code's own defaults, in place of the server's; they count where nobody sets anything. */
  defaults(): Record<string, unknown> {
    const configuration = workspace.getConfiguration(SECTION);
    return Object.fromEntries(
      OWN_DEFAULTS.map((key) => [key, configuration.inspect(key)?.defaultValue]),
    );
  }

  /**
   * What the user or a workspace has set, and nothing else. VS Code's defaults stay out: as the
   * editor's word, they would win over the user's and the project's own askdocs files.
   */
  forServer(resource?: Uri): Record<string, unknown> {
    const configuration = workspace.getConfiguration(SECTION, resource);
    const values = this.keys
      .filter((key) => assigned(configuration.inspect(key)))
      .map((key): [string, unknown] => [key, configuration.get(key)]);
    return nested(values);
  }
}

/** How the server is started. VS Code hands out values of any type; wrong ones count as unset. */
export function serverCommand(): { path: string; args: string[] } {
  const configuration = workspace.getConfiguration(SECTION);
  const path = configuration.get<unknown>("server.path");
  const args = configuration.get<unknown>("server.arguments");
  return {
    path: typeof path === "string" && path.trim() ? path.trim() : "askdocs",
    args: isListOfStrings(args) ? args : ["lsp"],
  };
}

/** How many milliseconds a hover in a document may wait for its definitions; 0 for not at all. */
export function definitionBudget(document: TextDocument): number {
  const configuration = workspace.getConfiguration(SECTION, document);
  const budget = configuration.get<unknown>("hover.definitionBudgetMs");
  return typeof budget === "number" && budget > 0 ? budget : 0;
}

function isListOfStrings(value: unknown): value is string[] {
  return Array.isArray(value) && value.every((one) => typeof one === "string");
}

interface Manifest {
  contributes: { configuration: { properties: Record<string, unknown> }[] };
}

function contributedKeys(manifest: unknown): string[] {
  return (manifest as Manifest).contributes.configuration
    .flatMap((group) => Object.keys(group.properties))
    .map((key) => key.slice(SECTION.length + 1));
}
