/** Results as the server sends them. */

import type { AskResult, Citation } from "../src/protocol";

export function citation(number: number, over: Partial<Citation> = {}): Citation {
  return {
    number,
    uri: `file:///project/docs/page%20${number}.md`,
    range: { start: { line: 11, character: 0 }, end: { line: 20, character: 0 } },
    title: `Page ${number}`,
    excerpt: "It is so.",
    score: 0.9,
    verified: true,
    ...over,
  };
}

export function result(over: Partial<AskResult> = {}): AskResult {
  return {
    answer: "Set `M` [1].",
    citations: [citation(1)],
    abstained: false,
    model: "a-model",
    index: { generation: 3, pendingFiles: 0 },
    timings: { retrieveMs: 12, rewriteMs: null, firstTokenMs: 340, totalMs: 2140 },
    ...over,
  };
}

/** As VS Code does it: relative where the file is in the workspace, and without a fragment. */
export const pathOf = (uri: string): string =>
  decodeURIComponent(uri.replace(/^file:\/\/\/project\/|#.*$/g, ""));
