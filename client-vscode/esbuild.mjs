// Bundles the extension into dist/extension.js and the page of an answer into dist/answer.js and
// dist/answer.css, with the licences of what is bundled beside them.
// `--tests` bundles the unit tests instead; `--production` leaves the source map out and makes the
// bundle small.
import { copyFileSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { build } from "esbuild";

const forTests = process.argv.includes("--tests");
const forProduction = process.argv.includes("--production");
const outdir = forTests ? "dist/test" : "dist";

/** Writes the licences of the packages that the bundle's inputs come from. */
function writeLicences(inputs) {
  const folders = inputs.map((input) => /^.*node_modules\/(@[^/]+\/)?[^/]+/.exec(input)?.[0]);
  const packages = [...new Set(folders)].filter(Boolean).sort();
  const texts = packages.map((folder) => {
    const { name, version } = JSON.parse(readFileSync(`${folder}/package.json`, "utf8"));
    const file = readdirSync(folder).find((one) => /^licen[cs]e/i.test(one));
    if (file === undefined) {
      throw new Error(`${folder} has no licence file; see whether it may be bundled.`);
    }
    return `${name} ${version}\n\n${readFileSync(`${folder}/${file}`, "utf8").trim()}\n`;
  });
  writeFileSync(`${outdir}/LICENSES.txt`, texts.join(`\n${"-".repeat(80)}\n\n`));
}

const common = {
  outdir,
  bundle: true,
  minify: forProduction,
  sourcemap: forProduction ? false : "linked",
  metafile: true,
};

/** Writes what an installation of the server leaves out, for install.ts. */
function writeOverrides() {
  const read = (name) => readFileSync(`../requirements/${name}.txt`, "utf8");
  writeFileSync(`${outdir}/overrides-gpu.txt`, read("overrides"));
  writeFileSync(`${outdir}/overrides-cpu.txt`, read("overrides") + read("overrides-cpu"));
}

rmSync(outdir, { recursive: true, force: true });
const { metafile } = await build({
  ...common,
  entryPoints: forTests
    ? readdirSync("test")
        .filter((name) => name.endsWith(".test.ts"))
        .map((name) => `test/${name}`)
    : ["src/extension.ts"],
  platform: "node",
  format: "cjs",
  target: "node20",
  external: ["vscode"],
});
if (!forTests) {
  await build({
    ...common,
    entryPoints: ["webview/answer.ts", "webview/answer.css"],
    platform: "browser",
    target: "es2022",
  });
  writeLicences(Object.keys(metafile.inputs));
  writeOverrides();
  for (const name of ["hover", "answer", "search", "status"]) {
    copyFileSync(`../docs/images/${name}.png`, `${outdir}/${name}.png`);
  }
}
