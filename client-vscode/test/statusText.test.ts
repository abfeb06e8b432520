import assert from "node:assert/strict";
import { test } from "node:test";
import type { ServerStatus } from "../src/protocol";
import {
  type StatusSummary,
  details,
  isEmptyYet,
  plural,
  progressOf,
  summarise,
} from "../src/statusText";

interface Parts {
  index?: Partial<ServerStatus["index"]>;
  embedder?: Partial<ServerStatus["embedder"]>;
  generator?: Partial<ServerStatus["generator"]>;
}

function status(parts: Parts = {}): ServerStatus {
  const index = { state: "ready", files: 1204, chunks: 1, pendingFiles: 0, generation: 1 };
  return {
    index: { ...index, skipped: [], ...parts.index },
    embedder: { state: "ready", model: "MiniLM", device: "cpu", ...parts.embedder },
    generator: { state: "idle", model: "", where: "local", ...parts.generator },
    workspaceFolders: [{ index: { ...index, skipped: [], ...parts.index } }],
  };
}

const STOPPED = { kind: "stopped", reason: "Not found. Look at it.", remedies: [] } as const;

const cases: [string, Parts, Partial<StatusSummary>][] = [
  [
    "ready",
    {},
    {
      text: "askdocs",
      busy: false,
      severity: "information",
      detail: "index ready · 1,204 files · embedder ready · generator idle",
    },
  ],
  ["opening", { index: { state: "opening" } }, { text: "askdocs", busy: true }],
  [
    "indexing",
    { index: { state: "indexing", pendingFiles: 12 } },
    { text: "askdocs: 12 files to read", busy: true },
  ],
  [
    "both passes",
    { index: { state: "indexing", pendingFiles: 19, pendingReads: 8, pendingChunks: 1200 } },
    { text: "askdocs: 8 files to read, 1,200 chunks to embed" },
  ],
  [
    "the second pass",
    { index: { state: "indexing", pendingFiles: 9, pendingReads: 0, pendingChunks: 1 } },
    { text: "askdocs: 1 chunk to embed", detail: "embedder ready · generator idle" },
  ],
  [
    "the second pass of a server of before",
    { index: { state: "indexing", pendingFiles: 9, pendingChunks: 30 } },
    { text: "askdocs: 30 chunks to embed" },
  ],
  ["loading", { embedder: { state: "loading" } }, { text: "askdocs", busy: true }],
  ["the model starts", { generator: { state: "starting" } }, { text: "askdocs", busy: true }],
  ["no model", { generator: { state: "failed" } }, { severity: "warning", busy: false }],
  ["no index", { index: { state: "failed" } }, { severity: "error" }],
];
for (const [name, parts, expected] of cases) {
  test(`summary: ${name}`, () => {
    const summary = summarise({ kind: "running" }, status(parts));
    for (const [key, value] of Object.entries(expected)) {
      assert.equal(summary[key as keyof StatusSummary], value);
    }
  });
}

test("without a folder the next step is to open one", () => {
  const index = { state: "closed", detail: "No folder is open." };
  const none = { ...status({ index }), workspaceFolders: [] };
  const summary = summarise({ kind: "running" }, none);
  assert.deepEqual(
    [summary.text, summary.next, summary.busy],
    ["askdocs: no folder", "openFolder", false],
  );
  assert.deepEqual(details({ kind: "running" }, none), [
    { label: "Index", description: "no folder is open", detail: "No folder is open." },
  ]);
  assert.equal(summarise({ kind: "running" }, status({ index })).next, "details");
});

test("the bar tells of indexing while the latest status does, and at no other time", () => {
  const busy = status({ index: { state: "indexing", pendingFiles: 8 } });
  const running = { kind: "running" } as const;
  assert.equal(progressOf(running, busy), "askdocs: 8 files to read");
  const first = status({ index: { state: "indexing" } }); // The first look for changes.
  for (const others of [status(), first, status({ index: { state: "opening" } }), undefined]) {
    assert.equal(progressOf(running, others), undefined);
  }
  assert.equal(progressOf({ kind: "starting" }, busy), undefined);
  assert.equal(progressOf(STOPPED, busy), undefined);
});

test("what leaves the machine is in the details", () => {
  const network = (leaves?: ServerStatus["leaves"]): unknown[] =>
    details({ kind: "running" }, { ...status(), ...(leaves ? { leaves } : {}) }).filter(
      ({ label }) => label === "Network",
    );
  assert.deepEqual(network(), []);
  assert.deepEqual(network([]), [
    { label: "Network", description: "nothing leaves this machine" },
  ]);
  assert.deepEqual(network([{ what: "questions", to: "gpu-box" }]), [
    { label: "Network", description: "to gpu-box", detail: "questions" },
  ]);
});

const empty: [string, Partial<ServerStatus["index"]>, boolean][] = [
  ["opening", { state: "opening", chunks: 0 }, true],
  ["indexing", { state: "indexing", chunks: 0 }, true],
  ["about to index", { state: "ready", chunks: 0, pendingFiles: 3 }, true],
  ["partly indexed", { state: "indexing", chunks: 9, pendingFiles: 3 }, false],
  ["without documents", { state: "ready", chunks: 0 }, false],
  ["failed", { state: "failed", chunks: 0 }, false],
];
for (const [name, index, expected] of empty) {
  test(`empty yet: ${name}`, () => {
    assert.equal(isEmptyYet(status({ index })), expected);
  });
}

test("one folder of two that is empty yet", () => {
  const full = status();
  const { index } = status({ index: { state: "indexing", chunks: 0 } });
  assert.equal(isEmptyYet({ ...full, workspaceFolders: [full, { index }] }), true);
  assert.equal(isEmptyYet({ ...full, workspaceFolders: [full, full] }), false);
});

test("a failure's own words are in the summary", () => {
  const failed = status({ generator: { state: "failed", detail: "Install vLLM." } });
  assert.match(summarise({ kind: "running" }, failed).detail, /Install vLLM\.$/);
});

test("without a server, what was known before does not count", () => {
  assert.equal(summarise({ kind: "starting" }, status()).busy, true);
  const stopped = summarise(STOPPED, status());
  assert.deepEqual(
    [stopped.severity, stopped.detail, stopped.busy],
    ["error", "Not found.", false],
  );
});

test("details name each part and each skipped file with its reason", () => {
  const uri = "file:///project/big.md";
  const skipped = [{ uri, path: "big.md", reason: "larger than docs.maxFileBytes" }];
  const unread = [
    { kind: ".ex", files: 2, reason: "the language Elixir is not supported" },
    { kind: "docs/page.html", files: 1, reason: "only 20 % of its words are in passages" },
  ];
  assert.deepEqual(details({ kind: "running" }, status({ index: { skipped, unread } })), [
    { label: "Index", description: "ready · 1,204 files · 1 chunk · 1 skipped · generation 1" },
    { label: "Embedder", description: "ready · MiniLM · cpu" },
    { label: "Generator", description: "idle · local" },
    {
      label: "big.md",
      description: "not in the index",
      detail: "larger than docs.maxFileBytes",
      uri,
    },
    {
      label: "2 .ex files",
      description: "not read",
      detail: "the language Elixir is not supported",
    },
    {
      label: "docs/page.html",
      description: "not read",
      detail: "only 20 % of its words are in passages",
    },
  ]);
});

test("details name the re-ranker and the verifier of servers that have one", () => {
  const detail = "It is not on this machine.";
  const none = { state: "off", model: "", device: "", detail };
  const lines = details({ kind: "running" }, { ...status(), reranker: none, verifier: none });
  assert.deepEqual(lines[2], { label: "Re-ranker", description: "off", detail });
  assert.deepEqual(lines[3], { label: "Verifier", description: "off", detail });
});

test("details of a server that does not run say why", () => {
  assert.deepEqual(details(STOPPED, status()), [
    { label: "Server", description: "stopped", detail: "Not found. Look at it." },
  ]);
  const starting = [{ label: "Server", description: "starting" }];
  assert.deepEqual(details({ kind: "starting" }, undefined), starting);
  assert.deepEqual(details({ kind: "running" }, undefined), starting);
});

test("counts", () => {
  assert.deepEqual([plural(0, "file"), plural(1, "file")], ["0 files", "1 file"]);
});
