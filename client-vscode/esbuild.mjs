// Bundles the extension into dist/extension.js; `--tests` bundles the unit tests instead,
// `--production` leaves the source map out and makes the bundle small.
import { readdirSync, rmSync } from "node:fs";
import { build } from "esbuild";

const forTests = process.argv.includes("--tests");
const forProduction = process.argv.includes("--production");
const outdir = forTests ? "dist/test" : "dist";

rmSync(outdir, { recursive: true, force: true });
await build({
  entryPoints: forTests
    ? readdirSync("test", { recursive: true })
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
  legalComments: "none",
});
