// ONNX Runtime Web in node, on one thread: the stock build of npm, and the page's own (assets/runtime).
import fs from 'node:fs';

const script = new URL('../../node_modules/onnxruntime-web/dist/ort.wasm.min.mjs', import.meta.url);
const own = (file) => new URL(`../../assets/runtime/${file}`, import.meta.url).href;

/** Is the package installed (npm ci)? */
export const installed = fs.existsSync(script);

/** A build of the runtime; each has a copy of the script. */
async function runtime(name, wasmPaths) {
  const ort = await import(`${script.href}?${name}`);
  ort.env.wasm.numThreads = 1;
  ort.env.wasm.wasmPaths = wasmPaths;
  return ort;
}

/** {stock, small}; the small one reads .ort files alone (tools/convert.mjs). */
export const runtimes = async () => ({
  stock: await runtime('stock'),
  small: await runtime('small', { mjs: own('ort.mjs'), wasm: own('ort.wasm') }),
});
