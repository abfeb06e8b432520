/** The settings as the server gets them, and those that the client keeps for itself. */

import { type Uri, workspace } from "vscode";
import { assigned, nested } from "./assigned";

export const SECTION = "askdocs";

/** Settings of the client alone; the server is not told about them. */
const OWN_KEYS = /^(server|trace)\./;

export class Settings {
  private readonly keys: readonly string[];

  /** `manifest` is the extension's package.json: what it contributes is what there is. */
  constructor(manifest: unknown) {
    this.keys = contributedKeys(manifest).filter((key) => !OWN_KEYS.test(key));
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

/** How the server is started. */
export function serverCommand(): { path: string; args: string[] } {
  const configuration = workspace.getConfiguration(SECTION);
  return {
    path: configuration.get("server.path", "askdocs"),
    args: configuration.get("server.arguments", ["lsp"]),
  };
}

interface Manifest {
  contributes: { configuration: { properties: Record<string, unknown> }[] };
}

function contributedKeys(manifest: unknown): string[] {
  return (manifest as Manifest).contributes.configuration
    .flatMap((group) => Object.keys(group.properties))
    .map((key) => key.slice(SECTION.length + 1));
}
