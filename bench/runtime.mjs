// The page's own ONNX Runtime beside the stock one, in node, on one thread: bytes, the time to a session, the time of one
// inference, the memory of the wasm.
//
//   node bench/runtime.mjs [FOLDER]      of .onnx files; default: the model that ships, and of those that the native tests
//                                        make (tests/trainer/onnx_samples.cpp) the ones that have bars
//
// Each build runs in a process of its own, in turns; medians of 15, of an inference those of 60 x 25. The exit status is 1
// where a bar is missed.

import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { brotliCompressSync } from 'node:zlib';
import { convert } from '../tools/convert.mjs';
import { median } from './quantile.mjs';
import { heading, row, verdict } from './table.mjs';

// The model that ships and the simplest one, int8 too: an inference takes no longer than with the stock build, and the wasm
// has half of its memory.
const barred = ['default', 'default-int8', 'simple-cnn', 'simple-cnn-int8'];
const [slowest, largest] = [1, 0.5];

const rounds = 15, turns = 60, runs = 25;
const at = (path) => new URL(`../${path}`, import.meta.url);
const shipped = fileURLToPath(at('assets/models/default.onnx'));
const stockFolder = 'node_modules/onnxruntime-web/dist/';
const builds = {
  stock: { mjs: at(`${stockFolder}ort-wasm-simd-threaded.mjs`), wasm: at(`${stockFolder}ort-wasm-simd-threaded.wasm`) },
  small: { mjs: at('assets/runtime/ort.mjs'), wasm: at('assets/runtime/ort.wasm') },
};
const script = at(`${stockFolder}ort.wasm.min.mjs`);

// In a process of its own: {session, inference, memory} of a model in one of the builds.
async function measure(build, file) {
  const ort = await import(script);
  ort.env.wasm.numThreads = 1;
  ort.env.wasm.wasmPaths = { mjs: builds[build].mjs.href, wasm: builds[build].wasm.href };
  let memory;
  const { instantiate } = WebAssembly;
  WebAssembly.instantiate = async (...args) => {
    const made = await instantiate(...args);
    memory = Object.values((made.instance ?? made).exports).find((value) => value instanceof WebAssembly.Memory) ??
      Object.values(args[1]).flatMap(Object.values).find((value) => value instanceof WebAssembly.Memory);
    return made;
  };
  const bytes = readFileSync(file);
  const began = performance.now();
  const session = await ort.InferenceSession.create(bytes);
  const opened = performance.now() - began;
  const ink = new ort.Tensor('float32', Float32Array.from({ length: 784 }, (_, i) => (i * 7919 % 97 < 20 ? 1 : 0)), [1, 1, 28, 28]);
  const times = [];
  for (let turn = 0; turn <= turns; ++turn) {
    const begin = performance.now();
    for (let run = 0; run < runs; ++run) await session.run({ ink });
    if (turn > 0) times.push((performance.now() - begin) / runs); // the first one warms up
  }
  console.log(JSON.stringify({ session: opened, inference: median(times), memory: memory.buffer.byteLength }));
}

async function compare(files) {
  for (const [name, { mjs, wasm }] of Object.entries(builds)) {
    const bytes = [wasm, mjs, script].map((file) => brotliCompressSync(readFileSync(file)).length);
    console.log(`${name}: wasm ${statSync(wasm).size} bytes; brotli: wasm ${bytes[0]}, loader ${bytes[1]}, ort.js ${bytes[2]}, together ${bytes.reduce((a, b) => a + b)}`);
  }
  const folder = mkdtempSync(join(tmpdir(), 'inkling-'));
  try {
    heading();
    for (const file of files) {
      const models = { stock: file, small: join(folder, 'model.ort') };
      writeFileSync(models.small, await convert(file));
      const told = { stock: [], small: [] };
      for (let round = 0; round < rounds; ++round) {
        for (const build of round % 2 ? ['small', 'stock'] : ['stock', 'small']) {
          told[build].push(JSON.parse(execFileSync(process.execPath, [fileURLToPath(import.meta.url), '--measure', build, models[build]])));
        }
      }
      const of = (build, what) => median(told[build].map((one) => one[what]));
      const ratio = median(told.small.map(({ inference }, i) => inference / told.stock[i].inference));
      const name = file === shipped ? 'the model that ships' : basename(file, '.onnx');
      const bar = (most) => (file === shipped || barred.includes(name) ? most : null);
      const both = (what, unit, digits, scale = 1) => ['small', 'stock'].map((build) => (of(build, what) / scale).toFixed(digits)).join(` ${unit} for `) + ` ${unit}`;
      row(`${name}: one inference, of the stock build's (${both('inference', 'ms', 3)})`, ratio, bar(slowest), '', 2);
      row(`  memory of the wasm after it, of the stock build's (${both('memory', 'MB', 1, 1e6)})`, of('small', 'memory') / of('stock', 'memory'), bar(largest), '', 2);
      row(`  time to a session, of the stock build's (${both('session', 'ms', 0)})`, of('small', 'session') / of('stock', 'session'), null, '', 2);
    }
  } finally {
    rmSync(folder, { recursive: true });
  }
}

const [first, ...rest] = process.argv.slice(2);
if (first === '--measure') {
  await measure(...rest);
} else {
  const samples = fileURLToPath(at('build/native/tests/trainer/samples'));
  const made = first ? readdirSync(first).filter((name) => name.endsWith('.onnx')).sort().map((name) => join(first, name))
    : [shipped, ...barred.map((name) => join(samples, `${name}.onnx`))];
  const missing = made.filter((file) => !existsSync(file)).map((file) => basename(file));
  if (missing.length) console.log(`left out, though they have bars: ${missing.join(', ')}; run ctest --preset native -R samples`);
  await compare(made.filter(existsSync));
  process.exit(verdict());
}
