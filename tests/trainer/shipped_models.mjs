// The models that ship are the ones that docs/model.md speaks of: shipped_models.mjs TEST_PICTURES
// Their hashes and bytes; and, on real drawings where $INKLING_DATA is set, their accuracy through ONNX Runtime Web:
// the stock build on the .onnx, the page's own build on the .ort. TEST_PICTURES: the program (test_pictures.cpp).
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { convert } from '../../tools/convert.mjs';
import { installed, runtimes } from './runtimes.mjs';

// What is promised of each: at most so many bytes; top-1, top-5, and top-5 at half the ink, at least.
const promised = {
  'default.onnx': { bytes: 326_000, top1: 0.71, top5: 0.92, half: 0.575 },
  'pocket.onnx': { bytes: 110_000, top1: 0.645, top5: 0.89, half: 0.495 },
};

const root = fileURLToPath(new URL('../../', import.meta.url));
const folder = path.join(root, 'assets/models');
let failed = false;
const expect = (holds, says) => {
  if (holds) return;
  failed = true;
  console.log(`FAILED: ${says}`);
};

const sums = fs.readFileSync(path.join(folder, 'SHA256SUMS'), 'utf8').trim().split('\n').map((line) => line.split(/ +/));
const models = fs.readdirSync(folder).filter((file) => file.endsWith('.onnx')).sort();
expect(sums.map(([, file]) => file).sort().join() === models.join(), `SHA256SUMS names ${sums.map(([, file]) => file)}, but there are ${models}`);
for (const [sum, file] of sums) {
  const bytes = fs.readFileSync(path.join(folder, file));
  expect(createHash('sha256').update(bytes).digest('hex') === sum, `${file} has another hash than SHA256SUMS says: run tools/make-models`);
  expect(bytes.length <= (promised[file]?.bytes ?? Infinity), `${file} has ${bytes.length} bytes, more than ${promised[file]?.bytes}`);
  console.log(`${file}: ${bytes.length} bytes, sha256 ${sum}`);
}

// ---- accuracy ----

const why = !process.env.INKLING_DATA ? 'INKLING_DATA is not set' : !installed ? 'onnxruntime-web is not installed (npm ci)' : '';
if (why) {
  console.log(`SKIPPED: the accuracy of the models that ship: ${why}`);
  process.exit(failed ? 1 : 0);
}

/** {top1, top5} of a session on uint8 pictures [n, 784]. */
async function accuracy(ort, session, labels, pictures) {
  const at = 100;
  let [top1, top5] = [0, 0];
  for (let from = 0; from < labels.length; from += at) {
    const count = Math.min(at, labels.length - from);
    const input = Float32Array.from(pictures.subarray(784 * from, 784 * (from + count)), (pixel) => pixel / 255);
    const { probabilities } = await session.run({ ink: new ort.Tensor('float32', input, [count, 1, 28, 28]) });
    const classes = probabilities.data.length / count;
    for (let i = 0; i < count; ++i) {
      const row = probabilities.data.subarray(classes * i, classes * (i + 1));
      const better = row.reduce((n, p) => n + (p > row[labels[from + i]]), 0);
      top1 += better < 1;
      top5 += better < 5;
    }
  }
  return { top1: top1 / labels.length, top5: top5 / labels.length };
}

const scratch = fs.mkdtempSync(path.join(os.tmpdir(), 'inkling-shipped-'));
try {
  for (const [file, least] of Object.entries(promised)) {
    const model = path.join(folder, file);
    const out = path.join(scratch, 'pictures');
    const { status, stderr } = spawnSync(process.argv[2], [model, out], { encoding: 'utf8' });
    if (status !== 0) throw new Error(stderr);
    const all = fs.readFileSync(out);
    const n = all.length / (2 + 2 * 784);
    const labels = Array.from({ length: n }, (_, i) => all.readUInt16LE(2 * i));
    const whole = all.subarray(2 * n, (2 + 784) * n);
    const begun = all.subarray((2 + 784) * n);
    for (const [name, ort] of Object.entries(await runtimes())) {
      const session = await ort.InferenceSession.create(name === 'small' ? await convert(model) : fs.readFileSync(model));
      const { top1, top5 } = await accuracy(ort, session, labels, whole);
      const half = (await accuracy(ort, session, labels, begun)).top5;
      await session.release();
      console.log(`${file}, ${name} build, ${n} drawings: top-1 ${(100 * top1).toFixed(2)}%, top-5 ${(100 * top5).toFixed(2)}%, at half the ink ${(100 * half).toFixed(2)}%`);
      expect(n >= 6000 && top1 >= least.top1 && top5 >= least.top5 && half >= (least.half ?? 0), `${file} in the ${name} build: less than promised, ${JSON.stringify(least)}`);
    }
  }
} finally {
  fs.rmSync(scratch, { recursive: true });
}
process.exit(failed ? 1 : 0);
