// Compares ONNX Runtime Web, in node, with what the trainer computed: onnx_runtime.mjs FOLDER
// For the layout of the files see onnx_samples.cpp. Every probability of the stock build must agree to 1e-4, on average to
// 1e-7. Of models whose activations are whole numbers (-int8) no fixed bound holds: where a sum lies between two of them,
// its last bit decides which one it becomes. There the largest difference, and the average one, may be twice what the
// trainer's own answers change by when each weight is nudged by its last bit. The page's own build (assets/runtime) must
// agree with the stock one to 1e-5.
import fs from 'node:fs';
import path from 'node:path';
import { convert } from '../../tools/convert.mjs';
import { installed, runtimes } from './runtimes.mjs';

if (!installed) {
  console.log('skipped: onnxruntime-web is not installed (npm ci)');
  process.exit(process.env.CI ? 1 : 77);
}
const { stock, small } = await runtimes();

const COUNT = 1000, PIXELS = 784, TOLERANCE = 1e-4, TOLERANCE_MEAN = 1e-7, TOLERANCE_SMALL = 1e-5;
const folder = process.argv[2];
const names = fs.readdirSync(folder).filter((name) => name.endsWith('.onnx')).sort();

async function answers(ort, model, pictures) {
  const session = await ort.InferenceSession.create(model);
  const { probabilities } = await session.run({ ink: new ort.Tensor('float32', pictures, [COUNT, 1, 28, 28]) });
  await session.release();
  return probabilities.data;
}

/** {largest, mean}: how far the values of a lie from those of b. */
function difference(a, b) {
  if (a.length !== b.length) return { largest: Infinity, mean: Infinity };
  let [largest, sum] = [0, 0];
  for (let i = 0; i < a.length; ++i) {
    const apart = Math.abs(a[i] - b[i]);
    largest = Math.max(largest, apart);
    sum += apart;
  }
  return { largest, mean: sum / a.length };
}

let failed = names.length === 0;
for (const name of names) {
  const file = path.join(folder, name);
  const bytes = fs.readFileSync(file.replace(/onnx$/, 'bin'));
  const values = new Float32Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length));
  const pictures = values.slice(0, COUNT * PIXELS);
  const theirs = await answers(stock, fs.readFileSync(file), pictures);
  const ours = await answers(small, await convert(file), pictures);
  const expected = [];
  for (let at = COUNT * PIXELS; at < values.length; at += theirs.length) expected.push(values.subarray(at, at + theirs.length));
  const nudged = expected.slice(1).map((answer) => difference(answer, expected[0]));
  const may = (what, least) => Math.max(least, ...nudged.map((change) => 2 * change[what]));
  const [largest, mean] = [may('largest', TOLERANCE), may('mean', TOLERANCE_MEAN)];
  const [is, apart] = [difference(theirs, expected[0]), difference(ours, theirs)];
  console.log(`${name}: ${COUNT} pictures, largest difference ${is.largest.toExponential(1)} of ${largest.toExponential(1)}, mean ${is.mean.toExponential(1)} of ${mean.toExponential(1)}; of the page's own build from the stock one ${apart.largest.toExponential(1)}`);
  if (!(is.largest <= largest && is.mean <= mean && apart.largest <= TOLERANCE_SMALL)) failed = true;
}
process.exit(failed ? 1 : 0);
