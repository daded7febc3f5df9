// What goes wrong on the way to a player: models, the runtime, WebGL, WebAssembly. Each ends in a sentence of the
// texts and a way on, never in an empty page.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { foreign, hanging } from './onnx.mjs';
import { dist, inkIn, root, screens, shapes, start } from './play.mjs';
import { ready, toPaper } from './rounds.mjs';

let here;
before(async () => { here = await start(); });
after(() => here?.close());

const texts = new Map(readFileSync(join(dist, 'texts/en.tsv'), 'utf8').split('\n')
  .filter((line) => line && !line.startsWith('#')).map((line) => line.split('\t')));
const sentence = (key) => {
  assert.ok(texts.has(key), `texts/en.tsv has ${key}`);
  return texts.get(key);
};
const model = readFileSync(join(dist, 'models/default.ort'));
const answer = (body, contentType = 'application/octet-stream') => (route) => route.fulfill({ body, contentType });

// Our own model with the card's entries spoilt: it runs, but says nothing of itself.
const cardless = Buffer.from(model.toString('latin1').replaceAll('inkling.', 'inkless.'), 'latin1');

const spoil = (buffer) => {
  const bytes = Buffer.from(buffer);
  for (let i = 0; i < bytes.length; ++i) bytes[i] = (i * 197 + 71) & 255;
  return bytes;
};

/** The game with a route of ours for the model; says that the classifier failed, for this reason, and that the
 * sentence is seen. */
async function failing(key, handler, pattern = '**/models/default.ort') {
  const player = await here.open('?seed=1&words=circle', { prepare: (page) => page.route(pattern, handler) });
  const { error } = await player.until(({ classifier }) => classifier === 'failed', `${key}`, 20_000);
  assert.equal(error, key);
  await player.until(({ text, said }) => [text, ...said].some((words) => words.includes(sentence(key))), 'the sentence');
  return player;
}

/** Plays on: the card, the paper, a stroke that leaves ink. */
async function drawsOn(player) {
  const { paper } = await toPaper(player);
  const before = inkIn(await player.picture(), paper);
  await player.draw([[[20, 120], [230, 130]]]);
  await player.page.waitForTimeout(200);
  assert.ok(inkIn(await player.picture(), paper) > before + 500, 'drawing goes on');
}

test('a model that is not there (404); it can be tried again', async () => {
  const player = await failing('error.missing', (route) => route.fulfill({ status: 404, body: 'no' }));
  await drawsOn(player);
  await player.page.unroute('**/models/default.ort');
  await player.pressMirror('retry');
  await player.until(({ classifier }) => classifier === 'ready', 'the classifier', 20_000);
  await player.close();
});

test('a page in the place of the model (wrong MIME type)', async () => {
  await (await failing('error.missing', answer('<!doctype html><p>Home</p>', 'text/html'))).close();
});

for (const [name, body, key] of [
  ['a cut model', model.subarray(0, model.length >> 1), 'error.format'],
  ['an empty model', Buffer.alloc(0), 'error.format'],
  ['random bytes', spoil(model), 'error.format'],
  ['a foreign model', foreign, 'error.card'],
  ['a model without a card', cardless, 'error.card'],
]) {
  test(name, async () => {
    const player = await failing(key, answer(body));
    await drawsOn(player);
    await player.close();
  });
}

test('a cut connection', async () => {
  await (await failing('error.network', (route) => route.abort('connectionreset'))).close();
});

test('a model that never comes is given up', async () => {
  const player = await here.open('', { prepare: async (page) => {
    await page.addInitScript(() => { // half a minute takes one second
      const { setTimeout } = window;
      window.setTimeout = (call, ms, ...rest) => setTimeout(call, ms === 30_000 ? 1000 : ms, ...rest);
    });
    await page.route('**/models/default.ort', () => {});
  } });
  const { error } = await player.until(({ classifier }) => classifier === 'failed', 'the end of patience', 8000);
  assert.equal(error, 'error.network');
  await drawsOn(player);
  await player.close();
});

test('a runtime that is not there', async () => {
  await (await failing('error.runtime', (route) => route.fulfill({ status: 404, body: 'no' }), '**/runtime/*.wasm')).close();
  await (await failing('error.runtime', answer('<p>', 'text/html'), '**/runtime/ort.js')).close();
});

test('?model= takes another model of this page, and none from elsewhere', async () => {
  const player = await here.open('?model=other/copy.ort', { prepare: (page) => page.route('**/other/copy.ort', answer(model)) });
  await player.until(({ classifier }) => classifier === 'ready', 'the classifier', 20_000);
  await player.close();
  for (const address of ['https://elsewhere.example/x.onnx', '//elsewhere.example/x.onnx', 'data:,x', 'http://[']) {
    const refused = await here.open(`?model=${encodeURIComponent(address)}`);
    const { error } = await refused.until(({ classifier }) => classifier === 'failed', 'the refusal');
    assert.equal(error, 'error.origin');
    assert.ok(refused.requests.every((url) => new URL(url).origin === new URL(here.site.address).origin), 'asked nobody');
    await refused.close();
  }
});

// ---- a model that was named for this page, and won't do ----

const note = async (player, file, reason) => {
  await player.page.waitForSelector('#note:not([hidden])', { timeout: 20_000 });
  assert.equal(await player.page.textContent('#note'),
    sentence('offer.refused').replace('{file}', file).replace('{reason}', sentence(reason)));
};
/** The game is the normal one: the model that ships guesses. */
async function plays(player) {
  await ready(player);
  if ((await player.mirror()).screen === 'title') await toPaper(player);
  await player.draw(shapes.circle);
  await player.until(({ result }) => result === 'won', 'a win', 15_000);
}
const onnx = readFileSync(join(root, 'assets/models/default.onnx'));

for (const [name, file, body, reason] of [
  ['is cut', 'mine.ort', model.subarray(0, model.length >> 1), 'offer.format'],
  ['is foreign', 'mine.onnx', foreign, 'offer.card'],
  ['has no card', 'mine.ort', cardless, 'offer.card'],
  ['is not there', 'mine.onnx', null, 'offer.missing'],
]) {
  test(`a model of ?model= that ${name}: a sentence, and the default model`, async () => {
    const player = await here.open(`?seed=1&words=circle&model=models/${file}`, { prepare: (page) => page.route(`**/where/models/${file}`,
      body ? answer(body) : (route) => route.fulfill({ status: 404, body: 'no' })) });
    await note(player, file, reason);
    assert.equal((await player.mirror()).screen, 'title');
    if (file === 'mine.onnx') await player.picture(join(screens, `named-${reason}.png`));
    await player.page.click('#note');
    await plays(player);
    await player.close();
  });
}

test('a model that is not there costs nobody the big engine', async () => {
  const player = await here.open('?seed=1&words=circle&model=models/none.onnx', { prepare: (page) => page.route('**/stock.wasm', () => {}) });
  await note(player, 'none.onnx', 'offer.missing');
  await ready(player);
  await player.close();
});

test('a model of config.json whose worker dies: a sentence, and the default model', async () => {
  const player = await here.open('?seed=1&words=circle', { prepare: async (page) => {
    await page.route('**/config.json', (route) => route.fulfill({ json: { model: 'models/mine.ort' } }));
    await page.route('**/where/models/mine.ort', answer(model));
    await page.addInitScript(() => { // out of memory, at a model that is not the one that ships
      const { Worker } = window;
      window.Worker = class extends Worker {
        postMessage(data, transfer) {
          if (String(data.model).endsWith('mine.ort')) setTimeout(() => this.dispatchEvent(new ErrorEvent('error', { cancelable: true })));
          else super.postMessage(data, transfer);
        }
      };
    });
  } });
  await note(player, 'mine.ort', 'offer.runtime');
  await plays(player);
  await player.close();
});

test('a model of ?model= that does not come because the network fails is tried again', async () => {
  const player = await here.open('?seed=1&words=circle&model=models/mine.ort', { prepare: (page) => page.route('**/where/models/mine.ort',
    (route) => route.abort('connectionreset')) });
  const { error } = await player.until(({ classifier }) => classifier === 'failed', 'the failure', 20_000);
  assert.equal(error, 'error.network');
  await player.page.unroute('**/where/models/mine.ort');
  await player.page.route('**/where/models/mine.ort', answer(model));
  await toPaper(player);
  await player.pressMirror('retry');
  await plays(player);
  assert.equal(player.requests.filter((url) => url.endsWith('default.ort')).length, 0);
  await player.close();
});

test('a model that goes round and round at a picture: a sentence, and the default model', async () => {
  const player = await here.open('?seed=1&words=circle&model=models/round.onnx', { prepare: async (page) => {
    await page.addInitScript(() => { // ten seconds of a long look take one
      const { setInterval } = window;
      window.setInterval = (call, ms, ...rest) => setInterval(call, ms === 1000 ? 100 : ms, ...rest);
    });
    await page.route('**/where/models/round.onnx', answer(hanging(onnx)));
  } });
  await ready(player);
  await toPaper(player);
  await player.page.evaluate(() => { // nobody looks
    Object.defineProperty(document, 'hidden', { configurable: true, get: () => true });
  });
  await player.draw(shapes.circle);
  await player.page.waitForTimeout(4000);
  assert.ok(await player.page.isHidden('#note'), 'a page that is hidden has patience');
  await player.page.evaluate(() => { delete document.hidden; });
  await note(player, 'round.onnx', 'offer.runtime');
  await player.until(({ result }) => result === 'won', 'a win, by what was drawn meanwhile', 15_000);
  await player.close();
});

/** The page's own sentence and its button. */
async function trouble(player, key) {
  await player.page.waitForSelector('#trouble:not([hidden])', { timeout: 15_000 });
  const { words, found, button } = await player.page.evaluate(() => ({
    words: document.querySelector('#trouble p').textContent,
    found: document.getElementById('trouble').dataset.error,
    button: document.querySelector('#trouble button').textContent,
  }));
  assert.equal(found, key);
  assert.equal(words, sentence(key));
  assert.ok(button);
}

test('no WebGL 2', async () => {
  const other = await start({ args: ['--disable-3d-apis'] });
  try {
    const player = await other.open('', { arrive: false });
    await trouble(player, 'error.webgl');
  } finally {
    await other.close();
  }
});

test('no WebAssembly, none with SIMD, no game program, a broken one', async () => {
  const without = await here.open('', { arrive: false, prepare: (page) => page.addInitScript(() => { delete window.WebAssembly; }) });
  await trouble(without, 'error.wasm');
  await without.close();
  const scalar = await here.open('', { arrive: false, prepare: (page) => page.addInitScript(() => { WebAssembly.validate = () => false; }) });
  await trouble(scalar, 'error.wasm');
  await scalar.close();
  for (const [file, handler] of [
    ['inkling.wasm', (route) => route.fulfill({ status: 404, body: 'no' })],
    ['inkling.wasm', answer(spoil(Buffer.alloc(1000)), 'application/wasm')],
    ['inkling.js', (route) => route.fulfill({ status: 404, body: 'no' })],
    ['fonts/latin.ttf', (route) => route.fulfill({ status: 404, body: 'no' })],
  ]) {
    const player = await here.open('', { arrive: false, prepare: (page) => page.route(`**/${file}`, handler) });
    await trouble(player, 'error.asset');
    await player.page.unroute(`**/${file}`);
    await player.page.click('#trouble button');
    await player.until(({ screen }) => screen === 'title', 'the title, after another try');
    await player.close();
  }
});

test('texts that do not come leave a sentence all the same', async () => {
  const player = await here.open('', { arrive: false,
    prepare: (page) => page.route('**/texts/en.tsv', (route) => route.fulfill({ status: 404, body: 'no' })) });
  await player.page.waitForSelector('#trouble:not([hidden])');
  assert.match(await player.page.textContent('#trouble p'), /could not be loaded/);
  await player.close();
});

test('a lost WebGL context is rebuilt, drawing and all', async () => {
  const player = await here.open('?seed=1&words=camouflage');
  const { paper } = await toPaper(player);
  await player.draw([[[20, 20], [230, 230]]]);
  await player.page.waitForTimeout(300);
  const before = inkIn(await player.picture(), paper);
  await player.page.evaluate(() => {
    window.context = document.getElementById('canvas').getContext('webgl2').getExtension('WEBGL_lose_context');
    window.context.loseContext();
  });
  await player.page.waitForTimeout(300);
  await player.page.evaluate(() => window.context.restoreContext());
  await player.page.waitForTimeout(800);
  const after = inkIn(await player.picture(), paper);
  assert.ok(before > 500 && Math.abs(after - before) < 0.05 * before, `${before} pixels of ink before, ${after} after`);
  await player.draw([[[230, 20], [20, 230]]]);
  await player.page.waitForTimeout(300);
  assert.ok(inkIn(await player.picture(), paper) > after + 500, 'and drawing goes on');
  await player.close();
});

test('a WebGL context that does not come back ends in a sentence', async () => {
  const player = await here.open('');
  await player.page.evaluate(() => document.getElementById('canvas').getContext('webgl2')
    .getExtension('WEBGL_lose_context').loseContext());
  await trouble(player, 'error.context');
  await player.close();
});
