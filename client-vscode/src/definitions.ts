/** Hovers by what VS Code's other language servers know: where the symbol is defined. */

import {
  type CancellationToken,
  type Hover,
  Location,
  type LocationLink,
  type Position,
  type TextDocument,
  commands,
} from "vscode";
import type { LanguageClient, ProvideHoverSignature } from "vscode-languageclient/node";
import { inTime } from "./inTime";
import { type HoverParams, Method } from "./protocol";
import { definitionBudget } from "./settings";

/** The server reads no more of them. */
const MOST = 20;

/** Asks for a hover with the definitions that are known in time, as any client does without. */
export async function definedHover(
  client: LanguageClient,
  document: TextDocument,
  position: Position,
  cancel: CancellationToken,
  next: ProvideHoverSignature,
): Promise<Hover | null | undefined> {
  const budget = takesDefinitions(client) ? definitionBudget(document) : 0;
  const defined = budget > 0 ? await definitions(document, position, budget, cancel) : [];
  if (cancel.isCancellationRequested) {
    return null;
  }
  if (defined.length === 0) {
    return next(document, position, cancel);
  }
  const { code2ProtocolConverter, protocol2CodeConverter } = client;
  const params: HoverParams = {
    ...code2ProtocolConverter.asTextDocumentPositionParams(document, position),
    definitions: defined.slice(0, MOST).map((found) => code2ProtocolConverter.asLocation(found)),
  };
  const hover = await client.sendRequest<Parameters<typeof protocol2CodeConverter.asHover>[0]>(
    Method.hover,
    params,
    cancel,
  );
  return protocol2CodeConverter.asHover(hover);
}

/** Servers from before do not. */
function takesDefinitions(client: LanguageClient): boolean {
  const experimental: unknown = client.initializeResult?.capabilities.experimental;
  return (experimental as { askdocsHover?: unknown } | undefined)?.askdocsHover === true;
}

/** Only where it is defined: the type of a variable is not what the variable's docs are about. */
async function definitions(
  document: TextDocument,
  position: Position,
  budget: number,
  cancel: CancellationToken,
): Promise<Location[]> {
  const asked = commands.executeCommand<(Location | LocationLink)[] | undefined>(
    "vscode.executeDefinitionProvider",
    document.uri,
    position,
  );
  return ((await inTime(asked, budget, [], cancel)) ?? []).map(asLocation);
}

function asLocation(found: Location | LocationLink): Location {
  return "targetUri" in found
    ? new Location(found.targetUri, found.targetSelectionRange ?? found.targetRange)
    : found;
}
