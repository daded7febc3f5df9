// For everyone: every screen with axe-core and as a screen reader is given it, on pages of any size and zoom, with more
// contrast, within safe areas.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { desktop, dist, look, phone, screens, shapes, start } from './play.mjs';
import { everyScreen, prepare, query } from './walk.mjs';

let here;
before(async () => { here = await start(); });
after(() => here?.close());

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const rules = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];

/** axe-core finds nothing to complain of. */
async function noViolations(player, name) {
  const violations = await player.page.evaluate(async ([source, values]) => {
    if (!window.axe) window.eval(source);
    const found = await window.axe.run(document, { runOnly: { type: 'tag', values } });
    return found.violations.map(({ id, help, nodes }) => `${id}: ${help}: ${nodes.map(({ html }) => html).join(' ')}`);
  }, [axe, rules]);
  assert.deepEqual(violations, [], name);
}

// The page's policy forbids scripts from elsewhere, of which axe-core is one.
const examined = { bypassCSP: true };

/** What a screen reader is given, in its order: [{role, name, description}]. */
async function tree(player) {
  const tools = await player.page.context().newCDPSession(player.page);
  const { nodes } = await tools.send('Accessibility.getFullAXTree');
  await tools.detach();
  return nodes.filter(({ ignored }) => !ignored).map(({ role, name, description }) =>
    ({ role: role.value, name: name?.value ?? '', description: description?.value ?? '' }));
}

/** One landmark, which holds a heading, then the buttons of the mirror in its order, each with a name of its own. */
async function readsWell(player, name) {
  const { heading, buttons } = await player.mirror();
  const nodes = await tree(player);
  const of = (role) => nodes.filter((node) => node.role === role).map((node) => node.name);
  assert.equal(of('main').length, 1, `${name}: one main landmark`);
  assert.deepEqual(of('heading'), [heading], `${name}: one heading`);
  assert.ok(heading, `${name}: it says something`);
  const names = nodes.filter(({ role }) => ['button', 'slider'].includes(role)).map((node) => node.name);
  assert.deepEqual(names, buttons.map(({ label }) => label), `${name}: the buttons`);
  assert.ok(names.every((label) => label.trim()), `${name}: a button without a name: ${names}`);
  assert.equal(new Set(names).size, names.length, `${name}: two buttons of one name: ${names}`);
}

// Pages in CSS pixels: phones, tablets, windows, and what zoom leaves of them; safe areas as [top, right, bottom, left].
const upright = { width: 195, height: 422 }; // the phone at 200%
const onItsSide = { width: 422, height: 195 };
const sizes = [
  { ...phone, name: 'phone' },
  { width: 844, height: 390, name: 'phone on its side' },
  { ...desktop, name: 'desktop' },
  { width: 320, height: 568 },
  { width: 568, height: 320 },
  { width: 768, height: 1024 },
  { width: 720, height: 450 }, // 1440x900 at 200%
  { width: 640, height: 512 }, // 1280x1024 at 200%
  { width: 640, height: 600 },
  { width: 600, height: 590 },
  { ...upright },
  { ...onItsSide },
  { width: 320, height: 256 }, // 1280x1024 at 400%
  { ...phone, safe: [47, 0, 34, 0] },
  { width: 844, height: 390, safe: [0, 47, 21, 47] },
];

async function resize(player, { width, height, safe = [0, 0, 0, 0] }) {
  await player.page.setViewportSize({ width, height });
  await player.evaluate((insets) => {
    ['top', 'right', 'bottom', 'left'].forEach((side, i) => document.documentElement.style.setProperty(`--inset-${side}`, `${insets[i]}px`));
    dispatchEvent(new Event('resize')); // which is when they are measured
  }, safe);
  await player.drawn();
  await player.drawn();
}

/** Every button lies within the page, on no other, and is large enough for a thumb. */
async function holds(player, name, { width, height, safe = [0, 0, 0, 0] }) {
  const [top, right, bottom, left] = safe;
  const broad = width - left - right > (height - top - bottom) * 1.05;
  const scale = Math.min(1, width / (broad ? 568 : 320), height / (broad ? 320 : 568)); // see roomy() in wasm/screens
  const mirror = await player.mirror();
  const buttons = mirror.buttons.filter(({ id }) => id !== 'continue'); // which is the whole page
  const inside = (what, x, y, w, h) => assert.ok(x > left - 1 && y > top - 1 && x + w < width - right + 1 && y + h < height - bottom + 1,
    `${name}: ${what} leaves the page: ${[x, y, w, h].map(Math.round)}`);
  for (const [i, { id, x, y, width: w, height: h }] of buttons.entries()) {
    inside(id, x, y, w, h);
    const least = Math.max(24, 44 * scale - 0.1);
    assert.ok(w >= least && h >= least, `${name}: ${id} is ${w} x ${h}, too small for a thumb`);
    for (const other of buttons.slice(i + 1)) {
      const across = Math.min(x + w, other.x + other.width) - Math.max(x, other.x);
      const down = Math.min(y + h, other.y + other.height) - Math.max(y, other.y);
      assert.ok(across < 1 || down < 1, `${name}: ${id} and ${other.id} lie on each other, ${across} x ${down}`);
    }
  }
  if (['draw', 'practice'].includes(mirror.screen)) inside('the paper', ...mirror.paper);
}

for (const [lang, colorScheme] of [['en', 'light'], ['zh', 'dark']]) {
  test(`every screen, in ${lang} and ${colorScheme}`, async () => {
    // Once with all there can be on a screen, and once where the letters alone are others.
    const rounds = lang === 'en' ? 6 : 2;
    const player = await here.open(`?${query}&lang=${lang}`, { prepare: prepare(rounds), colorScheme, ...examined });
    await everyScreen(player, async (name) => {
      await noViolations(player, name);
      await readsWell(player, name);
      for (const size of lang === 'en' ? sizes : sizes.slice(0, 5)) {
        await resize(player, size);
        await holds(player, `${name} at ${size.width}x${size.height}`, size);
        if (size.name && lang === 'en') await look(player, name);
      }
      await resize(player, phone);
    }, rounds);
    assert.deepEqual(player.complaints, []);
    await player.close();
  });

  test(`the sentence for trouble and the note, in ${lang} and ${colorScheme}`, async () => {
    const options = { colorScheme, ...examined };
    const broken = await here.open(`?lang=${lang}`, { ...options, arrive: false,
      prepare: (page) => page.addInitScript(() => { WebAssembly.validate = () => false; }) });
    await broken.page.waitForSelector('#trouble:not([hidden])');
    await noViolations(broken, 'trouble');
    const told = await tree(broken);
    assert.deepEqual(['main', 'heading', 'alert', 'button'].map((role) => told.filter((node) => node.role === role).length), [1, 1, 1, 1]);
    // On a page that zoom has made small all of it can be reached.
    await broken.page.setViewportSize(upright);
    await broken.page.locator('#trouble button').scrollIntoViewIfNeeded();
    const box = await broken.page.locator('#trouble button').boundingBox();
    assert.ok(box.x >= 0 && box.x + box.width <= upright.width && box.y + box.height <= upright.height, JSON.stringify(box));
    await broken.close();

    const player = await here.open(`?lang=${lang}`, { ...options,
      prepare: (page) => page.route('**/config.json', (route) => route.fulfill({ json: { colour: 'red' } })) });
    await player.page.waitForSelector('#note:not([hidden])');
    await noViolations(player, 'the note');
    // A system's own colours don't write the glass buttons over the drawn ones.
    await player.page.emulateMedia({ forcedColors: 'active' });
    const written = await player.page.evaluate(() => getComputedStyle(document.querySelector('[data-action="play"]')).color);
    assert.equal(written, 'rgba(0, 0, 0, 0)');
    await noViolations(player, 'the note in forced colours');
    await player.close();
  });
}

test('more contrast, by day and by night, as soon as it is asked for', async () => {
  const player = await here.open('?seed=1');
  const corner = async () => [...(await player.picture()).pixels.subarray(0, 3)].map((value) => value.toString(16).padStart(2, '0')).join('');
  for (const [colorScheme, contrast, paper] of [['light', 'no-preference', 'faf6ec'], ['light', 'more', 'ffffff'],
    ['dark', 'more', '000000'], ['dark', 'no-preference', '1b1d22']]) {
    await player.page.emulateMedia({ colorScheme, contrast });
    await player.until(async () => await corner() === paper, `paper of ${paper}, ${colorScheme}, ${contrast}`);
    const behind = await player.page.evaluate(() => getComputedStyle(document.documentElement).getPropertyValue('--paper'));
    assert.equal(behind.toLowerCase(), `#${paper}`, 'the page’s own');
  }
  await player.page.emulateMedia({ colorScheme: 'light', contrast: 'no-preference', forcedColors: 'active' });
  await player.until(async () => await corner() === 'ffffff', 'more contrast where the system has its own colours');
  await player.close();
});

test('at 200% a phone is played as before, by finger', async () => {
  const player = await here.open('?seed=1&words=camouflage', { viewport: upright, deviceScaleFactor: 4, touch: true,
    prepare: (page) => page.route('**/classifier.js', () => {}) });
  await player.tap('play');
  await player.until(({ screen }) => screen === 'card', 'a word card');
  await player.picture(join(screens, 'zoomed-card.png'));
  await player.tap('got-it');
  await player.until(({ screen }) => screen === 'draw', 'the paper');
  await player.draw(shapes.line, { touch: true });
  await player.drawn();
  const { width, pixels } = await player.picture(join(screens, 'zoomed-draw.png'));
  const [{ x, y }] = await player.place([[128, 128]]);
  const column = Array.from({ length: 40 }, (_, i) => pixels[4 * ((Math.round(4 * y) - 20 + i) * width + Math.round(4 * x))]);
  assert.ok(Math.min(...column) < 60 && Math.max(...column) > 200, `a line under the finger: ${column}`);
  await player.close();
});

test('the keyboard hears where it has come', async () => {
  const player = await here.open('?seed=1&words=camouflage&lang=en');
  const press = async (id) => {
    await player.page.focus(`[data-action="${id}"]`);
    await player.page.keyboard.press('Enter');
  };
  const focused = () => player.page.evaluate(() => {
    const { id, dataset, ariaDescribedByElements, ariaLabelledByElements } = document.activeElement;
    const words = (elements) => (elements ?? []).map((element) => element.textContent).join(' ');
    return { id: dataset.action ?? id, name: words(ariaLabelledByElements), description: words(ariaDescribedByElements) };
  });
  await press('play');
  await player.until(({ screen }) => screen === 'card', 'a word card');
  assert.deepEqual(await focused(), { id: 'got-it', name: '', description: 'Draw camouflage in under 20 seconds Word 1 of 6' });
  await press('got-it');
  await player.until(({ screen }) => screen === 'draw', 'the paper');
  const paper = await focused();
  assert.deepEqual([paper.id, paper.name], ['paper', 'Draw: camouflage']);
  assert.match(paper.description, /With the keyboard: the arrow keys move the pen/);
  await press('skip');
  await player.until(({ screen }) => screen === 'verdict', 'the verdict');
  const { id, description } = await focused();
  assert.equal(id, 'continue');
  const { heading, text } = await player.mirror();
  assert.equal(description, `${heading} ${text}`);
  // The ring around all of the page lies within it.
  assert.ok(parseFloat(await player.page.evaluate(() => getComputedStyle(document.activeElement).outlineOffset)) < -3);
  await player.close();
});

test('axe-core is not shipped', () => {
  for (const file of ['index.html', 'boot.js', 'service-worker.js']) assert.doesNotMatch(readFileSync(join(dist, file), 'utf8'), /axe/);
});
