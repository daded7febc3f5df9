// Milliseconds that ONNX Runtime Web takes for one picture, on one thread: node time_models.mjs SIDE FILE...
// The models run in turns, so that a machine that others use too slows all of them. Prints the medians as JSON.
import fs from 'node:fs';
import * as ort from 'onnxruntime-web/wasm';

const ROUNDS = 40, RUNS = 25;
ort.env.wasm.numThreads = 1;
ort.env.logLevel = 'error';

const [side, ...files] = process.argv.slice(2);
const pixels = Float32Array.from({ length: side * side }, (_, i) => (i * 7919 % 97 < 20 ? 1 : 0));
const ink = new ort.Tensor('float32', pixels, [1, 1, Number(side), Number(side)]);
const sessions = [];
for (const file of files) sessions.push(await ort.InferenceSession.create(fs.readFileSync(file)));

const times = sessions.map(() => []);
for (let round = 0; round <= ROUNDS; ++round)
  for (const [i, session] of sessions.entries()) {
    const begin = performance.now();
    for (let run = 0; run < RUNS; ++run) await session.run({ ink });
    if (round > 0) times[i].push((performance.now() - begin) / RUNS);  // the first one warms up
  }
const median = (values) => values.sort((a, b) => a - b)[values.length >> 1];
console.log(JSON.stringify(times.map(median)));
