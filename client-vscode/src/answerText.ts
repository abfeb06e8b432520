/** Answers as text for other places: the clipboard, a language model. Free of VS Code's API. */

import { type PathOf, placeOf, titleOf } from "./markdown";
import type { AskResult, Citation } from "./protocol";

const FILE_LINK = /\]\((file:[^\s()#]*)(?:#L(\d+))?\)/g;

/** An answer with the places of its sources, to be pasted elsewhere. */
export function withPlaces(text: string, citations: readonly Citation[], pathOf: PathOf): string {
  const places = citations.map((citation) => place(citation, pathOf));
  return [withPaths(text, pathOf).trim(), places.join("\n")].filter(Boolean).join("\n\n") + "\n";
}

/** An answer with its passages, for a model that goes on from there. */
export function withPassages({ answer, citations, model }: AskResult, pathOf: PathOf): string {
  if (model === null) {
    return withPlaces(answer, citations, pathOf); // The passages are the answer.
  }
  const passages = citations.map(
    (citation) => `${place(citation, pathOf)}\n\n${citation.excerpt.trim()}`,
  );
  return [withPaths(answer, pathOf).trim(), ...passages].filter(Boolean).join("\n\n") + "\n";
}

/** Markdown whose links to files name them by their paths, as documents do. */
function withPaths(text: string, pathOf: PathOf): string {
  return text.replace(FILE_LINK, (_, uri: string, line?: string) => {
    const path = encodeURI(pathOf(uri));
    return `](${line === undefined ? path : `${path}#L${line}`})`;
  });
}

function place(citation: Citation, pathOf: PathOf): string {
  return `[${citation.number}] ${placeOf(citation, pathOf)} — ${titleOf(citation)}`;
}
