// Keeping drawings: on the device, and as files that somebody else can open.

import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { PNG } from 'pngjs';
import { inkIn, phone, root, screens, shapes, start } from './play.mjs';
import { playShapes } from './rounds.mjs';

let here;
before(async () => { here = await start(); });
after(() => here?.close());

const words = Object.keys(shapes);
const program = join(root, 'build/native/bin/inkling');

/** What stands in the page's database: [{key, time, bytes: a length}]. */
const stored = (player) => player.page.evaluate(() => new Promise((resolve, reject) => {
  const opening = indexedDB.open('inkling', 1);
  opening.onerror = () => reject(opening.error);
  opening.onupgradeneeded = () => opening.transaction.abort(); // looking must not make it
  opening.onsuccess = () => {
    const asking = opening.result.transaction('drawings').objectStore('drawings').getAll();
    asking.onsuccess = () => {
      opening.result.close();
      resolve(asking.result.map(({ key, time, bytes }) => ({ key, time, bytes: bytes.length })));
    };
  };
}));

async function openKeep(player, n) {
  await player.press('keep');
  return player.until(({ screen, text }) => screen === 'keep' && text.includes(n), `the keep screen with ${n} drawings`);
}

/** Presses a button that hands a file over. Resolves to {name, bytes}. */
async function download(player, id) {
  const coming = player.page.waitForEvent('download', { timeout: 60_000 });
  await player.press(id);
  const got = await coming;
  return { name: got.suggestedFilename(), bytes: readFileSync(await got.path()) };
}

/** Is it the ink of light paper, or of the marker? Counts pixels of RGBA bytes that are dark. */
const inkOf = ({ width, height, data }) => inkIn({ width, height, pixels: data });

test('a game is kept on the device, and handed over as files', async (t) => {
  const player = await here.open(`?seed=1&lang=en&words=${words}`, { viewport: phone });
  const blank = 'line';
  const played = await playShapes(player, 'gallery', { draws: (word) => word !== blank });
  const won = played.filter(({ result }) => result === 'won').map(({ word }) => word);
  const drawn = words.length - 1;
  await openKeep(player, drawn);
  const kept = await stored(player);
  assert.equal(kept.length, drawn, 'every drawing with ink');
  assert.equal(new Set(kept.map(({ key }) => key)).size, drawn, 'each with its own key');
  for (const { time, bytes } of kept) {
    assert.ok(Math.abs(time - Date.now()) < 300_000, 'with the time of day');
    assert.ok(bytes > 40 && bytes < 4000, `${bytes} bytes`);
  }
  const { buttons } = await player.mirror();
  assert.equal(buttons.filter(({ id }) => /^keep-choose-\d/.test(id)).length, drawn, 'a round without ink cannot be chosen');
  for (const { id, width, height } of buttons) assert.ok(width >= 44 && height >= 44, `${id}: ${width} x ${height}`);
  assert.ok(!buttons.some(({ id }) => id === 'keep-svg'), 'the page is no SVG');

  await t.test('the page of the game as a picture', async () => {
    const { name, bytes } = await download(player, 'keep-picture');
    assert.match(name, /^inkling-\d{4}-\d\d-\d\d\.png$/);
    const png = PNG.sync.read(bytes);
    assert.deepEqual([png.width, png.height], [1200, 1500]);
    assert.ok(inkOf(png) > 20_000, `${inkOf(png)} pixels of ink`);
    assert.deepEqual([...png.data.subarray(0, 4)], [0xfa, 0xf6, 0xec, 255], 'on paper');
  });

  const chosen = buttons.find(({ id }) => /^keep-choose-\d/.test(id));
  await player.press(chosen.id);
  const { word } = await player.until((mirror) => mirror.word !== '', 'a drawing');
  assert.equal(chosen.label, word);

  await t.test('one drawing as a picture', async () => {
    const { name, bytes } = await download(player, 'keep-picture');
    assert.equal(name, `inkling-${word}.png`);
    const png = PNG.sync.read(bytes);
    assert.deepEqual([png.width, png.height], [1024, 1024]);
    const ink = inkIn({ width: 1024, height: 1024, pixels: png.data }, [164, 146, 696, 588]);
    assert.ok(ink > 5000, `${ink} pixels of ink`);
  });

  await t.test('as an SVG', async () => {
    const { name, bytes } = await download(player, 'keep-svg');
    assert.equal(name, `inkling-${word}.svg`);
    const text = bytes.toString();
    assert.ok(text.length < 10_000, `${text.length} bytes`);
    const seen = await player.page.evaluate((svg) => {
      const parsed = new DOMParser().parseFromString(svg, 'image/svg+xml');
      const box = parsed.documentElement.viewBox.baseVal;
      const path = document.createElementNS('http://www.w3.org/2000/svg', 'path');
      const paths = [...parsed.querySelectorAll('path')].map((drawn) => {
        path.setAttribute('d', drawn.getAttribute('d'));
        const points = [0, 0.3, 0.6, 1].map((share) => path.getPointAtLength(share * path.getTotalLength()));
        return points.every(({ x, y }) => x > 0 && y > 0 && x < box.width && y < box.height) && path.getTotalLength();
      });
      return { errors: parsed.querySelectorAll('parsererror').length, root: parsed.documentElement.localName, paths,
        title: parsed.querySelector('title').textContent, names: [...new Set([...parsed.querySelectorAll('*')].map((node) => node.localName))] };
    }, text);
    assert.equal(seen.errors, 0);
    assert.equal(seen.title, word);
    assert.deepEqual(seen.names.sort(), ['g', 'path', 'rect', 'svg', 'title']);
    assert.equal(seen.paths.length, shapes[word].length, 'a line for every stroke');
    for (const length of seen.paths) assert.ok(length > 300, `within the paper, and ${length} long`);
  });

  await t.test('as an animation', async () => {
    const { name, bytes } = await download(player, 'keep-animation');
    assert.equal(name, `inkling-${word}.gif`);
    assert.ok(bytes.length < 400_000, `${bytes.length} bytes`);
    const { frames, seconds, repeats, sizes, inks } = await player.page.evaluate(async (base64) => {
      const data = Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0));
      const decoder = new ImageDecoder({ data, type: 'image/gif' });
      await decoder.completed;
      await decoder.tracks.ready;
      const { frameCount, repetitionCount } = decoder.tracks.selectedTrack;
      const all = [];
      for (let frameIndex = 0; frameIndex < frameCount; ++frameIndex) all.push((await decoder.decode({ frameIndex })).image);
      const inkOf = (image) => {
        const canvas = new OffscreenCanvas(image.displayWidth, image.displayHeight);
        const context = canvas.getContext('2d');
        context.drawImage(image, 0, 0);
        image.close();
        const pixels = context.getImageData(0, 0, canvas.width, canvas.height).data;
        let count = 0;
        for (let i = 0; i < pixels.length; i += 4) count += pixels[i] + pixels[i + 1] + pixels[i + 2] < 330;
        return count;
      };
      const seconds = all.reduce((sum, { duration }) => sum + duration, 0) / 1e6;
      const sizes = all.map((image) => [image.displayWidth, image.displayHeight].join('x'));
      return { frames: frameCount, repeats: repetitionCount, seconds, sizes, inks: all.map(inkOf) };
    }, bytes.toString('base64'));
    assert.ok(frames >= 5, `${frames} pictures`);
    assert.equal(repeats, Infinity);
    assert.deepEqual([...new Set(sizes)], ['512x512']);
    assert.ok(seconds > 2 && seconds < 9, `${seconds} s`);
    assert.ok(inks.at(-1) > inks[0] + 1000, `ink grows, from ${inks[0]} to ${inks.at(-1)} pixels`);
    console.log(`GIF of ${word}: ${frames} pictures, ${seconds.toFixed(1)} s, ${bytes.length} bytes`);
  });

  await t.test('as a film', async () => {
    // The browser may have waited too long for the tap; the film is then there for the next one.
    const { name, bytes } = await download(player, 'keep-video');
    assert.match(name, new RegExp(`^inkling-${word}\\.(webm|mp4)$`));
    const theatre = await player.page.context().newPage(); // the game's own policy lets it show no film
    const film = await theatre.evaluate(async ([base64, type]) => {
      const video = document.createElement('video');
      video.muted = true;
      video.src = `data:${type};base64,${base64}`;
      const inkNow = () => {
        const canvas = document.createElement('canvas');
        [canvas.width, canvas.height] = [video.videoWidth, video.videoHeight];
        const context = canvas.getContext('2d');
        context.drawImage(video, 0, 0);
        const pixels = context.getImageData(0, 0, canvas.width, canvas.height).data;
        let count = 0;
        for (let i = 0; i < pixels.length; i += 4) count += pixels[i] + pixels[i + 1] + pixels[i + 2] < 330;
        return count;
      };
      const when = (event) => new Promise((resolve, reject) => {
        video.addEventListener(event, resolve, { once: true });
        video.addEventListener('error', () => reject(new Error(video.error?.message)), { once: true });
      });
      await when('canplaythrough');
      const shown = new Promise((resolve) => video.requestVideoFrameCallback(resolve));
      const ended = when('ended');
      await video.play();
      await shown;
      const first = inkNow();
      await ended;
      return { width: video.videoWidth, height: video.videoHeight, seconds: video.currentTime, first, last: inkNow() };
    }, [bytes.toString('base64'), name.endsWith('mp4') ? 'video/mp4' : 'video/webm']);
    await theatre.close();
    assert.deepEqual([film.width, film.height], [720, 720]);
    assert.ok(film.seconds > 1.5, `${film.seconds} s`);
    assert.ok(film.last > film.first + 2000, `ink grows, from ${film.first} to ${film.last} pixels`);
    console.log(`film of ${word}: ${name}, ${film.seconds.toFixed(1)} s, ${bytes.length} bytes`);
  });

  const { name, bytes } = await download(player, 'keep-all');
  await t.test('all drawings, as the data set has them', () => {
    assert.match(name, /^inkling-drawings-\d{4}-\d\d-\d\d\.ndjson$/);
    const lines = bytes.toString().trimEnd().split('\n').map((line) => JSON.parse(line));
    assert.deepEqual(lines.map(({ word: its }) => its).sort(), words.filter((its) => its !== blank).sort());
    for (const line of lines) {
      assert.equal(line.countrycode, 'ZZ');
      assert.equal(line.recognized, won.includes(line.word));
      assert.match(line.timestamp, /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d{5} UTC$/);
      assert.ok(BigInt(line.key_id) < 1n << 63n);
      const numbers = line.drawing.flat(2);
      assert.ok(numbers.every((v) => Number.isInteger(v) && v >= 0 && v <= 255));
      assert.ok(numbers.includes(255) && numbers.includes(0), 'scaled to the square');
      for (const [xs, ys] of line.drawing) assert.equal(xs.length, ys.length);
    }
    // A triangle of straight lines keeps its corners alone: simplified, as the data set's are.
    const triangle = lines.find(({ word: its }) => its === 'triangle');
    if (triangle) assert.ok(triangle.drawing[0][0].length <= 6, `${triangle.drawing[0][0].length} points`);
  });

  const noProgram = existsSync(program) ? false : `no ${program}: cmake --build build/native --target inkling`;
  await t.test('which the trainer reads', { skip: noProgram }, async () => {
    const folder = mkdtempSync(join(tmpdir(), 'inkling-'));
    try {
      const file = join(folder, 'drawings.ndjson');
      writeFileSync(file, bytes);
      const info = JSON.parse(execFileSync(program, ['data', 'info', file, '--json']));
      const [{ drawings, broken }] = Array.isArray(info) ? info : info.files;
      assert.deepEqual({ drawings, broken }, { drawings: drawn, broken: 0 });
      // They are few: drawings of the same words, made up, stand beside them.
      const [mine, made] = [join(folder, 'mine'), join(folder, 'made')];
      execFileSync(program, ['data', 'sort', file, '--out', mine]);
      execFileSync(program, ['data', 'synth', '--per-class', '40', '--out', made]);
      const said = execFileSync(program, ['train', '--data', made, '--data', mine, '--out', join(folder, 'run'), '--epochs', '1'], { stdio: 'pipe' });
      assert.ok(existsSync(join(folder, 'run/model.onnx')), String(said));
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  for (const url of player.requests) assert.ok(/^(blob|data):/.test(url) || url.startsWith(here.site.address), `${url} is elsewhere`);
  assert.deepEqual(player.complaints, []);

  await t.test('and forgotten, at the second tap', async () => {
    await player.press('keep-forget');
    await player.until(({ text }) => text.includes('Tap again'), 'the question');
    assert.equal((await stored(player)).length, drawn, 'nothing is gone yet');
    await player.press('keep-picture'); // anything else means no
    await player.press('keep-forget');
    await player.until(({ text }) => text.includes('Tap again'), 'the question again');
    assert.equal((await stored(player)).length, drawn);
    await player.press('keep-forget');
    await player.until(({ text }) => text.includes('No drawings'), 'that they are gone');
    assert.deepEqual(await stored(player), []);
    const { buttons: left } = await player.mirror();
    assert.ok(!left.some(({ id }) => id === 'keep-all' || id === 'keep-forget'), 'nothing is left to delete');
    await player.press('keep-back');
    await player.until(({ screen }) => screen === 'gallery', 'the gallery');
  });
  await player.close();
});

const broken = {
  'no IndexedDB at all': () => { Object.defineProperty(window, 'indexedDB', { value: undefined }); },
  'a browser that refuses it': () => { IDBFactory.prototype.open = () => { throw new DOMException('no storage', 'SecurityError'); }; },
  'a full disk': () => { IDBObjectStore.prototype.add = () => { throw new DOMException('no room', 'QuotaExceededError'); }; },
};
for (const [trouble, make] of Object.entries(broken)) {
  test(`${trouble}: the game goes on, and keeps its drawings for the visit`, async () => {
    const player = await here.open(`?seed=1&lang=en&words=${words}`, { prepare: (page) => page.addInitScript(make) });
    await playShapes(player);
    await openKeep(player, words.length);
    const { bytes } = await download(player, 'keep-all');
    assert.equal(bytes.toString().trimEnd().split('\n').length, words.length);
    await player.press('keep-forget');
    await player.press('keep-forget');
    await player.until(({ text }) => text.includes('No drawings'), 'that they are gone');
    assert.deepEqual(player.complaints, []);
    await player.close();
  });
}

test('the share sheet opens in the tap’s own task, with the file', async () => {
  // The system's sheet cannot be looked at from here; what it is given, and when, can.
  const sheet = () => {
    window.shared = [];
    navigator.canShare = ({ files }) => files.every(({ type }) => type.startsWith('image/png'));
    navigator.share = async ({ files: [file] }) => {
      window.shared.push({ name: file.name, size: file.size, event: window.event?.type, active: navigator.userActivation.isActive });
    };
  };
  const player = await here.open(`?seed=1&lang=en&words=${words}`, { touch: true, prepare: (page) => page.addInitScript(sheet) });
  await playShapes(player);
  await openKeep(player, words.length);
  const shared = (n) => player.page.waitForFunction((count) => window.shared.length === count && window.shared, n).then((list) => list.jsonValue());
  await player.tap('keep-picture'); // perhaps before the picture is there
  await shared(1);
  await player.tap('keep-picture');
  const [, byFinger] = await shared(2);
  assert.equal(byFinger.event, 'touchend');
  assert.ok(byFinger.active && byFinger.size > 10_000);
  await player.press('keep-picture');
  assert.equal((await shared(3))[2].event, 'mouseup');
  await player.pressMirror('keep-picture');
  assert.equal((await shared(4))[3].event, 'click');
  await player.close();
});

test('the page of a game by night, in Chinese', async () => {
  const player = await here.open(`?seed=1&lang=zh&words=${words}`, { colorScheme: 'dark' });
  await playShapes(player);
  await openKeep(player, String(words.length));
  const { bytes } = await download(player, 'keep-picture');
  writeFileSync(join(screens, 'share-dark-zh.png'), bytes);
  const png = PNG.sync.read(bytes);
  assert.deepEqual([...png.data.subarray(0, 4)], [0x1b, 0x1d, 0x22, 255], 'on dark paper');
  let letters = 0; // of the heading
  for (let y = 50; y < 170; ++y) for (let x = 200; x < 1000; ++x) letters += png.data[4 * (y * 1200 + x)] > 200;
  assert.ok(letters > 3000, `${letters} light pixels in the heading`);
  await player.close();
});
