// config.json: a maker's own game, what is wrong in one, and what a hostile one can do.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { readConfig, strangeWord } from '../../web/config.js';
import { dist, look, screens, start } from './play.mjs';

let here;
before(async () => { here = await start(); });
after(() => here?.close());

const texts = new Map(readFileSync(join(dist, 'texts/en.tsv'), 'utf8').split('\n')
  .filter((line) => line && !line.startsWith('#')).map((line) => line.split('\t')));

/** The game with this config.json: a value, or the file's text. */
function open(config, query = '?seed=1', options = {}) {
  const body = typeof config === 'string' ? config : JSON.stringify(config);
  return here.open(query, { ...options, prepare: (page) => page.route('**/config.json', (route) => route.fulfill({ body, contentType: 'application/json' })) });
}

/** The note over the game: its key and sentence; null without one. */
const note = (player) => player.page.evaluate(() => {
  const found = document.getElementById('note');
  return found.hidden ? null : { key: found.dataset.error, words: found.textContent };
});

test('a game of its own: title, rounds, seconds, words', async () => {
  const words = ['circle', 'Square', 'triangle'];
  const player = await open({ title: 'Class 3b draws', rounds: 2, seconds: 7, words });
  assert.equal(await player.page.title(), 'Class 3b draws');
  assert.equal((await player.mirror()).heading, 'Class 3b draws');
  await player.picture(join(screens, 'config-title.png'));
  for (let round = 1; round <= 2; ++round) {
    await player.pressMirror(round === 1 ? 'play' : 'continue');
    const card = await player.until(({ screen }) => screen === 'card', 'a word card');
    assert.ok(words.map((word) => word.toLowerCase()).includes(card.word), card.word);
    assert.match(card.heading, /in under 7 seconds/);
    assert.equal(card.text, `Word ${round} of 2`);
    await player.pressMirror('got-it');
    const { seconds } = await player.until(({ screen }) => screen === 'draw', 'the paper');
    assert.ok(seconds <= 7 && seconds >= 6, `${seconds}`);
    if (round === 1) await player.pressMirror('skip');
    await player.until(({ screen, result }) => screen === 'verdict' && result === (round === 1 ? 'skipped' : 'lost'), 'the verdict');
  }
  await player.pressMirror('continue');
  await player.until(({ screen, heading }) => screen === 'gallery' && heading === 'I got 0 of 2', 'the gallery');
  assert.equal(await note(player), null);
  assert.deepEqual(player.complaints, []);
  await player.close();
});

test('letters that no face of the game has are drawn by the device, each as itself', async () => {
  const titles = ['Klasse 3б', 'Klasse 3д', 'Größe', '三班画画']; // the last: on the Chinese page its face comes while it is shown
  const shown = [];
  for (const title of [titles[0], ...titles]) {
    const player = await open({ title, languages: [title === titles[3] ? 'zh' : 'en'] });
    assert.equal((await player.mirror()).heading, title);
    assert.equal(await note(player), null);
    await player.page.waitForTimeout(1500); // the network comes, and on the Chinese page the face
    await look(player, `config-title-${titles.indexOf(title)}`);
    shown.push((await player.picture()).pixels);
    assert.deepEqual(player.complaints, []);
    await player.close();
  }
  const [again, first, second] = shown;
  assert.ok(again.equals(first), 'the same title is the same picture');
  assert.ok(!first.equals(second), 'another letter is another picture');
});

test('a gallery of twelve holds them all, on every screen', async () => {
  const rounds = 12;
  const player = await open({ rounds }, '?seed=3');
  await player.pressMirror('play');
  for (let round = 0; round < rounds; ++round) {
    await player.until(({ screen }) => screen === 'card', 'a word card');
    await player.pressMirror('got-it');
    await player.until(({ screen }) => screen === 'draw', 'the paper');
    await player.draw([[[20, 120], [230, 130], [100, 20]]]);
    await player.pressMirror('skip');
    await player.until(({ screen }) => screen === 'verdict', 'the verdict');
    await player.pressMirror('continue');
  }
  for (const viewport of [{ width: 390, height: 844 }, { width: 844, height: 390 }, { width: 1440, height: 900 }]) {
    await player.page.setViewportSize(viewport);
    const { buttons } = await player.until(({ screen, buttons: all }) => screen === 'gallery' &&
      all.filter(({ id }) => id.startsWith('drawing-')).length === rounds &&
      all.every(({ x, y, width, height }) => x >= 0 && y >= 0 && x + width <= viewport.width && y + height <= viewport.height),
    `twelve drawings within ${viewport.width} by ${viewport.height}`);
    buttons.forEach((a, i) => buttons.slice(i + 1).forEach((b) => {
      const apart = a.x + a.width <= b.x + 1 || b.x + b.width <= a.x + 1 || a.y + a.height <= b.y + 1 || b.y + b.height <= a.y + 1;
      assert.ok(apart, `${a.id} and ${b.id} lie over each other in ${viewport.width} by ${viewport.height}`);
    }));
    await player.picture(join(screens, `gallery-12-${viewport.width}.png`));
  }
  await player.close();
});

test('the address goes before the file', async () => {
  const player = await open({ words: ['circle'], model: 'models/none.onnx' }, '?words=star&model=models/default.ort&seed=1');
  await player.until(({ classifier }) => classifier === 'ready', 'the classifier', 20_000);
  await player.pressMirror('play');
  assert.equal((await player.until(({ screen }) => screen === 'card', 'a word card')).word, 'star');
  await player.close();
});

test('its model is loaded', async () => {
  const player = await open({ model: 'models/none.onnx' });
  await player.page.waitForSelector('#note:not([hidden])', { timeout: 20_000 });
  assert.equal(await player.page.textContent('#note'), 'I can’t play with none.onnx: it isn’t there.');
  await player.close();
});

const wrong = [
  ['{"rounds": 4,}', 'config.unreadable'],
  ['<!doctype html>', 'config.unreadable'],
  ['[1]', 'config.unreadable', '[1]'],
  ['null', 'config.unreadable', 'null'],
  ['{}'.padEnd(200_000), 'config.unreadable', '200000'],
  ['{"__proto__": {"rounds": 3}}', 'config.unknown', '__proto__', 'title, rounds, seconds, words, modes, languages, model'],
  [{ round: 3 }, 'config.unknown', '"round"', 'rounds'],
  [{ rounds: 0 }, 'config.rounds', '0'],
  [{ rounds: '4' }, 'config.rounds', '"4"'],
  [{ rounds: 1e99 }, 'config.rounds', '1e+99'],
  [{ seconds: 20.5 }, 'config.seconds', '20.5'],
  [{ seconds: -1 }, 'config.seconds', '-1'],
  [{ words: 'cat' }, 'config.words', '"cat"'],
  [{ words: [] }, 'config.words'],
  [{ words: ['cat', 3] }, 'config.words'],
  [{ words: ['cat\nbus'] }, 'config.words'],
  [{ words: ['cat', 'bycicle'] }, 'config.word', '"bycicle"'],
  [{ title: '' }, 'config.title'],
  [{ title: 'draw 😀' }, 'config.title', '😀'],
  [{ title: 'star ⭐' }, 'config.title', '⭐'],
  [{ title: 'ދިވެހި' }, 'config.title'],
  [{ title: 'two\u2028lines' }, 'config.title'],
  [{ title: 'صف' }, 'config.title', 'صف'],
  [{ title: 'a\u0335' }, 'config.title'],
  [{ title: '<img src=x onerror=alert(1)>' }, 'config.title', '<img src=x onerror'],
  [{ model: 'https://elsewhere.example/x.onnx' }, 'config.model', 'elsewhere'],
  [{ model: '//elsewhere.example/x.onnx' }, 'config.model'],
  [{ model: 'javascript:alert(1)//.onnx' }, 'config.model'],
  [{ model: ['x.onnx'] }, 'config.model'],
  [{ modes: [] }, 'config.modes', '[]'],
  [{ modes: ['duel'] }, 'config.modes', '["duel"]'],
  [{ modes: ['classic', 'chess'] }, 'config.modes', 'chess'],
  [{ modes: ['pair', 'pair'] }, 'config.modes'],
  [{ languages: 'en' }, 'config.languages', '"en"'],
  [{ languages: ['tlh'] }, 'config.language', '"tlh"', 'en, zh'],
];
const fileOf = (config) => (typeof config === 'string' ? config : JSON.stringify(config));

test('what is wrong is found, and named', () => {
  // Of the page config.js knows no more than its address.
  globalThis.document = { baseURI: 'http://here.example/game/' };
  globalThis.location = new URL(document.baseURI);
  const known = readFileSync(join(dist, 'models/class_names.txt'), 'utf8').split('\n').filter(Boolean);
  for (const [config, key, ...parts] of wrong) {
    const { config: kept, problem } = readConfig(fileOf(config), ['en', 'zh']);
    const found = problem ?? strangeWord(kept, known);
    assert.equal(found?.key, key, fileOf(config).slice(0, 60));
    assert.ok(texts.get(key), `${key} has a sentence`);
    for (const part of parts) assert.ok(`${found.name} ${found.value}`.includes(part), `${JSON.stringify(found)} has ${part}`);
    if (problem) assert.deepEqual(kept, {}, 'nothing of it is kept');
  }
  const good = { title: 'Ours', rounds: 12, seconds: 5, words: ['Cat'], modes: ['pair', 'duel'], languages: ['zh'], model: 'models/x.onnx' };
  assert.deepEqual(readConfig(JSON.stringify(good), ['en', 'zh']), { config: good, problem: null });
});

// In the page: the sentence is shown, and the game goes on.
for (const [config, key, ...parts] of wrong.filter(([, wrongKey]) => ['config.word', 'config.title', 'config.language', 'config.unknown'].includes(wrongKey)).slice(-4)) {
  test(`a sentence says what is wrong: ${fileOf(config).slice(0, 60).trim()}`, async () => {
    const player = await open(config);
    await player.page.waitForSelector('#note:not([hidden])');
    const found = await note(player);
    assert.equal(found.key, key);
    const [before] = texts.get(key).split(/{\w+}/);
    assert.ok(found.words.startsWith(before), found.words);
    for (const part of parts) assert.ok(found.words.includes(part), `${found.words} has ${part}`);
    assert.ok(!/{\w+}|undefined/.test(found.words), found.words);
    assert.equal((await player.mirror()).heading, 'Inkling');
    assert.ok(player.requests.every((url) => url.startsWith(here.site.address)), 'asked nobody');
    if (key === 'config.word') await player.picture(join(screens, 'config-note.png'));
    await player.page.click('#note');
    assert.equal(await note(player), null);
    await player.pressMirror('play');
    const { text } = await player.until(({ screen }) => screen === 'card', 'a game all the same');
    assert.equal(text, 'Word 1 of 6');
    await player.close();
  });
}

test('what holds beside what is wrong is kept, and no file at all is no error', async () => {
  const player = await open({ rounds: 3, seconds: 'many', colour: 'red' });
  assert.equal((await note(player)).key, 'config.seconds');
  await player.pressMirror('play');
  assert.equal((await player.until(({ screen }) => screen === 'card', 'a word card')).text, 'Word 1 of 3');
  await player.close();
  const none = await here.open('', { prepare: (page) => page.route('**/config.json', (route) => route.fulfill({ status: 404 })) });
  assert.equal(await note(none), null);
  await none.close();
});

test('the ways to play that are offered', async () => {
  const offered = (player) => player.mirror().then(({ buttons }) => buttons.map(({ id }) => id)
    .filter((id) => ['play', 'classic', 'streak', 'practice', 'pair'].includes(id)));
  const class3b = await open({ modes: ['practice', 'classic'] }, '?seed=1#duel=broken');
  assert.deepEqual(await offered(class3b), ['play', 'classic']);
  assert.equal((await class3b.mirror()).text, 'You draw. It gets an inkling.', 'no game of a friend is taken, nor one refused');
  await class3b.picture(join(screens, 'config-modes.png'));
  await class3b.pressMirror('play');
  await class3b.until(({ screen }) => screen === 'words', 'practice, the first of them');
  await class3b.pressMirror('home');
  await class3b.until(({ screen }) => screen === 'title', 'the title');
  await class3b.pressMirror('classic');
  const { text } = await class3b.until(({ screen }) => screen === 'card', 'a word card');
  assert.equal(text, 'Word 1 of 6');
  await class3b.close();
  const one = await open({ modes: ['classic'], rounds: 1 });
  assert.deepEqual(await offered(one), ['play']);
  await one.pressMirror('play');
  await one.until(({ screen }) => screen === 'card', 'a word card');
  await one.pressMirror('got-it');
  await one.until(({ screen }) => screen === 'draw', 'the paper');
  await one.pressMirror('skip');
  await one.until(({ screen }) => screen === 'verdict', 'the verdict');
  await one.pressMirror('continue');
  const { buttons } = await one.until(({ screen }) => screen === 'gallery', 'the gallery');
  assert.ok(!buttons.some(({ id }) => id === 'challenge'), 'no duels');
  await one.close();
});

test('the languages that are offered', async () => {
  const player = await open({ languages: ['zh'] });
  const { text, buttons } = await player.mirror();
  assert.match(text, /你来画/);
  assert.equal(await player.page.evaluate(() => document.documentElement.lang), 'zh');
  assert.ok(!buttons.some(({ id }) => id.startsWith('language-')), 'nothing to choose');
  assert.ok(!player.requests.some((url) => url.endsWith('texts/en.tsv')), 'nothing else is fetched');
  await player.pressMirror('settings');
  await player.until(({ screen }) => screen === 'settings', 'the settings');
  await player.picture(join(screens, 'config-languages.png'));
  await player.close();
});
