// The other ways to play: a streak, practice, two at one device; by real drawings, and by the mirror's buttons alone.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { desktop, dist, phone, root, shapes, start } from './play.mjs';
import { toVerdict } from './rounds.mjs';
import { isTest, records, sample } from './quickdraw.mjs';

let here;
before(async () => { here = await start(); });
after(() => here?.close());

const words = Object.keys(shapes).join(',');
const classes = readFileSync(join(dist, 'models/class_names.txt'), 'utf8').split('\n').filter(Boolean);
const ready = (player) => player.until(({ classifier }) => classifier === 'ready', 'the classifier', 20_000);
const until = (player, wanted) => player.until(({ screen }) => screen === wanted, `the screen ${wanted}`);
const has = ({ buttons }, id) => buttons.some((button) => button.id === id && button.enabled);

/** Presses a button of the mirror, as soon as it is there. */
async function press(player, id) {
  await player.until((mirror) => has(mirror, id), `the button ${id}`);
  await player.pressMirror(id);
}

/** The lists of a model's card, as text. */
function cardEntry(key) {
  const file = readFileSync(join(root, 'assets/models/default.onnx')).toString('latin1');
  return file.slice(file.indexOf(key) + key.length).match(/[\d.]+(\n[\d.]+)+/)[0].split('\n').map(Number);
}

/** From the card to the verdict: draws one drawing after another until one wins, or gives up; resolves to {word, result}. */
async function round(player, drawings) {
  const { word } = await until(player, 'card');
  await press(player, 'got-it');
  await until(player, 'draw');
  for (const [i, strokes] of drawings(word).entries()) {
    if (i > 0) await press(player, 'clear').catch(() => {}); // the clock was faster
    await player.draw(strokes);
    const decided = ({ result, screen }) => result === 'won' || screen === 'verdict';
    if (await player.until(decided, 'a win', 1500).catch(() => null)) break;
  }
  return { word, result: await toVerdict(player) };
}

const shape = (word) => [shapes[word]];
const nothing = () => [];
const dot = () => [[[[120, 120], [124, 124]]]]; // which is never recognised

/** Some recognised drawings of the test split. */
function someDrawings(word, count) {
  const all = [...records(readFileSync(join(process.env.INKLING_DATA, 'strokes', `${word}.bin`)))];
  return all.filter(({ key, recognized }) => recognized === 1 && isTest(key)).slice(0, count).map(({ strokes }) => strokes);
}

test('a streak ends with the first word that is not recognised, and its best is remembered', async () => {
  const player = await here.open(`?seed=1&words=${words}`, { viewport: phone });
  await ready(player);
  await press(player, 'streak');
  const card = await until(player, 'card');
  assert.ok(!has(card, 'another-word'), 'nobody steps around a word');
  assert.match(card.text, /^0 in a row/);
  let won = 0;
  for (;;) {
    const { result } = await round(player, won < 3 ? shape : dot);
    await press(player, 'continue');
    if (result !== 'won') break;
    won += 1;
    const { text } = await until(player, 'card');
    assert.match(text, new RegExp(`^${won} in a row so far, the best is ${won}\\.`));
  }
  assert.ok(won >= 2, `${won} shapes in a row`);
  let end = await until(player, 'streak');
  // The drawing on it is the one that ended the streak.
  const { id, label } = end.buttons.find((button) => button.id.startsWith('drawing-'));
  await press(player, id);
  const shown = await until(player, 'replay');
  assert.ok(label.startsWith(`${shown.word}:`), `${label}, but ${shown.word} is shown`);
  assert.ok(shown.text.startsWith(`${shown.word}: not recognised.`), shown.text);
  await press(player, 'back');
  await until(player, 'streak');
  assert.match(end.heading, new RegExp(`^${won} in a row`));
  assert.match(end.text, /best yet.*not recognised/);

  await press(player, 'again');
  assert.match((await until(player, 'card')).text, /^0 in a row/);
  await round(player, nothing);
  await press(player, 'continue');
  end = await until(player, 'streak');
  assert.match(end.text, new RegExp(`Best so far: ${won}`));
  await press(player, 'home');
  await until(player, 'title');
  const best = async () => (await player.mirror()).buttons.find(({ id }) => id === 'streak').label;
  assert.match(await best(), new RegExp(`best: ${won}`));
  await player.page.reload();
  await until(player, 'title');
  assert.match(await best(), new RegExp(`best: ${won}`), 'after a new visit too');
  assert.deepEqual(player.complaints, []);
  await player.close();
});

test('a streak with real drawings grows harder', async () => {
  if (!process.env.INKLING_DATA) return console.log('SKIPPED: a streak of real drawings: INKLING_DATA is not set');
  const accuracy = cardEntry('inkling.class_accuracy');
  assert.equal(accuracy.length, classes.length);
  const easier = [...accuracy].sort((a, b) => b - a);
  const player = await here.open('?seed=11', { viewport: { width: 320, height: 568 } });
  await ready(player);
  await press(player, 'streak');
  const played = [];
  for (;;) {
    const { word, result } = await round(player, (name) => (played.length < 6 ? someDrawings(name, 4) : []));
    played.push(accuracy[classes.indexOf(word)]);
    await press(player, 'continue');
    if (result !== 'won') break;
  }
  await until(player, 'streak');
  console.log(`recognised: ${played.length - 1} in a row; their accuracy ${played.join(', ')}`);
  assert.ok(played.length >= 5, `${played.length - 1} real drawings in a row`);
  // A tier has at most a fifth of the words, and deals four.
  const bound = (tier) => easier[Math.min(easier.length, Math.ceil(((tier + 1) * easier.length) / 5)) - 1];
  played.slice(0, 4).forEach((value) => assert.ok(value >= bound(0) - 0.05, `${value} is of the easiest tier`));
  played.slice(4).forEach((value) => assert.ok(value < bound(0) + 0.05, `${value} is of a harder one`));
  await player.close();
});

test('a memory that holds nonsense is no streak', async () => {
  const player = await here.open('?seed=1');
  for (const [text, label] of [['many', 'Streak'], ['-3', 'Streak'], ['99999999999999999999', 'Streak'], ['7x', 'Streak'], ['7', 'Streak, best: 7']]) {
    await player.page.evaluate((value) => localStorage.setItem('inkling.streak.best', value), text);
    await player.page.reload();
    const { buttons } = await until(player, 'title');
    assert.equal(buttons.find(({ id }) => id === 'streak').label, label, text);
  }
  await player.close();
});

async function nextPage(player) {
  const first = (await player.mirror()).buttons.find(({ id }) => id.startsWith('word-')).id;
  await press(player, 'words-next');
  await player.until((mirror) => !has(mirror, first), 'the next page');
}

/** All the words of the list, page after page. */
async function listedWords(player) {
  const listed = [];
  for (;;) {
    const { buttons } = await player.mirror();
    const page = buttons.filter(({ id }) => id.startsWith('word-')).map(({ id }) => id.slice('word-'.length));
    listed.push(...page);
    if (!buttons.find(({ id }) => id === 'words-next').enabled) return listed;
    await nextPage(player);
  }
}

for (const lang of ['en', 'zh']) {
  test(`practice lists every word, and letters jump to them (${lang})`, async () => {
    const player = await here.open(`?lang=${lang}`, { viewport: desktop });
    await ready(player);
    await press(player, 'practice');
    await until(player, 'words');
    assert.deepEqual((await listedWords(player)).sort(), [...classes].sort());
    // 猫 is found under its sound, mao.
    const [letter, word, other] = lang === 'en' ? ['letter-z', 'word-zigzag', 'word-apple'] : ['letter-m', 'word-cat', 'word-airplane'];
    await press(player, letter);
    const found = await player.until((mirror) => has(mirror, word), word);
    assert.ok(!has(found, other));
    await press(player, 'letter-a');
    await player.until((mirror) => !has(mirror, 'words-before'), 'the first page');
    await player.close();
  });
}

test('practice: no clock, the first five, the very picture that was sent', async () => {
  const player = await here.open('?seed=2', {
    viewport: phone,
    // What the page sends to the classifier.
    prepare: (page) => page.addInitScript(() => {
      const post = Worker.prototype.postMessage;
      Worker.prototype.postMessage = function postMessage(message, ...rest) {
        if (message.picture) window.sent = [...message.picture];
        return post.call(this, message, ...rest);
      };
    }),
  });
  await ready(player);
  await press(player, 'practice');
  await press(player, 'letter-s');
  await player.until((mirror) => has(mirror, 'word-scissors'), 'words with s');
  while (!has(await player.mirror(), 'word-star')) await nextPage(player);
  await press(player, 'word-star');
  const { word, seconds } = await until(player, 'practice');
  assert.equal(word, 'star');
  assert.equal(seconds, 0, 'there is no clock');
  const [stroke] = shapes.star;
  await player.draw([stroke.slice(0, 3)]);
  await player.until(({ text }) => text.split('%').length === 6, 'five guesses');
  await player.press('undo');
  await player.until(({ text }) => text === '', 'no guesses without ink');
  await player.draw(shapes.star);
  const { text } = await player.until(({ result }) => result === 'recognised', 'the star to be recognised');
  assert.match(text, /^star: \d+%/);
  assert.ok((await player.mirror()).said.some((sentence) => sentence.includes('a star!')), 'which is said');
  await player.page.waitForFunction(async () => { // the bars come to rest, and nothing is drawn any more
    const before = window.inkling.frames();
    await new Promise((resolve) => { setTimeout(resolve, 300); });
    return window.inkling.frames() === before;
  });

  // The picture lies below the paper on its left, four pixels of the screen for each of its own.
  const sent = await player.page.evaluate(() => window.sent);
  assert.equal(sent.length, 28 * 28);
  const [left, top, , height] = (await player.mirror()).paper;
  const { width, pixels } = await player.picture();
  const value = (x, y) => pixels[4 * (y * width + x)];
  const [sheet, ink] = [0xff, 0x20]; // red, of the colours of the look
  const difference = (x0, y0) => Math.max(...sent.map((byte, i) =>
    Math.abs(value(x0 + 4 * (i % 28) + 2, y0 + 4 * Math.floor(i / 28) + 2) - (sheet + ((ink - sheet) * byte) / 255))));
  const corners = [];
  for (let y = 0; y < 40; ++y) for (let x = 0; x < 20; ++x) corners.push(difference(left + x, top + height + 15 + y));
  assert.ok(Math.min(...corners) <= 3, `each of 784 pixels is as it was sent, but for ${Math.min(...corners)} of 255`);

  // A win freezes nothing.
  await player.draw([[[20, 240], [60, 250]], [[200, 10], [230, 30]]]);
  await player.page.waitForFunction((before) => JSON.stringify(window.sent) !== JSON.stringify(before), sent);
  await player.press('clear');
  await player.until(({ result, text: guesses }) => result === '' && guesses === '', 'a fresh sheet');
  await player.press('choose-word');
  await until(player, 'words');
  assert.ok(has(await player.mirror(), 'word-star'), 'the list is where it was');
  await player.press('word-star');
  await until(player, 'practice');
  await player.press('home');
  await until(player, 'title');
  assert.deepEqual(player.complaints, []);
  await player.close();
});

test('practice with real drawings', async () => {
  if (!process.env.INKLING_DATA) return console.log('SKIPPED: practice of real drawings: INKLING_DATA is not set');
  const drawings = sample(process.env.INKLING_DATA, classes, 6, 7);
  const player = await here.open('', { viewport: { width: 320, height: 568 } });
  await ready(player);
  await press(player, 'practice');
  const recognised = [];
  for (const [word, strokes] of drawings) {
    const letter = word.replace(/^the /, '')[0].toLowerCase();
    await press(player, `letter-${letter}`);
    await player.until(({ buttons }) => buttons.find(({ id }) => id.startsWith('word-')).id.replace('word-the ', 'word-')
      .startsWith(`word-${letter}`), `words with ${letter}`);
    while (!has(await player.mirror(), `word-${word}`)) await nextPage(player); // a letter may have more than one
    await press(player, `word-${word}`);
    await until(player, 'practice');
    await player.draw(strokes);
    if (await player.until(({ result }) => result === 'recognised', word, 3000).catch(() => null)) recognised.push(word);
    await press(player, 'choose-word');
    await until(player, 'words');
  }
  console.log(`recognised: ${recognised.length} of ${drawings.size} real drawings`);
  assert.ok(recognised.length >= drawings.size / 2, `${recognised}`);
  await player.close();
});

test('practice where the network can’t guess says so, and drawing goes on', async () => {
  const player = await here.open('', { prepare: (page) => page.route('**/models/*.ort', (route) => route.abort()) });
  await player.until(({ classifier }) => classifier === 'failed', 'the failure');
  await press(player, 'practice');
  await press(player, 'word-apple');
  await until(player, 'practice');
  await player.draw(shapes.circle);
  const { text } = await player.until((mirror) => has(mirror, 'undo') && has(mirror, 'retry'), 'the ink, and a way to try again');
  assert.match(text, /I can’t guess/);
  await player.press('home');
  await until(player, 'title');
  await player.close();
});

test('two at one device: turns, scores, and who has won', async () => {
  const player = await here.open(`?seed=3&words=${words}`, { viewport: phone });
  await ready(player);
  await press(player, 'pair');
  const won = [0, 0];
  for (let i = 0; i < 6; ++i) {
    const { heading, text } = await until(player, 'card');
    assert.match(heading, new RegExp(`^Player ${1 + (i % 2)}, draw `));
    assert.equal(text, `Player 1: ${won[0]}. Player 2: ${won[1]}.`);
    const { result } = await round(player, i % 2 === 0 ? shape : nothing);
    won[i % 2] += result === 'won';
    await press(player, 'continue');
  }
  assert.ok(won[0] >= 2 && won[1] === 0, `${won}`);
  const { heading, text } = await until(player, 'gallery');
  assert.equal(heading, `Player 1 wins, ${won[0]} to 0`);
  assert.equal(text.match(/Player 1, \w+: /g).length, 3);
  assert.equal(text.match(/Player 2, \w+: not recognised/g).length, 3);
  await press(player, 'again');
  assert.match((await until(player, 'card')).heading, /^Player 1/);
  assert.deepEqual(player.complaints, []);
  await player.close();
});

test('two at one device with the keyboard alone; nobody wins', async () => {
  const player = await here.open('?seed=3');
  await ready(player);
  const focused = () => player.page.evaluate(() => document.activeElement?.dataset?.action);
  const key = async (id) => {
    await player.until((mirror) => has(mirror, id), `the button ${id}`);
    for (let i = 0; i < 12 && await focused() !== id; ++i) await player.page.keyboard.press('Tab');
    assert.equal(await focused(), id, `Tab comes to ${id}`);
    await player.page.keyboard.press('Enter');
  };
  await key('pair');
  for (let i = 0; i < 6; ++i) {
    for (const id of ['got-it', 'skip', 'continue']) await key(id);
  }
  assert.equal((await until(player, 'gallery')).heading, 'A draw, 0 all');
  await key('home');
  await until(player, 'title');
  await player.close();
});

test('a maker’s odd number of rounds is as many for each of two', async () => {
  const player = await here.open('', {
    prepare: (page) => page.route('**/config.json', (route) => route.fulfill({ json: { rounds: 3, seconds: 40 } })),
  });
  await ready(player);
  await press(player, 'pair');
  for (let i = 0; i < 4; ++i) {
    assert.match((await until(player, 'card')).heading, new RegExp(`^Player ${1 + (i % 2)}.* 40 seconds`));
    for (const id of ['got-it', 'skip', 'continue']) await press(player, id);
  }
  await until(player, 'gallery');
  await player.close();
});

test('the word card leads back to the title, and another way to play begins afresh', async () => {
  const player = await here.open(`?seed=1&words=${words}`);
  await ready(player);
  for (const mode of ['play', 'streak', 'pair', 'play']) {
    await press(player, mode);
    const { text } = await until(player, 'card');
    assert.match(text, { play: /^Word 1 of 6/, streak: /^0 in a row/, pair: /^Player 1: 0/ }[mode]);
    for (const id of ['got-it', 'skip', 'continue']) await press(player, id);
    if (mode === 'streak') await until(player, 'streak');
    await press(player, 'home');
    await until(player, 'title');
  }
  await player.close();
});

test('words that are left out are not dealt; without their list the game goes on', async () => {
  const kept = ['cat', 'sun', 'car'];
  const list = (body) => ({ prepare: (page) => page.route('**/words_left_out.tsv', (route) => route.fulfill(body)) });
  const all = classes.filter((word) => !kept.includes(word)).map((word) => `${word}\tas a test`).join('\n');
  const player = await here.open('', list({ body: all }));
  await press(player, 'play');
  const dealt = new Set();
  for (let i = 0; i < 3; ++i) {
    const { word } = await player.until((mirror) => mirror.screen === 'card' && !dealt.has(mirror.word), 'another word');
    dealt.add(word);
    await player.pressMirror('another-word');
  }
  assert.deepEqual([...dealt].sort(), [...kept].sort());
  await player.close();

  const other = await here.open('?words=camouflage', list({ status: 404 }));
  await press(other, 'play');
  assert.equal((await until(other, 'card')).word, 'camouflage');
  await other.close();
});
