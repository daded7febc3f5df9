// The replay, and how it knew: by mouse, finger, keyboard and mirror; what it says against ONNX Runtime in node on
// pictures that the trainer made; answers that come late; no network; other people's drawings.

import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { desktop, dist, inkIn, look, phone, root, screens, shapes, start } from './play.mjs';
import { toVerdict } from './rounds.mjs';
import { sample } from './quickdraw.mjs';

let here;
before(async () => { here = await start(); });
after(() => here?.close());

const words = Object.keys(shapes);
const landscape = { width: 844, height: 390 };

/** Has the page's classifier watched: `seen` are the pictures that it was sent, with its answers; while `held` is true
 * the page waits for them. And the game has as many rounds as are wanted, and these extras. */
const prepared = ({ rounds = 2, extras = '', examples } = {}) => async (page) => {
  await page.route('**/config.json', (route) => route.fulfill({ json: { rounds } }));
  await page.route(({ pathname }) => pathname.endsWith('/where/'), (route) => route.fulfill({
    contentType: 'text/html',
    body: readFileSync(join(dist, 'index.html'), 'utf8').replace(/name="extras" content="[^"]*"/, `name="extras" content="${extras}"`),
  }));
  if (examples) await page.route('**/examples.bin', examples);
  await page.addInitScript(() => {
    window.seen = [];
    window.held = false;
    const waiting = [];
    window.release = () => {
      window.held = false;
      for (const deliver of waiting.splice(0)) deliver();
    };
    window.Worker = class extends Worker {
      set onmessage(handler) {
        super.onmessage = (event) => {
          const picture = window.seen.find(({ ticket }) => ticket === event.data.ticket);
          if (picture) picture.probabilities = [...event.data.probabilities];
          if (picture && window.held) waiting.push(() => handler(event));
          else handler(event);
        };
      }

      postMessage(message, transfer) {
        if (message.ticket) window.seen.push({ ticket: message.ticket, picture: [...message.picture] });
        super.postMessage(message, transfer);
      }
    };
  });
};

const seen = (player) => player.page.evaluate(() => window.seen);
const hold = (player) => player.page.evaluate(() => { window.held = true; });
const release = (player) => player.page.evaluate(() => window.release());

/** The time line's slider: {now, text}. */
const slider = (player) => player.page.evaluate(() => {
  const { role, ariaValueNow, ariaValueText } = document.querySelector('[data-action="timeline"]');
  return { role, now: Number(ariaValueNow), text: ariaValueText };
});

async function untilSlider(player, wanted, what) {
  for (const end = Date.now() + 15_000; ;) {
    const place = await slider(player);
    if (wanted(place.now)) return place;
    if (Date.now() > end) throw new Error(`waited for ${what}; the slider says ${JSON.stringify(place)}`);
    await player.page.waitForTimeout(20);
  }
}

/** Draws strokes of 0..255, at points that are whole pixels, while the network is held: the whole ink is drawn. A hand
 * takes its time, which the time line then shows. */
async function drawWhole(player, strokes) {
  await hold(player);
  const drawn = [];
  for (const stroke of strokes) {
    const points = (await player.place(stroke)).map(({ x, y }) => ({ x: Math.round(x), y: Math.round(y) }))
      .filter(({ x, y }, i, all) => i === 0 || x !== all[i - 1].x || y !== all[i - 1].y);
    if (points.length === 1) points.push({ x: points[0].x + 1, y: points[0].y });
    drawn.push(points);
    const pause = Math.max(60, 1500 / points.length); // ms: a replay that lasts, and can be paused in its midst
    await player.mouse('mousePressed', points[0]);
    for (const point of points.slice(1)) {
      await player.page.waitForTimeout(pause);
      await player.mouse('mouseMoved', point);
    }
    await player.mouse('mouseReleased', points.at(-1));
  }
  await release(player);
  return drawn;
}

/** A game, from the title to the gallery. Resolves to [{word, result, ink}]. */
async function toGallery(player, strokesOf, { network = true } = {}) {
  if (network) await player.until(({ classifier }) => classifier === 'ready', 'the classifier', 20_000);
  const press = (id) => player.until(({ buttons }) => buttons.some((button) => button.id === id && button.enabled), id)
    .then(() => player.pressMirror(id));
  await press('play');
  const rounds = [];
  while ((await player.until(({ screen }) => ['card', 'gallery'].includes(screen), 'a card')).screen === 'card') {
    const { word } = await player.mirror();
    await press('got-it');
    await player.until(({ screen }) => screen === 'draw', 'the paper');
    const ink = strokesOf(word).length ? await drawWhole(player, strokesOf(word)) : [];
    await player.until(({ result }) => result === 'won', 'a win', network && ink.length ? 2500 : 0).catch(() => {});
    const result = await toVerdict(player);
    rounds.push({ word, result, ink });
    await press('continue');
  }
  return rounds;
}

const onReplay = (player) => player.until(({ screen }) => screen === 'replay', 'the replay');
/** What was seen of the strokes is said: all was heard. */
const told = (player) => player.until(({ screen, text }) => screen === 'replay' &&
  /gave it away|helped most|misled me|said it all|never saw/.test(text), 'what the strokes gave', 20_000);

test('the replay with the mouse: it plays, pauses, is scrubbed, turned, and left', async () => {
  const player = await here.open(`?seed=1&words=${words}`,
    { viewport: desktop, reducedMotion: 'no-preference', prepare: prepared() });
  const rounds = await toGallery(player, (word) => shapes[word]);
  await player.press('drawing-1');
  const first = await onReplay(player);
  assert.equal(first.word, rounds[0].word);
  assert.ok(first.heading.includes(rounds[0].word), first.heading);
  await untilSlider(player, (now) => now > 0 && now < 100, 'the replay under way');
  await untilSlider(player, (now) => now === 100, 'its end');
  const { paper } = await told(player);
  const { buttons } = await player.mirror();
  assert.equal(buttons.find(({ id }) => id === 'previous').enabled, false, 'there is none before the first');
  assert.equal(buttons.find(({ id }) => id === 'how').label, 'Just the ink', 'in the end the strokes are tinted');
  await player.press('how');
  await player.until(({ buttons: all }) => all.some(({ label }) => label === 'How I knew'), 'the ink alone');

  // Scrubbed: a quarter of the ink, then three quarters.
  const { x, y, width, height } = buttons.find(({ id }) => id === 'timeline');
  const at = (share) => ({ x: x + 14 + share * (width - 28), y: y + height / 2 });
  const inked = async () => inkIn(await player.picture(), paper);
  const whole = await inked();
  await player.mouse('mousePressed', at(0.25));
  await untilSlider(player, (now) => Math.abs(now - 25) <= 2, 'a quarter');
  const quarter = await inked();
  await player.mouse('mouseMoved', at(0.75));
  await untilSlider(player, (now) => Math.abs(now - 75) <= 2, 'three quarters');
  const most = await inked();
  await player.mouse('mouseMoved', { ...at(1.5), y: 5 }); // off the line, still held
  await untilSlider(player, (now) => now === 100, 'the end');
  await player.mouse('mouseReleased', { ...at(1.5), y: 5 });
  assert.ok(quarter > 50 && quarter < most && most < whole, `${quarter}, ${most}, ${whole} pixels of ink`);

  // It plays on from where it was left, and pauses.
  await player.mouse('mousePressed', at(0.1));
  await player.mouse('mouseReleased', at(0.1));
  await player.press('replay');
  await untilSlider(player, (now) => now > 15, 'going on');
  await player.press('replay');
  await player.until(({ buttons: all }) => all.some(({ label }) => label === 'Play'), 'a pause');
  const paused = await slider(player);
  await player.page.waitForTimeout(250);
  assert.deepEqual(await slider(player), paused, 'a pause is one');

  // The keys of the canvas.
  await player.page.evaluate(() => document.getElementById('canvas').focus());
  await player.page.keyboard.press('End');
  await untilSlider(player, (now) => now === 100, 'End');
  await player.page.keyboard.press('ArrowLeft');
  const { now } = await untilSlider(player, (value) => value < 100, 'a step back');
  await player.page.keyboard.press('ArrowRight');
  await untilSlider(player, (value) => value > now, 'a step on');
  await player.page.keyboard.press('Home');
  await untilSlider(player, (value) => value === 0, 'Home');

  await player.press('next');
  await player.until(({ word }) => word === rounds[1].word, 'the next drawing');
  await player.press('previous');
  await player.until(({ word }) => word === rounds[0].word, 'the one before');
  await player.page.keyboard.press('Escape');
  await player.until(({ screen }) => screen === 'gallery', 'the gallery');
  assert.deepEqual(player.complaints, []);
  await player.close();
});

test('the replay with a finger, and with motion reduced the whole drawing is there at once', async () => {
  const player = await here.open(`?seed=2&words=${words}`, { viewport: phone, touch: true, prepare: prepared() });
  await toGallery(player, (word) => shapes[word]);
  await player.tap('drawing-2');
  const { buttons } = await onReplay(player);
  assert.equal((await slider(player)).now, 100, 'nothing moves by itself');
  const { x, y, width, height } = buttons.find(({ id }) => id === 'timeline');
  const at = (share) => ({ x: x + 14 + share * (width - 28), y: y + height / 2 });
  await player.touch('touchStart', at(0.9));
  await player.touch('touchMove', at(0.5));
  await untilSlider(player, (now) => Math.abs(now - 50) <= 2, 'the middle');
  await player.touch('touchEnd');
  await player.tap('back');
  await player.until(({ screen }) => screen === 'gallery', 'the gallery');
  assert.deepEqual(player.complaints, []);
  await player.close();
});

test('the replay with the keyboard alone, through the mirror; an empty drawing has none', async () => {
  const player = await here.open(`?seed=3&words=${words}`, { prepare: prepared({ rounds: 3 }) });
  let n = 0;
  const rounds = await toGallery(player, (word) => (++n > 2 && n < 5 ? [] : shapes[word]));
  const empty = rounds.findIndex(({ ink }) => ink.length === 0);
  assert.ok(empty >= 0, 'a round without ink');
  const gallery = await player.until(({ screen, buttons }) => screen === 'gallery' && buttons.length > 0, 'the gallery');
  assert.deepEqual(gallery.buttons.map(({ id }) => id).filter((id) => id.startsWith('drawing-')),
    rounds.flatMap(({ ink }, i) => (ink.length ? [`drawing-${i + 1}`] : [])));
  const focused = () => player.page.evaluate(() => document.activeElement?.dataset?.action);
  const tabTo = async (id) => {
    for (let i = 0; i < 12 && await focused() !== id; ++i) await player.page.keyboard.press('Tab');
    assert.equal(await focused(), id, `Tab comes to ${id}`);
  };
  await tabTo(gallery.buttons.find(({ id }) => id.startsWith('drawing-')).id);
  await player.page.keyboard.press('Enter');
  await told(player);
  await tabTo('timeline');
  const end = await slider(player);
  assert.equal(end.role, 'slider');
  assert.match(end.text, /^\d+\.\d of \d+\.\d seconds: .*\d+%/);
  for (let i = 0; i < 5; ++i) await player.page.keyboard.press('ArrowLeft');
  const back = await untilSlider(player, (now) => now < 90, 'five steps back');
  assert.notEqual(back.text, end.text);
  assert.equal(await focused(), 'timeline', 'the keyboard stays on the time line');
  await player.page.keyboard.press('End');
  await untilSlider(player, (now) => now === 100, 'the end');
  const { text } = await player.mirror();
  assert.ok(text.includes(end.text), `${text} says what ${end.text} says`);
  await tabTo('back');
  await player.page.keyboard.press('Enter');
  await player.until(({ screen }) => screen === 'gallery', 'the gallery');
  assert.deepEqual(player.complaints, []);
  await player.close();
});

/** Pictures as the trainer makes them of strokes of points: it simplifies and draws them as it does to learn. */
function trainersPictures(drawings) {
  const folder = mkdtempSync(join(tmpdir(), 'inkling-'));
  try {
    const line = (strokes) => JSON.stringify({ word: 'x', countrycode: 'ZZ', timestamp: '2017-03-02 23:25:10.07453 UTC',
      recognized: true, key_id: '1', drawing: strokes.map((points) => [points.map(({ x }) => x), points.map(({ y }) => y), points.map((_, i) => i)]) });
    writeFileSync(join(folder, 'raw.ndjson'), drawings.map((strokes) => `${line(strokes)}\n`).join(''));
    execFileSync(join(root, 'build/native/bin/inkling'), ['data', 'convert', join(folder, 'raw.ndjson'), join(folder, 'pictures.npy')]);
    const npy = readFileSync(join(folder, 'pictures.npy'));
    const pixels = npy.subarray(10 + npy.readUInt16LE(8));
    assert.equal(pixels.length, drawings.length * 784);
    return drawings.map((_, i) => pixels.subarray(i * 784, (i + 1) * 784));
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** The shipped model in node: picture -> probabilities with the card's temperature applied. */
async function network() {
  const ort = await import('onnxruntime-web/wasm');
  ort.env.wasm.numThreads = 1;
  const bytes = readFileSync(join(root, 'assets/models/default.onnx'));
  const session = await ort.InferenceSession.create(bytes);
  const temperature = Number(bytes.toString('latin1').match(/inkling\.temperature\x12.([\d.]+)/s)[1]);
  return async (picture) => {
    const ink = new ort.Tensor('float32', Float32Array.from(picture, (grey) => grey / 255), [1, 1, 28, 28]);
    const { probabilities } = await session.run({ ink });
    const powers = Array.from(probabilities.data, (p) => Math.max(p, 1e-30) ** (1 / temperature));
    const sum = powers.reduce((a, b) => a + b);
    return powers.map((p) => p / sum);
  };
}

test('what it says is what ONNX Runtime says, in node, of pictures that the trainer made', async () => {
  const data = process.env.INKLING_DATA;
  if (!data) return console.log('SKIPPED: how it knew, with real drawings: INKLING_DATA is not set');
  if (!existsSync(join(root, 'build/native/bin/inkling'))) return console.log('SKIPPED: how it knew: the trainer is not built');
  const classes = readFileSync(join(dist, 'models/class_names.txt'), 'utf8').split('\n').filter(Boolean);
  const names = new Map(readFileSync(join(dist, 'texts/en.tsv'), 'utf8').split('\n').map((line) => line.split('\t')));
  const drawings = new Map([...sample(data, classes, 60, 41)].filter(([, strokes]) => strokes.length >= 3 && strokes.length <= 8).slice(0, 6));
  const player = await here.open(`?seed=5&words=${[...drawings.keys()]}`, { viewport: phone, prepare: prepared({ rounds: 6 }) });
  const rounds = await toGallery(player, (word) => drawings.get(word));
  const ask = await network();
  let gave = 0;
  for (let i = 0; i < rounds.length; ++i) {
    const { word, ink, result } = rounds[i];
    const label = classes.indexOf(word);
    const sent = (await seen(player)).length;
    await player.pressMirror(i === 0 ? 'drawing-1' : 'next');
    await player.until((mirror) => mirror.screen === 'replay' && mirror.word === word, word);
    const { text } = await told(player);
    const pictures = (await seen(player)).slice(sent);
    assert.ok(pictures.length <= 32 + ink.length, `${word}: ${pictures.length} pictures`);

    // The whole, and it without each stroke: the page had the network see just these, byte by byte.
    const [whole, ...without] = trainersPictures([ink, ...ink.map((_, left) => ink.filter((_, j) => j !== left))]);
    const asked = pictures.slice(-ink.length - 1).map(({ picture }) => Buffer.from(picture));
    [whole, ...without].forEach((picture, j) => assert.ok(asked[j].equals(picture), `${word}: picture ${j} is the trainer's`));

    // The guesses at the end, in words.
    const scores = await ask(whole);
    const best = scores.map((p, k) => [p, k]).sort(([a], [b]) => b - a).slice(0, 5);
    const saying = text.match(/seconds: (.*?)\. /)[1].split(', ').map((one) => one.match(/^(.*) (\d+)%$/).slice(1));
    saying.forEach(([name, percent], k) => {
      assert.equal(name, names.get(classes[best[k][1]]) ?? classes[best[k][1]], `${word}: guess ${k}`);
      assert.ok(Math.abs(Number(percent) - 100 * best[k][0]) <= 0.51, `${word}: ${name} ${percent}%, not ${best[k][0]}`);
    });

    // The stroke of the largest fall, computed here.
    const falls = [];
    for (const picture of without) falls.push(scores[label] - (await ask(picture))[label]);
    const largest = Math.max(...falls);
    console.log(`${word}: ${result}, ${pictures.length} pictures; falls ${falls.map((fall) => fall.toFixed(2)).join(' ')}; ${text}`);
    const line = `Stroke ${falls.indexOf(largest) + 1} of ${ink.length} ${result === 'won' ? 'gave it away' : 'helped most'}.`;
    assert.equal(text.includes(line), largest >= 0.1, `${word}: ${text}`);
    assert.equal(/misled me/.test(text), Math.min(...falls) <= -0.1, `${word}: ${text}`);
    gave += largest >= 0.1;
    if (result === 'won') assert.match(text, /Recognised after \d+\.\d seconds\./);
  }
  assert.ok(gave >= 2, `${gave} of 6 drawings with a stroke that tells`);
  assert.deepEqual(player.complaints, []);
  await player.close();
});

test('an answer that comes late is taken for nothing else', async () => {
  const player = await here.open(`?seed=6&words=${words}`, { prepare: prepared() });
  const rounds = await toGallery(player, (word) => shapes[word]);
  const pictures = async () => (await seen(player)).length;
  const asked = async (before) => {
    for (const end = Date.now() + 5000; await pictures() === before;) {
      assert.ok(Date.now() < end, 'a picture is sent');
      await player.page.waitForTimeout(10);
    }
  };
  // To the next drawing while a picture of this one is on its way: what is said is of the second.
  await hold(player);
  let before = await pictures();
  await player.pressMirror('drawing-1');
  await asked(before);
  await player.pressMirror('next');
  await player.until(({ word }) => word === rounds[1].word, 'the second drawing');
  assert.match((await player.mirror()).text, /no guess yet/);
  before = await pictures();
  await release(player);
  await told(player);
  await player.page.evaluate(() => document.getElementById('canvas').focus());
  await player.page.keyboard.press('Home');
  await untilSlider(player, (now) => now === 0, 'the beginning');
  await player.page.keyboard.press('ArrowRight');
  const { text } = await untilSlider(player, (now) => now > 0, 'the first step');
  const [first] = (await seen(player)).slice(before);
  const classes = readFileSync(join(dist, 'models/class_names.txt'), 'utf8').split('\n');
  const best = classes[first.probabilities.indexOf(Math.max(...first.probabilities))];
  assert.ok(text.includes(`seconds: ${best} `), `${text} begins with ${best}, of the second drawing's first picture`);

  // Back to play while a picture is on its way: the round hears nothing of it.
  await player.pressMirror('previous');
  await told(player);
  await player.pressMirror('back');
  await player.until(({ screen }) => screen === 'gallery', 'the gallery');
  await hold(player);
  before = await pictures();
  await player.pressMirror('drawing-1');
  await asked(before);
  await player.pressMirror('back');
  await player.until(({ screen }) => screen === 'gallery', 'the gallery');
  await player.pressMirror('again');
  await player.until(({ screen }) => screen === 'card', 'a card');
  await player.pressMirror('got-it');
  const { said, seconds } = await player.until(({ screen }) => screen === 'draw', 'the paper');
  const sent = await pictures();
  await release(player);
  await player.until((mirror) => mirror.seconds < seconds, 'a second of it');
  const now = await player.mirror();
  assert.deepEqual(now.said, said, 'nothing is said of an empty paper');
  assert.equal(await pictures(), sent, 'and what was left of the replay is dropped');
  assert.deepEqual(player.complaints, []);
  await player.close();
});

test('without a network the ink is replayed, and a sentence says so', async () => {
  const player = await here.open(`?seed=7&words=${words}`, {
    prepare: async (page) => {
      await prepared()(page);
      await page.route('**/models/default.ort', (route) => route.fulfill({ status: 404 }));
    },
  });
  await player.until(({ classifier }) => classifier === 'failed', 'no classifier', 20_000);
  await toGallery(player, (word) => shapes[word], { network: false });
  await player.pressMirror('drawing-1');
  const { text, buttons, paper } = await onReplay(player);
  assert.match(text, /my network isn’t here/);
  assert.ok(!buttons.some(({ id }) => id === 'how'), 'there is nothing to be told');
  await player.page.evaluate(() => document.getElementById('canvas').focus());
  const whole = inkIn(await player.picture(), paper);
  for (let i = 0; i < 3; ++i) await player.page.keyboard.press('ArrowLeft');
  await untilSlider(player, (now) => now < 100, 'three steps back');
  assert.ok(inkIn(await player.picture(), paper) < whole, 'less ink');
  await player.close();
});

test('the screen fits: phones, a tablet, a desktop', async () => {
  const player = await here.open(`?seed=8&words=${words}`, { viewport: phone, prepare: prepared() });
  await toGallery(player, (word) => shapes[word]);
  await player.pressMirror('drawing-1');
  await told(player);
  for (const viewport of [phone, landscape, { width: 320, height: 568 }, { width: 768, height: 1024 }, desktop, { width: 667, height: 375 }]) {
    await player.page.setViewportSize(viewport);
    const { width, height } = viewport;
    const form = width > height * 1.05 ? 'wide' : 'upright';
    const { buttons, paper } = await player.until((mirror) => (mirror.paper[0] + mirror.paper[2] < width * 0.7) === (form === 'wide') && mirror.paper[0] + mirror.paper[2] <= width &&
      mirror.paper[1] + mirror.paper[3] <= height && mirror.buttons.every(({ x, y, width: w, height: h }) => x >= 0 && y >= 0 && x + w <= width && y + h <= height),
    `all within ${width}x${height}`);
    for (const { id, width: w, height: h } of buttons) assert.ok(w >= 44 && h >= 44, `${id} is ${w} x ${h} at ${width}x${height}`);
    assert.ok(paper[2] >= 150 && paper[3] >= 130, `paper ${paper} at ${width}x${height}`);
    const picture = await player.picture(join(screens, `replay-${width}x${height}.png`));
    const edge = inkIn(picture, [0, 0, width, 2]) + inkIn(picture, [0, height - 2, width, 2]) + inkIn(picture, [0, 0, 2, height]) + inkIn(picture, [width - 2, 0, 2, height]);
    assert.ok(edge < 20, `${edge} pixels of ink at the edge of ${width}x${height}`);
  }
  await player.close();
});

// examples.bin as engine/ink/examples.h has it, of a few points a drawing.
function examplesOf(entries) {
  const parts = [Buffer.from('inkling examples 1\n')];
  for (const [word, count] of entries) {
    const one = Buffer.from([...new Array(8).fill(0), 90, 90, 1, 0, 0, 0, 0, 1, 0, 3, 0, 10, 200, 90, 20, 30, 220]);
    const size = Buffer.alloc(4);
    size.writeUInt32LE(one.length * count);
    parts.push(Buffer.from([word.length]), Buffer.from(word), Buffer.from([count]), size, ...new Array(count).fill(one));
  }
  return Buffer.concat(parts);
}

test('how others drew it: fetched when first needed, shown beside the drawing', async () => {
  const bytes = examplesOf(words.map((word, i) => [word, i % 2 ? 5 : 3]));
  const player = await here.open(`?seed=9&words=${words}`,
    { prepare: prepared({ extras: 'examples.bin', examples: (route) => route.fulfill({ body: bytes }) }) });
  const fetched = () => player.requests.filter((url) => url.endsWith('/examples.bin')).length;
  const rounds = await toGallery(player, (word) => shapes[word]);
  assert.equal(fetched(), 0, 'not before it is needed');
  await player.pressMirror('drawing-1');
  const count = ({ word }) => (words.indexOf(word) % 2 ? 4 : 3); // as many as there is room for
  await player.until(({ text }) => text.includes(`how others drew it: ${count(rounds[0])}.`), 'other people\'s drawings');
  await player.pressMirror('next');
  await player.until(({ text }) => text.includes(`how others drew it: ${count(rounds[1])}.`), 'those of the next word');
  assert.equal(fetched(), 1);
  // On a small phone too, upright and on its side; where there is no room for them nothing is said of them.
  for (const [width, height, shown] of [[375, 667, 3], [360, 640, 3], [667, 375, 3], [320, 568, 0]]) {
    await player.page.setViewportSize({ width, height });
    await player.until(({ text }) => (shown ? text.includes(`how others drew it: ${shown}`) : !text.includes('others')),
      `${shown} drawings at ${width}x${height}`);
    await look(player, 'replay-others');
  }
  assert.deepEqual(player.complaints, []);
  await player.close();
});

test('no file of others\' drawings: no trace; one that is broken, or not there after all: a line in the console', async () => {
  const whole = examplesOf(words.map((word) => [word, 4]));
  for (const [extras, body, complaint] of [
    ['', whole, null],
    ['examples.bin', whole.subarray(0, whole.length - 9), /examples\.bin: the examples are cut short/],
    ['examples.bin', Buffer.from('<!doctype html>'), /examples\.bin: no file of examples/],
    ['examples.bin', null, /examples\.bin/]]) {
    const player = await here.open(`?seed=10&words=${words}`, { prepare: prepared({ extras, rounds: 1,
      examples: (route) => (body ? route.fulfill({ body }) : route.abort()) }) });
    await toGallery(player, (word) => shapes[word]);
    await player.pressMirror('drawing-1');
    const { text } = await told(player);
    assert.ok(!/others/.test(text), text);
    if (complaint) {
      for (const end = Date.now() + 5000; !player.complaints.some((line) => complaint.test(line));) {
        assert.ok(Date.now() < end, `${complaint} is among ${player.complaints}`);
        await player.page.waitForTimeout(20);
      }
    } else {
      assert.deepEqual(player.complaints, []);
      assert.ok(!player.requests.some((url) => url.endsWith('/examples.bin')), 'it is not asked for');
    }
    await player.pressMirror('back');
    await player.until(({ screen }) => screen === 'gallery', 'the game goes on');
    await player.close();
  }
});
