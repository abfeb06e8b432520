// Bundles the extension into dist/extension.js, with the licences of what is bundled beside it.
// `--tests` bundles the unit tests instead; `--production` leaves the source map out and makes the
// bundle small.
import { readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
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

rmSync(outdir, { recursive: true, force: true });
const { metafile } = await build({
  entryPoints: forTests
    ? readdirSync("test")
        .filter((name) => name.endsWith(".test.ts"))
        .map((name) => `test/${name}`)
    : ["src/extension.ts"],
  outdir,
  bundle: true,
  platform: "node",
  format: "cjs",
  target: "node20",
  external: ["vscode"],
  minify: forProduction,
  sourcemap: forProduction ? false : "linked",
  metafile: true,
});
if (!forTests) {
  writeLicences(Object.keys(metafile.inputs));
}
