// The page's own build of ONNX Runtime: that it is the one that was built, that it agrees with the stock build in every
// browser, that the page fetches the stock one for what it lacks and only then, and that no file, however hostile, takes
// the page down.

import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { cpSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { convert } from '../../tools/convert.mjs';
import { serve } from '../../tools/serve.mjs';
import { dist, drop, phone, root, shapes, start } from './play.mjs';
import { ready, toPaper } from './rounds.mjs';
import { firefox, webkit } from './webdriver.mjs';

let here;
let folder;
before(async () => {
  here = await start();
  folder = mkdtempSync(join(tmpdir(), 'inkling-runtime-'));
});
after(() => {
  rmSync(folder, { recursive: true });
  return here?.close();
});

const shipped = readFileSync(join(dist, 'models/default.ort'));

const built = join(root, 'assets/runtime');

test('it is what tools/build-ort made of the list of operators and of tools/ort', () => {
  const sums = readFileSync(join(built, 'SHA256SUMS'), 'utf8').trim().split('\n').map((line) => line.split(/ +/));
  const sources = readdirSync(join(root, 'tools/ort')).map((file) => `../../tools/ort/${file}`).sort();
  assert.deepEqual(sums.map(([, file]) => file), ['operators.config', 'ort.mjs', 'ort.wasm', ...sources]);
  for (const [sum, file] of sums) {
    assert.equal(createHash('sha256').update(readFileSync(join(built, file))).digest('hex'), sum, `${file}: run tools/build-ort`);
  }
  for (const [file, name] of [['ort.mjs', 'small.js'], ['ort.wasm', 'small.wasm']]) {
    assert.ok(readFileSync(join(built, file)).equals(readFileSync(join(dist, 'runtime', name))), `and the page has it: ${name}`);
  }
});

test('it is of the version of the stock build', () => {
  const [, version] = /\bversion=(\S+)/.exec(readFileSync(join(root, 'tools/build-ort'), 'utf8'));
  const { dependencies } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
  assert.deepEqual([dependencies['onnxruntime-web'], dependencies['onnxruntime-node']], [version, version]);
  assert.match(readFileSync(join(built, 'README.md'), 'utf8'), new RegExp(`ONNX Runtime ${version.replaceAll('.', '\\.')} built`));
  assert.ok(readFileSync(join(root, 'tools/ort/sources.sha256'), 'utf8').includes(` onnxruntime_${version}+dfsg.orig`));
});

// ---- every network of the zoo, in every browser ----

const samples = join(root, 'build/native/tests/trainer/samples'); // of the native tests
const there = existsSync(samples);
if (!there) console.log('SKIPPED: the zoo in browsers: its models are made by the native tests (ctest --preset native)');
test('the zoo has been exported', { skip: !process.env.CI && !there }, () => assert.ok(there));

/** A folder to be served with the runtime, the models as .ort, a thousand pictures, and what the stock build makes of them
 * in node, as float32. Resolves to the models' names. */
async function zoo() {
  const count = 1000;
  const ort = await import('onnxruntime-web/wasm');
  ort.env.wasm.numThreads = 1;
  for (const file of ['ort.js', 'small.js', 'small.wasm']) cpSync(join(dist, 'runtime', file), join(folder, file));
  writeFileSync(join(folder, 'index.html'), '<!doctype html><title>zoo</title>');
  const names = readdirSync(samples).filter((name) => name.endsWith('.onnx')).map((name) => name.slice(0, -5)).sort();
  let pictures;
  for (const name of names) {
    if (!pictures) {
      const bin = readFileSync(join(samples, `${name}.bin`));
      pictures = new Float32Array(bin.buffer.slice(bin.byteOffset, bin.byteOffset + 4 * count * 784));
      writeFileSync(join(folder, 'pictures'), Buffer.from(pictures.buffer));
    }
    const session = await ort.InferenceSession.create(readFileSync(join(samples, `${name}.onnx`)));
    const { probabilities } = await session.run({ ink: new ort.Tensor('float32', pictures, [count, 1, 28, 28]) });
    await session.release();
    writeFileSync(join(folder, `${name}.stock`), Buffer.from(probabilities.data.buffer, probabilities.data.byteOffset, probabilities.data.byteLength));
    writeFileSync(join(folder, `${name}.ort`), await convert(join(samples, `${name}.onnx`)));
  }
  return names;
}

/** In a browser: the largest difference of each model's probabilities from those of the stock build. */
async function differences(names) {
  const at = (file) => new URL(file, location.href).href;
  const ort = await import(at('ort.js'));
  ort.env.wasm.numThreads = 1;
  ort.env.wasm.wasmPaths = { mjs: at('small.js'), wasm: at('small.wasm') };
  const floats = async (file) => new Float32Array(await (await fetch(file)).arrayBuffer());
  const pictures = await floats('pictures');
  const found = [];
  for (const name of names) {
    const session = await ort.InferenceSession.create(new Uint8Array(await (await fetch(`${name}.ort`)).arrayBuffer()));
    const { probabilities: { data } } = await session.run({ ink: new ort.Tensor('float32', pictures, [1000, 1, 28, 28]) });
    await session.release();
    const stock = await floats(`${name}.stock`);
    found.push(data.length === stock.length ? data.reduce((worst, p, i) => Math.max(worst, Math.abs(p - stock[i])), 0) : Infinity);
  }
  return found;
}

test('it agrees with the stock build on every network of the zoo, in Chromium, Firefox and WebKit', { skip: !there }, async () => {
  const names = await zoo();
  assert.ok(names.length > 20 && names.some((name) => name.endsWith('-int8')), `${names}`);
  const site = await serve({ root: folder, base: '/', port: 8740 });
  const agree = (browser, found) => {
    // WebDriver carries what is no number as null, which is less than any bar.
    names.forEach((name, i) => assert.ok(Number.isFinite(found[i]) && found[i] <= 1e-5, `${name} in ${browser}: ${found[i]} apart`));
    console.log(`${browser}: ${names.length} models, 1000 pictures each, ${Math.max(...found)} apart at most`);
  };
  try {
    const page = await here.browser.newPage();
    await page.goto(site.address);
    agree('Chromium', await page.evaluate(differences, names));
    await page.close();
    for (const browser of [firefox, webkit]) {
      const lacking = browser.lacks();
      if (lacking.length && !process.env.CI) {
        console.log(`SKIPPED: the runtime in ${browser.name}: this machine has no ${lacking.join(', no ')}`);
        continue;
      }
      const driver = await browser.launch({ viewport: phone });
      try {
        await driver.goto(site.address);
        agree(browser.name, await driver.evaluate(differences, names));
      } finally {
        await driver.close();
      }
    }
  } finally {
    await site.close();
  }
});

// ---- which of the two is fetched ----

const asked = (player, name) => player.requests.some((url) => url.includes(`/runtime/${name}.wasm`));

/** Has a new worker of the page load a model, as the page does. Resolves to the last that it says, and whether it asked for
 * the stock runtime on the way. */
const load = (page, bytes) => page.evaluate(async (base64) => {
  const worker = new Worker('classifier.js', { type: 'module' });
  let stock = false;
  const said = await new Promise((done) => {
    worker.onmessage = ({ data }) => {
      stock ||= Boolean(data.stock);
      if (data.ready || data.failed) done({ outputs: data.outputs, failed: data.failed, reason: data.reason });
    };
    worker.postMessage({ model: Uint8Array.from(atob(base64), (c) => c.charCodeAt(0)), side: 28 });
  });
  worker.terminate();
  return { ...said, stock };
}, Buffer.from(bytes).toString('base64'));

test('the model that ships needs the small one alone', async () => {
  const player = await here.open('?seed=1&words=circle');
  await ready(player);
  assert.ok(asked(player, 'small') && !asked(player, 'stock'), `${player.requests}`);
  assert.deepEqual(player.complaints, []);
  await player.close();
});

test('a model with an operator that is not built in, and every .onnx file, is run by the stock one', async () => {
  const onnx = readFileSync(join(root, 'assets/models/default.onnx'));
  // Another activation of as many letters, which no kernel takes into a convolution.
  const bytes = Buffer.from(onnx);
  for (let at = bytes.indexOf('Relu'); at >= 0; at = bytes.indexOf('Relu', at)) bytes.write('Selu', at);
  writeFileSync(join(folder, 'selu.onnx'), bytes);
  const selu = await convert(join(folder, 'selu.onnx'));
  const player = await here.open('');
  await ready(player);
  for (const [name, file, stock] of [['default.ort', shipped, false], ['default.onnx', onnx, true], ['selu.ort', selu, true]]) {
    const said = await load(player.page, file);
    assert.deepEqual([said.outputs, said.stock], [345, stock], `${name}: ${JSON.stringify(said)}`);
  }
  await player.close();
});

test('a maker’s .onnx comes with a sentence while the stock one is on its way', async () => {
  const player = await here.open('?seed=1&words=circle&model=models/mine.onnx', {
    prepare: async (page) => {
      await page.route('**/models/mine.onnx', (route) => route.fulfill({ path: join(root, 'assets/models/default.onnx') }));
      await page.route('**/runtime/stock.wasm', (route) => new Promise((done) => { page.once('console', done); }).then(() => route.continue()));
    },
  });
  await toPaper(player);
  await player.until(({ said }) => said.some((sentence) => /This model needs my big engine/.test(sentence)), 'the sentence');
  await player.picture(join(root, 'build/screens/draw-engine.png'));
  await player.page.evaluate(() => console.log('go on'));
  await ready(player);
  await player.draw(shapes.circle);
  await player.until(({ result }) => result === 'won', 'a win');
  assert.ok(asked(player, 'stock') && !asked(player, 'small'));
  await player.close();
});

// ---- hostile files ----

/** In the page, before all: window.spoiler(bytes, [from, to], seed) makes spoilt copies of a model, one after the other: some of
 * its bytes changed, anywhere or within the part that says how the network is built; or cut, or with a piece of itself
 * elsewhere. */
function prepareSpoiler() {
  window.spoiler = (bytes, [from, to], seed) => {
    const random = () => { // mulberry32, https://gist.github.com/tommyettinger/46a874533244883189143505d203312c
      seed = (seed + 0x6d2b79f5) | 0;
      let t = Math.imul(seed ^ (seed >>> 15), seed | 1);
      t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
      return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
    };
    const below = (n) => Math.floor(random() * n);
    return () => {
      const copy = bytes.slice();
      const words = new DataView(copy.buffer);
      const [begin, end] = below(2) ? [from, to] : [0, bytes.length];
      const place = () => begin + below(end - begin - 4);
      const kind = below(4);
      if (kind === 0) return copy.slice(0, below(bytes.length));
      if (kind === 1) return copy.copyWithin(place(), place(), place());
      for (let i = 0, n = 1 + below(12); i < n; ++i) {
        if (below(2)) copy[place()] = below(256);
        else words.setUint32(place(), [0, 1, 0x7fffffff, 0xffffffff, 0x80000000, bytes.length][below(6)], true);
      }
      return copy;
    };
  };
}

/** In the page: has its worker load spoilt copies of a model. A worker is kept until its runtime stops in the middle of
 * something. Resolves to how often each end came: ready, a key, died, or hung, where nothing is said for five seconds. */
async function spoil({ address, part, seed, count }) {
  const spoilt = window.spoiler(new Uint8Array(await (await fetch(address)).arrayBuffer()), part, seed);
  const ends = {};
  let worker;
  for (let i = 0; i < count; ++i) {
    worker ??= new Worker('classifier.js', { type: 'module' });
    const end = await new Promise((done) => {
      const timer = setTimeout(done, 5000, { failed: 'hung' });
      const tell = (data) => {
        clearTimeout(timer);
        done(data);
      };
      worker.onerror = () => tell({ failed: 'died' });
      worker.onmessage = ({ data }) => { if (data.ready || data.failed) tell(data); };
      worker.postMessage({ model: spoilt(), side: 28 });
    });
    const name = end.failed ?? 'ready';
    ends[name] = (ends[name] ?? 0) + 1;
    if (end.failed && !/ERROR_CODE/.test(end.reason)) {
      worker.terminate();
      worker = null;
    }
  }
  worker?.terminate();
  return ends;
}

/** In the page: drops spoilt copies of a model on it, one after the other. Resolves to how often each was the last that the
 * page said of a file: that it plays, or why not; nothing, in 40 seconds, is "silent". */
async function dropSpoilt({ address, part, seed, count, ending }) {
  const spoilt = window.spoiler(new Uint8Array(await (await fetch(address)).arrayBuffer()), part, seed);
  const canvas = document.getElementById('canvas');
  const ends = {};
  for (let i = 0; i < count; ++i) {
    const file = `${seed}-${i}.${ending}`;
    const dataTransfer = new DataTransfer();
    dataTransfer.items.add(new File([spoilt()], file));
    canvas.dispatchEvent(new DragEvent('drop', { dataTransfer, bubbles: true, cancelable: true }));
    let end = 'silent';
    for (let waited = 0; waited < 40_000 && end === 'silent'; waited += 10) {
      await new Promise((done) => setTimeout(done, 10));
      const words = [...document.querySelectorAll('#mirror li')].map((item) => item.textContent).find((text) => text.includes(file));
      if (words) end = words.startsWith('I play with') ? 'plays' : words.slice(words.indexOf(file) + file.length + 2);
    }
    ends[end] = (ends[end] ?? 0) + 1;
  }
  return ends;
}

test('five hundred spoilt models end in a sentence, or play; the page goes on', async () => {
  const onnx = readFileSync(join(root, 'assets/models/default.onnx'));
  const player = await here.open('?seed=1&words=circle', { prepare: async (page) => {
    await page.addInitScript(prepareSpoiler);
    await page.route('**/spoilt.onnx', (route) => route.fulfill({ body: onnx }));
  } });
  await ready(player);
  // The network is behind the weights; between them, its first nodes at the beginning.
  const ort = { address: 'models/default.ort', part: [Math.floor(shipped.length * 0.8), shipped.length], ending: 'ort' };
  const stock = { address: 'spoilt.onnx', part: [0, 2000], ending: 'onnx' };
  const texts = new Map(readFileSync(join(dist, 'texts/en.tsv'), 'utf8').split('\n').map((line) => line.split('\t')));
  const text = (object) => JSON.stringify(object);

  for (const [model, count] of [[ort, 240], [stock, 160]]) {
    const ends = await player.page.evaluate(spoil, { ...model, seed: 1, count });
    console.log(`${count} spoilt .${model.ending} models: ${text(ends)}`);
    for (const key of Object.keys(ends)) assert.ok(['ready', 'died', 'hung'].includes(key) || texts.has(key), key);
    assert.ok(ends['error.format'] > count / 5 && ends.ready > count / 10, 'some are refused, some run');
    // Of 3600, with nine seeds, none did. The page would survive each, but its player waits up to half a minute for that.
    assert.ok((ends.died ?? 0) + (ends.hung ?? 0) <= count / 100, text(ends));
  }

  // And through the page's own door, where the game reads the card first.
  const reasons = [...texts].filter(([key]) => key.startsWith('offer.')).map(([, words]) => words);
  for (const model of [ort, stock]) {
    const ends = await player.page.evaluate(dropSpoilt, { ...model, seed: 2, count: 50 });
    console.log(`50 spoilt .${model.ending} models, dropped: ${text(ends)}`);
    for (const end of Object.keys(ends)) assert.ok(end === 'plays' || reasons.includes(end), end);
    assert.ok(ends.plays > 5 && ends.plays < 45, 'some are refused, some play');
  }
  await drop(player, 'sound.onnx', onnx);
  await player.until(({ said }) => said.some((words) => words.startsWith('I play with sound.onnx')), 'a sound model', 20_000);
  await player.pressMirror('back');
  await player.until(({ screen }) => screen === 'title', 'the title');
  await toPaper(player);
  await player.draw(shapes.circle);
  await player.until(({ result }) => result === 'won', 'a win');
  await player.close();
});
