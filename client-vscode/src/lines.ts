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
