// A model of the player's own: dropped on the page, chosen in the settings, refused with the reason; the game with it;
// the drawings that the device keeps, deleted in the settings.

import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { convert } from '../../tools/convert.mjs';
import { withCard } from './onnx.mjs';
import { desktop, dist, drop, look, phone, root, screens, shapes, start } from './play.mjs';
import { playShapes, ready, toPaper, words } from './rounds.mjs';

let here;
let folder;
let mine; // a model that `inkling train` made, of twelve shapes, in next to no time
let converted; // the same, as tools/convert.mjs makes it
before(async () => {
  here = await start();
  folder = mkdtempSync(join(tmpdir(), 'inkling-offer-'));
  const inkling = join(root, 'build/native/bin/inkling');
  const run = (...args) => execFileSync(inkling, args, { cwd: folder, stdio: 'ignore' });
  run('data', 'synth', '--out', 'shapes', '--per-class', '60');
  run('train', '--data', 'shapes', '--out', 'run', '--epochs', '1', '--arch', 'simple-gap');
  mine = readFileSync(join(folder, 'run/model.onnx'));
  converted = await convert(join(folder, 'run/model.onnx'));
});
after(() => {
  rmSync(folder, { recursive: true });
  return here?.close();
});

const settingsSay = (player, pattern) => player.until(({ screen, text }) => screen === 'settings' && pattern.test(text), String(pattern), 20_000);
const note = (player) => player.page.evaluate(() => (document.getElementById('note').hidden ? '' : document.getElementById('note').textContent));

test('dropped on the title: its card is shown, and it plays at once', async () => {
  const player = await here.open('?seed=4', { viewport: desktop });
  await ready(player);
  const stock = () => player.requests.filter((url) => url.endsWith('/runtime/stock.wasm')).length;
  assert.equal(stock(), 0);
  await drop(player, 'mine.onnx', mine);
  assert.equal(await player.page.evaluate(() => window.held), 'Drop a model here, and I’ll play with it.');
  const kilobytes = Math.round(mine.length / 1000);
  await settingsSay(player, new RegExp(`simple-gap: 12 words, ${kilobytes} kB\\. Right at once: [\\d.]+%`));
  assert.deepEqual(await player.page.evaluate(() => [...document.querySelectorAll('#mirror li')].map((item) => item.textContent).slice(-1)),
    [`I play with mine.onnx now: 12 words, ${kilobytes} kB.`]);
  assert.equal(stock(), 1, 'an .onnx file is run by the stock runtime');
  await player.picture(join(screens, 'offer-playing.png'));
  await player.pressMirror('back');
  await player.until(({ screen }) => screen === 'title', 'the title');
  await player.pressMirror('play');
  const { word } = await player.until(({ screen }) => screen === 'card', 'a word card');
  assert.ok(mine.includes(word), `${word} is one of its own`);
  await player.pressMirror('got-it');
  await player.until(({ screen }) => screen === 'draw', 'the paper');
  await player.draw(shapes.square);
  await player.until(({ said, result }) => said.length > 1 || result === 'won', 'a guess by it', 15_000);
  assert.deepEqual(player.complaints, []);
  await player.close();
});

test('its words may be of any script: they are listed, practised and played', async () => {
  const names = ['Häuschen', 'круг', '房子', 'りんご', 'σπίτι', 'žába', '고양이', 'año', 'cœur', 'квадрат', 'kedi', 'ürün'];
  const player = await here.open('?seed=4&words=круг,房子', { viewport: phone });
  await ready(player);
  await drop(player, 'ours.onnx', withCard(mine, (name, value) => (name === 'inkling.classes' ? names.join('\n') : value)));
  await settingsSay(player, /simple-gap: 12 words/);
  await player.pressMirror('back');
  await player.until(({ screen }) => screen === 'title', 'the title');
  await player.pressMirror('practice');
  const { buttons } = await player.until(({ screen }) => screen === 'words', 'the list of words');
  const listed = buttons.filter(({ id }) => id.startsWith('word-')).map(({ label }) => label);
  assert.deepEqual(listed.sort(), names.sort());
  await look(player, 'offer-scripts');
  await player.pressMirror('word-круг');
  await player.until(({ screen }) => screen === 'practice', 'the paper');
  await player.draw(shapes.square);
  await player.until(({ text }) => /%/.test(text), 'what it sees', 15_000);
  await look(player, 'offer-scripts-practice');
  await player.pressMirror('home');
  await player.until(({ screen }) => screen === 'title', 'the title');
  await player.pressMirror('play');
  const { word, heading } = await player.until(({ screen }) => screen === 'card', 'a word card');
  assert.ok(['круг', '房子'].includes(word) && heading.includes(word), heading);
  await look(player, 'offer-scripts-card');
  assert.deepEqual(player.complaints, []);
  await player.close();
});

test('chosen in the settings, on a phone; back to the one that ships', async () => {
  const player = await here.open('?seed=4', { viewport: phone });
  await ready(player);
  await player.pressMirror('settings');
  await settingsSay(player, /inkling default int8: 345 words, \d+ kB\. Right at once: [\d.]+%, within five: [\d.]+%\./);
  const [chooser] = await Promise.all([player.page.waitForEvent('filechooser'), player.press('choose-model')]);
  await chooser.setFiles({ name: 'ours.ort', mimeType: 'application/octet-stream', buffer: converted });
  await settingsSay(player, /simple-gap: 12 words/);
  assert.ok(!player.requests.some((url) => url.endsWith('/runtime/stock.wasm')), 'an .ort file is run by the small runtime');
  await player.picture(join(screens, 'offer-phone.png'));
  await player.press('own-model');
  const { buttons } = await settingsSay(player, /inkling default int8: 345 words/);
  assert.ok(!buttons.some(({ id }) => id === 'own-model'));
  await player.close();
});

test('an .ort file with an operator that the small runtime lacks is run by the stock one, which is announced', async () => {
  const bytes = readFileSync(join(root, 'assets/models/default.onnx'));
  // Another activation of as many letters, which no kernel takes into a convolution.
  for (let at = bytes.indexOf('Relu'); at >= 0; at = bytes.indexOf('Relu', at)) bytes.write('Selu', at);
  writeFileSync(join(folder, 'selu.onnx'), bytes);
  let arrive;
  const coming = new Promise((done) => { arrive = done; });
  const player = await here.open('?seed=4', { prepare: (page) => page.route('**/runtime/stock.wasm', (route) => coming.then(() => route.continue())) });
  await ready(player);
  await drop(player, 'selu.ort', await convert(join(folder, 'selu.onnx')));
  await settingsSay(player, /Trying selu\.ort… It needs my big engine: that takes a moment\./);
  arrive();
  await player.until(({ said }) => said.some((words) => words.includes('I play with selu.ort now: 345 words')), 'it plays', 20_000);
  await player.close();
});

test('what is no model is refused with the reason, and nothing else changes', async () => {
  const player = await here.open('?seed=4', { viewport: phone });
  await ready(player);
  const shipped = readFileSync(join(root, 'assets/models/default.onnx'));
  const cut = shipped.subarray(0, shipped.length / 2);
  const noCard = Buffer.from(shipped);
  for (let at; (at = noCard.indexOf('inkling.version')) >= 0;) noCard.write('inklong', at);
  const fewer = withCard(shipped, (name, value) => (/classes|thresholds|class_accuracy/.test(name) ? value.split('\n').slice(1).join('\n') : value));
  for (const [name, bytes, reason] of [
    ['empty.onnx', Buffer.alloc(0), /can’t play with empty\.onnx: it can’t be read/],
    ['cat.png', readFileSync(join(dist, 'icons/maskable-192.png')).subarray(0, 3000), /it is no model that I can run/],
    ['noise.onnx', Buffer.from(Array.from({ length: 5000 }, (_, i) => (i * 7919 + (i >> 3)) & 255)), /it is no model|has no card/],
    ['cut.onnx', cut, /it is no model that I can run/],
    ['bare.onnx', noCard, /it has no card of mine/],
    ['fewer.onnx', fewer, /doesn’t have as many outputs as its card has words/],
    ['side.onnx', withCard(shipped, (name, value) => (name === 'inkling.raster' ? value.replace('28', '32') : value)), /it is no model that I can run/],
  ]) {
    await drop(player, name, bytes);
    const { classifier } = await settingsSay(player, new RegExp(`can’t play with ${name.replace('.', '\\.')}`));
    assert.match((await player.mirror()).text, reason);
    assert.equal(classifier, 'ready', 'the model that plays plays on');
  }
  await player.picture(join(screens, 'offer-refused.png'));
  await player.pressMirror('back');
  await player.until(({ screen }) => screen === 'title', 'the title');
  await toPaper(player);

  // In the middle of a round: a note over the game, which goes on.
  await drop(player, 'bare.onnx', noCard);
  await player.page.waitForSelector('#note:not([hidden])');
  assert.match(await note(player), /I can’t play with bare\.onnx/);
  await player.page.click('#note');
  assert.equal((await player.mirror()).screen, 'draw');
  await player.draw(shapes.square);
  await player.until(({ said }) => said.length > 0, 'a guess');
  const { word } = await player.mirror();
  await drop(player, 'mine.onnx', mine);
  await player.page.waitForSelector('#note:not([hidden])', { timeout: 20_000 });
  assert.match(await note(player), /I play with mine\.onnx now: 12 words/);
  assert.ok(['draw', 'verdict'].includes((await player.mirror()).screen));
  assert.equal((await player.mirror()).word, word, 'the round keeps its word');
  assert.ok(player.requests.every((url) => url.startsWith(here.site.address)), 'nothing left the page');
  await player.close();
});

test('of two files the last one counts; one that dies while it plays gives way to the one that ships', async () => {
  let arrive;
  const coming = new Promise((done) => { arrive = done; });
  const player = await here.open('?seed=4', { prepare: async (page) => {
    await page.route('**/runtime/stock.wasm', (route) => coming.then(() => route.continue()));
    await page.addInitScript(() => {
      const { Worker } = window;
      window.Worker = class extends Worker {
        constructor(...args) {
          super(...args);
          (window.workers ??= []).push(this);
        }
      };
    });
  } });
  await ready(player);
  await drop(player, 'slow.onnx', mine);
  await settingsSay(player, /Trying slow\.onnx… It needs my big engine: that takes a moment\./);
  await player.picture(join(screens, 'offer-engine.png'));
  await drop(player, 'empty.onnx', []);
  await settingsSay(player, /can’t play with empty\.onnx/);
  arrive();
  await drop(player, 'mine.ort', converted);
  await settingsSay(player, /simple-gap: 12 words/);
  const saidOf = async (name) => (await player.mirror()).said.filter((sentence) => sentence.includes(name));
  assert.deepEqual(await saidOf('slow'), [], 'the first one never took over');

  await player.page.evaluate(() => window.workers.at(-1).dispatchEvent(new ErrorEvent('error', { cancelable: true })));
  await settingsSay(player, /can’t play with mine\.ort: my engine won’t run it/);
  await ready(player);
  await player.pressMirror('back');
  await player.until(({ screen }) => screen === 'title', 'the title');
  await player.pressMirror('settings');
  await settingsSay(player, /can’t play with mine\.ort/);
  await player.close();
});

test('the drawings that the device keeps are counted, and deleted when that is meant', async () => {
  const player = await here.open(`?seed=4&words=${words}`, {
    viewport: { width: 844, height: 390 },
    prepare: (page) => page.route('**/config.json', (route) => route.fulfill({ json: { rounds: 2 } })),
  });
  await player.pressMirror('settings');
  await settingsSay(player, /No drawings are kept/);
  await player.pressMirror('back');
  await player.until(({ screen }) => screen === 'title', 'the title');
  await playShapes(player, 'gallery');
  await player.pressMirror('home');
  await player.until(({ screen }) => screen === 'title', 'the title');
  await player.pressMirror('settings');
  await settingsSay(player, /2 drawings are kept/);
  await player.pressMirror('keep-forget');
  await player.until(({ said }) => /Really/.test(said.at(-1)), 'the question');
  await player.picture(join(screens, 'settings-forget.png'));
  await player.pressMirror('sounds');
  await player.until(({ buttons }) => buttons.some(({ label }) => label === 'Sounds: off'), 'another thing done');
  await player.pressMirror('keep-forget');
  await player.page.waitForTimeout(200);
  assert.match((await player.mirror()).text, /2 drawings are kept/, 'the question is asked again');
  await player.pressMirror('keep-forget');
  const { buttons } = await settingsSay(player, /No drawings are kept/);
  assert.ok(!buttons.some(({ id }) => id === 'keep-forget'));
  await player.close();
});
