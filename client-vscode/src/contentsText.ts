/** What the index holds, as the rows of a list, free of VS Code's API. */

import type { ContentsResult, IndexedFile } from "./protocol";
import { plural } from "./statusText";

export interface ContentsLine {
  label: string;
  description?: string;
  detail?: string;
  /** The file to open. */
  uri?: string;
  /** Whether it stands above the lines that it names. */
  heading?: true;
}

/** Pages, then sources, each in the order of the server, then what is left out with its reason. */
export function contentsLines({ files, leftOut }: ContentsResult): ContentsLine[] {
  const pages = files.filter(({ kind }) => kind !== "source");
  const sources = files.filter(({ kind }) => kind === "source");
  // Where the list is filtered, it has no headings.
  const description = "left out";
  const others = leftOut.map(({ path, reason }) => ({ label: path, description, detail: reason }));
  return [
    ...headed("Pages", pages.map(fileLine)),
    ...headed("Sources", sources.map(fileLine)),
    ...headed("Left out", others),
  ];
}

function fileLine({ uri, path, chunks, behind }: IndexedFile): ContentsLine {
  const standing = behind ? ` · ranks behind (${behind})` : "";
  return { label: path, description: `${plural(chunks, "chunk")}${standing}`, uri };
}

function headed(label: string, lines: ContentsLine[]): ContentsLine[] {
  return lines.length > 0 ? [{ label, heading: true }, ...lines] : [];
}
