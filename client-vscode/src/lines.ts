/** Ranges of whole lines, in the words of people. */

import type { Range } from "vscode-languageclient/node";

/** First and last line, counted from 1. A range that ends before a line's first character stops. */
export function lines({ start, end }: Range): [first: number, last: number] {
  const last = end.character === 0 && end.line > start.line ? end.line : end.line + 1;
  return [start.line + 1, last];
}

/** `12-20`, or `12`. */
export function lineSpan(range: Range): string {
  const [first, last] = lines(range);
  return first === last ? `${first}` : `${first}-${last}`;
}

/** The line that the fragment of a link names, `L42`, counted from 0; undefined for none. */
export function lineOf(fragment: string): number | undefined {
  const number = Number(/^L(\d{1,7})\b/.exec(fragment)?.[1] ?? 0);
  return number > 0 ? number - 1 : undefined;
}
