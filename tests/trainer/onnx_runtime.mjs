// Compares ONNX Runtime Web, in node, with what the trainer computed: onnx_runtime.mjs FOLDER
// For the layout of the files see onnx_samples.cpp. Every probability must agree to 1e-4; of models whose activations
// are whole numbers (-int8) to 0.02: where a sum lies between two of them, the last bit decides which one it becomes.
import fs from 'node:fs';
import path from 'node:path';

let ort;
try {
  ort = await import('onnxruntime-web/wasm');
} catch {
  console.log('skipped: onnxruntime-web is not installed (npm ci)');
  process.exit(process.env.CI ? 1 : 77);
}
ort.env.wasm.numThreads = 1;

const COUNT = 1000, PIXELS = 784, TOLERANCE = 1e-4, TOLERANCE_INT8 = 0.02;
const folder = process.argv[2];
const names = fs.readdirSync(folder).filter((name) => name.endsWith('.onnx')).sort();
let failed = names.length === 0;
for (const name of names) {
  const bytes = fs.readFileSync(path.join(folder, name.replace(/onnx$/, 'bin')));
  const values = new Float32Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length));
  const session = await ort.InferenceSession.create(fs.readFileSync(path.join(folder, name)));
  const ink = new ort.Tensor('float32', values.slice(0, COUNT * PIXELS), [COUNT, 1, 28, 28]);
  const { probabilities } = await session.run({ ink });
  const expected = values.subarray(COUNT * PIXELS);
  let worst = probabilities.data.length === expected.length ? 0 : Infinity;
  probabilities.data.forEach((p, i) => { worst = Math.max(worst, Math.abs(p - expected[i])); });
  console.log(`${name}: ${COUNT} pictures, largest difference ${worst.toExponential(1)}`);
  if (!(worst <= (name.endsWith('-int8.onnx') ? TOLERANCE_INT8 : TOLERANCE))) failed = true;
}
process.exit(failed ? 1 : 0);
