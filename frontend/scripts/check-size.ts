// What a terminal fetches before it can sell, compressed as the edge does it: the limits are promises of the design.

import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { brotliCompressSync, gzipSync } from "node:zlib";

const DIST = fileURLToPath(new URL("../dist/", import.meta.url));
/** A hall's phone network at 1 Mbit/s brings both within 3 seconds. */
const SCRIPT_LIMIT_BYTES = 200_000;
const WASM_LIMIT_BYTES = 150_000;
const ENTRY = "index.html";
const TERMINAL = "src/terminal/app.tsx";

type Chunk = { file: string; imports?: string[]; assets?: string[] };
const manifest = JSON.parse(readFileSync(`${DIST}.vite/manifest.json`, "utf8")) as Record<string, Chunk>;

/** The chunks that `name` needs before it runs. */
function chunksOf(name: string, seen = new Set<string>()): Set<string> {
  const chunk = manifest[name];
  if (chunk === undefined) throw new Error(`the build has no ${name}`);
  if (seen.has(name)) return seen;
  seen.add(name);
  for (const imported of chunk.imports ?? []) chunksOf(imported, seen);
  return seen;
}

const sizeOf = (file: string, compress: (bytes: Buffer) => Buffer) =>
  compress(readFileSync(DIST + file)).byteLength;
const names = [...chunksOf(TERMINAL, chunksOf(ENTRY))];
const scripts = names.map((name) => manifest[name]?.file ?? "");
const wasm = names.flatMap((name) => manifest[name]?.assets ?? []).filter((file) => file.endsWith(".wasm"));
const sum = (files: string[], compress: (bytes: Buffer) => Buffer) =>
  files.reduce((total, file) => total + sizeOf(file, compress), 0);

const scriptBytes = sum(scripts, gzipSync);
const wasmBytes = sum(wasm, gzipSync);
const kb = (bytes: number) => `${(bytes / 1000).toFixed(1)} kB`;
console.log(
  `terminal script ${kb(scriptBytes)} gzip (${kb(sum(scripts, brotliCompressSync))} brotli) of ${kb(SCRIPT_LIMIT_BYTES)}, ` +
    `wasm ${kb(wasmBytes)} gzip of ${kb(WASM_LIMIT_BYTES)}`,
);
if (wasm.length !== 1) throw new Error("the terminal's wasm is not among its chunks");
if (scriptBytes > SCRIPT_LIMIT_BYTES || wasmBytes > WASM_LIMIT_BYTES) process.exitCode = 1;
