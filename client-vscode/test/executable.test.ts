import assert from "node:assert/strict";
import { chmod, mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import * as path from "node:path";
import { test } from "node:test";
import { type Surroundings, candidates, findExecutable, notFound, unsupported } from "../src/executable";

const LINUX: Surroundings = {
  path: "/usr/bin:relative::/opt/bin",
  home: "/home/me",
  trustedFolders: [],
};

const UV = "/home/me/.local/bin/askdocs";
const cases: [string, string, Surroundings, string[]][] = [
  ["on PATH, absolute folders only", "askdocs", LINUX, ["/usr/bin/askdocs", "/opt/bin/askdocs", UV]],
  [
    "then in a trusted folder's .venv",
    "askdocs",
    { ...LINUX, path: "/usr/bin", trustedFolders: ["/a", "/b"] },
    ["/usr/bin/askdocs", "/a/.venv/bin/askdocs", "/b/.venv/bin/askdocs", UV],
  ],
  ["an absolute path is itself", "/x/askdocs", { ...LINUX, trustedFolders: ["/a"] }, ["/x/askdocs"]],
  ["the home folder", "~/bin/askdocs", LINUX, ["/home/me/bin/askdocs"]],
  ["a relative path means nothing", "./askdocs", { ...LINUX, trustedFolders: ["/a"] }, []],
];
for (const [name, setting, around, expected] of cases) {
  test(`candidates: ${name}`, () => {
    assert.deepEqual(candidates(setting, around), expected);
  });
}

const problems: [string, string, boolean, RegExp][] = [
  ["a name", "askdocs", true, /no “askdocs” on the PATH, in \.venv or .*: install it, or set/],
  ["a name, without trust", "askdocs", false, /on the PATH or .*trust this workspace/],
  ["a path", "/x/askdocs", true, /says “\/x\/askdocs”, and no program is there/],
  ["a relative path", "./askdocs", true, /make it a name or an absolute path/],
];
for (const [name, setting, isTrusted, expected] of problems) {
  test(`not found: ${name}`, () => {
    const text = notFound(setting, LINUX, isTrusted);
    assert.match(text, /^The askdocs server was not found\. /);
    assert.match(text, expected);
  });
}

test("Windows alone cannot run it, and is told what to do", () => {
  assert.match(unsupported("win32") ?? "", /Reopen Folder in WSL/);
  assert.equal(unsupported("linux"), undefined);
  assert.equal(unsupported("darwin"), undefined);
});

test("the first file that can be run is found; folders and plain files are passed over", async () => {
  const base = await mkdtemp(path.join(tmpdir(), "askdocs-"));
  try {
    const [folder, plain, good] = ["folder", "plain", "good"].map((name) => path.join(base, name));
    assert.ok(folder && plain && good);
    await mkdir(path.join(folder, "askdocs"), { recursive: true });
    await mkdir(plain);
    await mkdir(good);
    await writeFile(path.join(plain, "askdocs"), "");
    await chmod(path.join(plain, "askdocs"), 0o644);
    await writeFile(path.join(good, "askdocs"), "#!/bin/sh\n");
    await chmod(path.join(good, "askdocs"), 0o755);

    const around = { ...LINUX, home: base, path: [folder, plain].join(":") };
    assert.equal(await findExecutable("askdocs", around), undefined);
    assert.equal(
      await findExecutable("askdocs", { ...around, path: `${around.path}:${good}` }),
      path.join(good, "askdocs"),
    );
  } finally {
    await rm(base, { recursive: true });
  }
});
