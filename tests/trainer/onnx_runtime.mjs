// Compares ONNX Runtime Web, in node, with what the trainer computed: onnx_runtime.mjs FOLDER
// For the layout of the files see onnx_samples.cpp. Every probability of the stock build must agree to 1e-4; of models
// whose activations are whole numbers (-int8) to 0.02: where a sum lies between two of them, the last bit decides which one
// it becomes. The page's own build (assets/runtime) must agree with the stock one to 1e-5.
import fs from 'node:fs';
import path from 'node:path';
import { convert } from '../../tools/convert.mjs';
import { installed, runtimes } from './runtimes.mjs';

if (!installed) {
  console.log('skipped: onnxruntime-web is not installed (npm ci)');
  process.exit(process.env.CI ? 1 : 77);
}
const { stock, small } = await runtimes();

const COUNT = 1000, PIXELS = 784, TOLERANCE = 1e-4, TOLERANCE_INT8 = 0.02, TOLERANCE_SMALL = 1e-5;
const folder = process.argv[2];
const names = fs.readdirSync(folder).filter((name) => name.endsWith('.onnx')).sort();

async function answers(ort, model, pictures) {
  const session = await ort.InferenceSession.create(model);
  const { probabilities } = await session.run({ ink: new ort.Tensor('float32', pictures, [COUNT, 1, 28, 28]) });
  await session.release();
  return probabilities.data;
}

const difference = (a, b) => (a.length === b.length ? a.reduce((worst, p, i) => Math.max(worst, Math.abs(p - b[i])), 0) : Infinity);

let failed = names.length === 0;
for (const name of names) {
  const file = path.join(folder, name);
  const bytes = fs.readFileSync(file.replace(/onnx$/, 'bin'));
  const values = new Float32Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length));
  const pictures = values.slice(0, COUNT * PIXELS);
  const expected = values.subarray(COUNT * PIXELS);
  const theirs = await answers(stock, fs.readFileSync(file), pictures);
  const ours = await answers(small, await convert(file), pictures);
  const [worst, apart] = [difference(theirs, expected), difference(ours, theirs)];
  console.log(`${name}: ${COUNT} pictures, largest difference ${worst.toExponential(1)}; of the page's own build from the stock one ${apart.toExponential(1)}`);
  if (!(worst <= (name.endsWith('-int8.onnx') ? TOLERANCE_INT8 : TOLERANCE) && apart <= TOLERANCE_SMALL)) failed = true;
}
process.exit(failed ? 1 : 0);
