// Ink on the paper: pointers, fingers, buttons, the window's changes. Ink is looked for in screenshots.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { desktop, inkIn, isInk, phone, shapes, start } from './play.mjs';
import { toPaper } from './rounds.mjs';

let here;
before(async () => { here = await start(); });
after(() => here?.close());

/** A fresh sheet; nobody guesses, as the network never comes. */
async function sheet(options) {
  const player = await here.open('?seed=1&words=camouflage', {
    prepare: (page) => page.route('**/classifier.js', () => {}), ...options,
  });
  const { paper } = await toPaper(player);
  await player.page.waitForTimeout(500);
  // A point of the paper by its shares of width and height, and a box around it.
  const at = (x, y) => ({ x: paper[0] + x * paper[2], y: paper[1] + y * paper[3] });
  const around = (x, y, size = 40) => [at(x, y).x - size / 2, at(x, y).y - size / 2, size, size];
  const ink = async (...shares) => {
    await player.page.waitForTimeout(150);
    const picture = await player.picture();
    return shares.map(([x, y]) => inkIn(picture, around(x, y)));
  };
  const line = async (from, to, steps = 10) => {
    await player.mouse('mousePressed', at(...from));
    for (let i = 1; i <= steps; ++i) {
      const along = (axis) => from[axis] + ((to[axis] - from[axis]) * i) / steps;
      await player.mouse('mouseMoved', at(along(0), along(1)));
    }
    await player.mouse('mouseReleased', at(...to));
  };
  return { player, paper, at, ink, line };
}

test('undo takes the last stroke, clear all of them, skip ends the round', async () => {
  const { player, ink, line } = await sheet();
  assert.deepEqual(await ink([0.5, 0.25], [0.5, 0.75]), [0, 0], 'the paper is empty');
  await line([0.2, 0.25], [0.8, 0.25]);
  await line([0.2, 0.75], [0.8, 0.75]);
  const [first, second] = await ink([0.5, 0.25], [0.5, 0.75]);
  assert.ok(first > 100 && second > 100, `two strokes: ${first}, ${second} pixels`);
  await player.press('undo');
  assert.deepEqual(await ink([0.5, 0.25], [0.5, 0.75]), [first, 0]);
  await line([0.2, 0.75], [0.8, 0.75]);
  await player.press('clear');
  assert.deepEqual(await ink([0.5, 0.25], [0.5, 0.75]), [0, 0]);
  await player.press('skip');
  const { result } = await player.until(({ screen }) => screen === 'verdict', 'the verdict');
  assert.equal(result, 'skipped');
  await player.close();
});

test('a dot is ink', async () => {
  const { player, at, ink } = await sheet();
  await player.page.mouse.click(at(0.5, 0.5).x, at(0.5, 0.5).y);
  assert.ok((await ink([0.5, 0.5]))[0] > 10);
  await player.close();
});

test('a second finger does not draw, and does not break the first one\'s stroke', async () => {
  const { player, at, ink } = await sheet({ touch: true });
  await player.touch('touchStart', at(0.2, 0.3));
  await player.touch('touchMove', at(0.4, 0.3));
  await player.touch('touchStart', at(0.4, 0.3), at(0.3, 0.7));
  for (const x of [0.5, 0.6, 0.7]) await player.touch('touchMove', at(x, 0.3), at(x, 0.7));
  await player.touch('touchEnd');
  const [first, second] = await ink([0.55, 0.3], [0.5, 0.7]);
  assert.ok(first > 100, 'the first finger draws on');
  assert.equal(second, 0, 'the second does not draw');
  await player.close();
});

test('a touch is one stroke, not one more by the mouse that browsers imitate', async () => {
  const { player, at, ink } = await sheet({ touch: true });
  await player.touch('touchStart', at(0.2, 0.5));
  for (const x of [0.3, 0.4, 0.5, 0.6, 0.7, 0.8]) await player.touch('touchMove', at(x, 0.5));
  await player.touch('touchEnd');
  await player.page.waitForTimeout(400); // the imitated mouse comes late
  assert.ok((await ink([0.5, 0.5]))[0] > 100);
  await player.tap('undo');
  assert.deepEqual(await ink([0.5, 0.5], [0.2, 0.5], [0.8, 0.5]), [0, 0, 0], 'one undo leaves nothing');
  await player.close();
});

test('a stroke that leaves the paper ends there', async () => {
  const { player, paper, at, ink } = await sheet();
  await player.page.mouse.move(at(0.5, 0.5).x, at(0.5, 0.5).y);
  await player.page.mouse.down();
  const outside = { x: Math.min(paper[0] + paper[2] + 8, phone.width - 2), y: at(0, 0.5).y };
  await player.page.mouse.move(outside.x, outside.y, { steps: 8 });
  await player.page.mouse.move(outside.x, paper[1] - 20, { steps: 4 });
  await player.page.mouse.move(at(0.5, 0).x, paper[1] - 20, { steps: 4 });
  await player.page.mouse.move(at(0.5, 0.25).x, at(0.5, 0.25).y, { steps: 4 });
  await player.page.mouse.up();
  await player.page.mouse.move(at(0.2, 0.25).x, at(0.2, 0.25).y, { steps: 4 });
  const [drawn, corner, hovered] = await ink([0.75, 0.5], [0.75, 0.25], [0.35, 0.25]);
  assert.ok(drawn > 100, 'ink up to the edge');
  assert.equal(corner, 0, 'no line from where it left to where it came back');
  assert.equal(hovered, 0, 'no line after the button was let go');
  await player.close();
});

test('a lost focus and a cancelled touch end the stroke', async () => {
  const { player, at, ink } = await sheet({ touch: true });
  await player.page.mouse.move(at(0.2, 0.3).x, at(0.2, 0.3).y);
  await player.page.mouse.down();
  await player.page.mouse.move(at(0.4, 0.3).x, at(0.4, 0.3).y, { steps: 4 });
  await player.page.evaluate(() => window.dispatchEvent(new Event('blur')));
  await player.page.waitForTimeout(100);
  await player.page.mouse.move(at(0.8, 0.3).x, at(0.8, 0.3).y, { steps: 4 });
  await player.page.mouse.up();
  await player.page.evaluate(() => window.dispatchEvent(new Event('focus')));
  await player.touch('touchStart', at(0.2, 0.7));
  await player.touch('touchMove', at(0.4, 0.7));
  await player.touch('touchCancel');
  await player.touch('touchStart', at(0.8, 0.8));
  await player.touch('touchMove', at(0.85, 0.8));
  await player.touch('touchEnd');
  const [begun, blurred, touched, joined] = await ink([0.3, 0.3], [0.65, 0.3], [0.3, 0.7], [0.6, 0.75]);
  assert.ok(begun > 50 && touched > 50, `both begin: ${begun}, ${touched}`);
  assert.equal(blurred, 0, 'nothing is drawn after the focus went');
  assert.equal(joined, 0, 'the next touch is another stroke');
  await player.close();
});

/** Width over height of the ink on the paper. */
function proportion(picture, [left, top, width, height]) {
  const [xs, ys] = [[], []];
  for (let y = Math.ceil(top); y < top + height; ++y) {
    for (let x = Math.ceil(left); x < left + width; ++x) if (isInk(picture, x, y)) xs.push(x) && ys.push(y);
  }
  const extent = (at) => at.reduce((most, value) => Math.max(most, value), 0) - at.reduce((least, value) => Math.min(least, value), 1e9);
  return extent(xs) / extent(ys);
}

test('a turned and a resized window keep the drawing, and its proportions', async () => {
  const { player, line, at, paper } = await sheet();
  await line([0.2, 0.3], [0.8, 0.7]);
  // The phone is turned while the pen is down.
  await player.mouse('mousePressed', at(0.2, 0.5));
  await player.mouse('mouseMoved', at(0.4, 0.5));
  await player.page.setViewportSize({ width: phone.height, height: phone.width });
  await player.page.setViewportSize(phone);
  await player.mouse('mouseReleased', at(0.4, 0.5));
  await player.page.waitForTimeout(200);
  const picture = await player.picture();
  const [before, shape] = [inkIn(picture, paper), proportion(picture, paper)];
  for (const viewport of [{ width: phone.height, height: phone.width }, desktop]) {
    await player.page.setViewportSize(viewport);
    await player.page.waitForTimeout(600);
    const { paper: now } = await player.mirror();
    assert.ok(now[0] >= 0 && now[1] >= 0 && now[0] + now[2] <= viewport.width && now[1] + now[3] <= viewport.height,
      `the paper ${now} lies in ${viewport.width}x${viewport.height}`);
    const turned = await player.picture();
    assert.ok(inkIn(turned, now) > 300, 'the ink is still there');
    const ratio = proportion(turned, now) / shape;
    assert.ok(ratio > 0.96 && ratio < 1.04, `the drawing is ${ratio} times as wide for its height`);
  }
  await player.page.setViewportSize(phone);
  await player.page.waitForTimeout(600);
  assert.deepEqual((await player.mirror()).paper, paper);
  const now = inkIn(await player.picture(), paper);
  assert.ok(Math.abs(now - before) < 0.03 * before, `${before} pixels of ink before, ${now} after`);
  await player.close();
});

test('the page does not scroll, zoom or select under the hand', async () => {
  const { player, at, line } = await sheet({ touch: true, isMobile: true });
  await player.page.mouse.move(at(0.5, 0.5).x, at(0.5, 0.5).y);
  await player.page.mouse.wheel(0, 500);
  await line([0.5, 0.9], [0.5, 0.1]);
  await player.touch('touchStart', at(0.4, 0.4), at(0.6, 0.6));
  for (const d of [0.05, 0.1, 0.2, 0.3]) await player.touch('touchMove', at(0.4 - d, 0.4 - d), at(0.6 + d, 0.6 + d));
  await player.touch('touchEnd');
  for (let i = 0; i < 2; ++i) { // a double tap would zoom
    await player.touch('touchStart', at(0.5, 0.5));
    await player.touch('touchEnd');
  }
  await player.page.waitForTimeout(400);
  const facts = await player.page.evaluate(() => [scrollX, scrollY, visualViewport.scale, visualViewport.offsetTop,
    getSelection().toString()]);
  assert.deepEqual(facts, [0, 0, 1, 0, '']);
  await player.close();
});

test('a hidden tab stops the clock', async () => {
  const { player } = await sheet();
  const hide = (hidden) => player.page.evaluate((value) => {
    Object.defineProperty(document, 'hidden', { value, configurable: true });
    Object.defineProperty(document, 'visibilityState', { value: value ? 'hidden' : 'visible', configurable: true });
    document.dispatchEvent(new Event('visibilitychange'));
  }, hidden);
  await player.until(({ seconds }) => seconds <= 18, 'the clock to run');
  await hide(true);
  await player.page.waitForTimeout(3000);
  await hide(false);
  await player.page.waitForTimeout(200);
  const { seconds } = await player.mirror();
  assert.ok(seconds >= 16, `${seconds} s left`);
  await player.until((mirror) => mirror.seconds < seconds, 'the clock to run again', 3000);
  await player.close();
});

test('two pixels a CSS pixel are drawn sharp', async () => {
  const { player, at, line } = await sheet({ deviceScaleFactor: 2 });
  const canvas = await player.page.evaluate(() => {
    const { width, height, clientWidth, clientHeight } = document.getElementById('canvas');
    return [width / clientWidth, height / clientHeight];
  });
  assert.deepEqual(canvas, [2, 2]);
  await line([0.2, 0.5], [0.8, 0.5]);
  await player.page.waitForTimeout(400);
  const { width, pixels } = await player.picture();
  const { x, y } = at(0.5, 0.5);
  const greys = Array.from({ length: 80 }, (_, i) => pixels[4 * ((Math.round(2 * y) - 40 + i) * width + Math.round(2 * x))]);
  const dark = greys.filter((grey) => grey < 90).length;
  const between = greys.filter((grey) => grey >= 90 && grey < 200).length;
  assert.ok(dark >= 7 && dark <= 16, `a line of 6 CSS pixels is ${dark} pixels thick: ${greys}`);
  assert.ok(between <= 4, `its edges are ${between} pixels wide`);
  await player.close();
});

test('a sheet is of one colour, however many pixels a CSS pixel has', async () => {
  for (const deviceScaleFactor of [1, 2, 3]) {
    const player = await here.open('?seed=1', { viewport: phone, deviceScaleFactor });
    await player.pressMirror('play');
    await player.until(({ screen }) => screen === 'card', 'a word card');
    await player.page.waitForTimeout(1000); // it has come to rest
    const { width, pixels } = await player.picture();
    const colours = new Set();
    for (let y = 200 * deviceScaleFactor; y < 260 * deviceScaleFactor; ++y) { // of the card, above its words
      for (let x = 60 * deviceScaleFactor; x < 330 * deviceScaleFactor; ++x) {
        colours.add([...pixels.subarray(4 * (y * width + x), 4 * (y * width + x) + 3)].join());
      }
    }
    assert.equal(colours.size, 1, `${deviceScaleFactor}: ${[...colours].slice(0, 5).join(' ')}`);
    await player.close();
  }
});

test('one frame at a time, however often the gallery was pressed', async () => {
  const player = await here.open('?seed=1&words=circle', {
    prepare: (page) => page.route('**/config.json', (route) => route.fulfill({ json: { rounds: 1 } })) });
  await player.until(({ classifier }) => classifier === 'ready', 'the classifier', 20_000);
  await toPaper(player);
  await player.draw(shapes.circle);
  await player.until(({ result }) => result === 'won', 'a win');
  await player.until(({ screen }) => screen === 'verdict', 'the verdict');
  await player.pressMirror('continue');
  await player.until(({ screen }) => screen === 'gallery', 'the gallery');
  for (let i = 0; i < 5; ++i) { // while it moves, and on nothing
    for (const type of ['mousePressed', 'mouseReleased']) await player.mouse(type, { x: 3, y: 3 });
  }
  await player.pressMirror('again');
  await player.until(({ screen }) => screen === 'card', 'a word card');
  await player.pressMirror('got-it');
  await player.until(({ screen }) => screen === 'draw', 'the paper');
  const [drawn, shown] = await player.evaluate(() => new Promise((done) => {
    const before = window.inkling.frames();
    let shown = 0;
    const next = () => (++shown < 30 ? requestAnimationFrame(next) : done([window.inkling.frames() - before, shown]));
    requestAnimationFrame(next);
  }));
  assert.ok(drawn <= shown + 1, `${drawn} frames drawn in ${shown}`);
  await player.close();
});

test('nothing is drawn while nothing moves', async () => {
  const player = await here.open('?seed=1', { reducedMotion: 'no-preference' });
  await player.until(({ classifier }) => classifier === 'ready', 'the classifier', 20_000);
  await player.page.waitForTimeout(2500); // the title has come to rest
  const before = await player.frames();
  await player.page.waitForTimeout(1500);
  assert.equal(await player.frames(), before);
  await player.page.mouse.move(200, 300);
  await player.press('play');
  await player.until(({ screen }) => screen === 'card', 'a word card');
  assert.ok(await player.frames() > before, 'it draws again when something happens');
  await player.close();
});
