// Writes into the service worker what a till needs on its device: the page, its scripts, styles, fonts and rules.
// The console's files and the camera's reader stay out: the one is another app, the other is large and seldom used.

import { createHash } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { Plugin, Rollup } from "vite";

const PLACE = "self.__WB_MANIFEST";
const WORKER = "service-worker.js";
const TILL = "src/terminal/app.tsx";
const ENTRY = "index.html";
const CAMERA = /zxing|reader|camera/;

type Entry = { url: string; revision: string | null };
type Bundle = Rollup.OutputBundle;

export function precache(): Plugin {
  let publicDir = "";
  return {
    name: "hangtag-precache",
    apply: "build",
    enforce: "post",
    configResolved: (config) => {
      publicDir = config.publicDir;
    },
    generateBundle: {
      order: "post",
      handler(_options, bundle) {
        const worker = bundle[WORKER];
        if (worker?.type !== "chunk") throw new Error(`the build has no ${WORKER}`);
        const entries = [...ofBundle(bundle), ...ofFolder(publicDir)];
        if (!worker.code.includes(PLACE)) throw new Error("the service worker has no place for its list");
        worker.code = worker.code.replace(PLACE, JSON.stringify(entries));
      },
    },
  };
}

/** Everything that the till's chunks reach, whose names carry their version; and the page, which does not. */
function ofBundle(bundle: Bundle): Entry[] {
  const files = new Set<string>();
  const visit = (file: string) => {
    if (files.has(file) || CAMERA.test(file)) return;
    const chunk = bundle[file];
    if (chunk === undefined) return;
    files.add(file);
    if (chunk.type !== "chunk") return;
    const { importedCss, importedAssets } = chunk.viteMetadata ?? { importedCss: [], importedAssets: [] };
    for (const next of [...chunk.imports, ...importedCss, ...importedAssets]) visit(next);
    if (!isFrontDoor(chunk)) for (const next of chunk.dynamicImports) visit(next);
  };
  for (const [file, chunk] of Object.entries(bundle)) {
    if (chunk.type === "chunk" && (isFrontDoor(chunk) || chunk.facadeModuleId?.endsWith(TILL) === true))
      visit(file);
  }
  const named = [...files].map((file) => ({ url: `/${file}`, revision: null }));
  const page = bundle[ENTRY];
  if (page?.type !== "asset") throw new Error(`the build has no ${ENTRY}`);
  return [...named, { url: `/${ENTRY}`, revision: digest(page.source) }];
}

/** The module that chooses between the till and the console: what it imports later is not all the till's. */
const isFrontDoor = (chunk: Rollup.OutputChunk) => chunk.facadeModuleId?.endsWith(ENTRY) === true;

function ofFolder(folder: string): Entry[] {
  const files = readdirSync(folder, { withFileTypes: true }).filter((entry) => entry.isFile());
  return files.map(({ name }) => ({ url: `/${name}`, revision: digest(readFileSync(join(folder, name))) }));
}

const digest = (bytes: string | Uint8Array) => createHash("sha256").update(bytes).digest("hex").slice(0, 16);
