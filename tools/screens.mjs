// Plays a game with doodles of its own and makes docs/screens.png of it, the picture of the README.
//
//   ./play --build && node tools/screens.mjs
//
// With --all it takes every screen instead, in every language and size, by day and by night, for
// build/screens/LANGUAGE-SCHEME-WxH.png: to be looked at. The words are then the longest. --contrast asks for more of
// it, --zoom 2 shows what browser zoom makes of the sizes; without them docs/screens-LANGUAGE.jpg shows all at once.

import { mkdir, readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { parseArgs } from 'node:util';
import { desktop, phone, root, start } from '../tests/web/play.mjs';
import { everyScreen, prepare, query } from '../tests/web/walk.mjs';

// An arc about (x, y), from one angle to another, in degrees, clockwise from the right.
const arc = (x, y, rx, ry, from, to, count = 24) => Array.from({ length: count + 1 }, (_, i) => {
  const angle = ((from + ((to - from) * i) / count) * Math.PI) / 180;
  return [x + rx * Math.cos(angle), y + ry * Math.sin(angle)];
});
const eye = (x, y) => arc(x, y, 4, 5, 0, 360, 8);

const doodles = {
  bicycle: [arc(58, 170, 52, 52, -90, 272), arc(200, 172, 50, 50, -80, 285), [[58, 170], [104, 92], [176, 96], [126, 172], [58, 170]],
    [[126, 172], [96, 76]], [[80, 74], [112, 72]], [[200, 172], [170, 70], [192, 58]]],
  cat: [[...arc(128, 150, 86, 80, -50, 232)], [[78, 88], [62, 14], [112, 66]], [[112, 68], [148, 66]],
    [[146, 66], [196, 12], [184, 92]], eye(98, 130), eye(158, 130), [[118, 160], [138, 160], [128, 172], [118, 160]],
    arc(113, 174, 15, 14, 0, 180, 10), arc(143, 174, 15, 14, 0, 180, 10), [[70, 160], [8, 150]], [[70, 172], [10, 178]],
    [[186, 160], [248, 148]], [[186, 172], [246, 180]]],
  sailboat: [[[10, 170], [46, 224], [204, 224], [246, 170], [10, 170]], [[122, 170], [122, 14]], [[122, 18], [216, 150], [122, 150]],
    [[116, 40], [48, 150], [116, 150]]],
  house: [[[40, 110], [40, 240], [216, 240], [216, 110]], [[20, 118], [128, 20], [238, 118], [20, 118]],
    [[106, 240], [106, 170], [150, 170], [150, 240]], [[60, 140], [90, 140], [90, 170], [60, 170], [60, 140]]],
  flower: [arc(128, 80, 22, 22, 0, 360), ...[0, 60, 120, 180, 240, 300].map((a) =>
    arc(128 + 46 * Math.cos((a * Math.PI) / 180), 80 + 46 * Math.sin((a * Math.PI) / 180), 24, 24, a + 120, a + 480)),
  [[128, 150], [132, 200], [128, 250]], arc(150, 214, 22, 10, 180, 540)],
  octopus: [arc(128, 80, 62, 66, 140, 400), eye(106, 84), eye(150, 84), arc(128, 108, 16, 10, 10, 170, 8),
    ...[[78, 20], [98, 60], [118, 100], [138, 140], [158, 180], [178, 232]].map(([from, to], i) =>
      [[from, 120], [from + (to - from) * 0.4, 170], [to - 4, 214 - 8 * Math.abs(i - 2.5)], [to + (i < 3 ? -14 : 14), 228]])],
};

const { values: options } = parseArgs({ options: { all: { type: 'boolean', default: false },
  contrast: { type: 'boolean', default: false }, zoom: { type: 'string', default: '1' } } });
const { open, browser, site, close } = await start();

/** A whole game; resolves to its pictures (PNG, base64): title, card, drawing, win or loss, gallery. */
async function game(player, pause) {
  const shots = [];
  const shoot = async () => shots.push((await player.page.screenshot()).toString('base64'));
  await player.until(({ classifier }) => classifier === 'ready', 'the classifier', 20_000);
  await player.page.waitForTimeout(pause);
  await shoot();
  await player.pressMirror('play');
  for (let round = 0; round < 6; ++round) {
    const { word } = await player.until(({ screen }) => screen === 'card', 'a word card');
    const doodle = doodles[word] ?? doodles.octopus;
    if (round === 0) {
      await player.page.waitForTimeout(pause);
      await shoot();
    }
    await player.pressMirror('got-it');
    await player.until(({ screen }) => screen === 'draw', 'the paper');
    if (shots.length === 2) {
      await player.draw(doodle.slice(0, -3));
      await player.page.waitForTimeout(700);
      const { result } = await player.mirror();
      if (!result) {
        await shoot();
        await player.draw(doodle.slice(-3));
      }
    } else {
      await player.draw(doodle);
    }
    await player.page.waitForTimeout(1200);
    const { screen, result } = await player.mirror();
    console.log(`${word}: ${result || 'not recognised'}`);
    if (screen === 'draw') await player.pressMirror(result ? 'continue' : 'skip');
    await player.until(({ screen: now }) => now === 'verdict', 'the verdict');
    if (shots.length === 3 && result === 'won') {
      await player.page.waitForTimeout(800);
      await shoot();
    }
    await player.pressMirror('continue');
  }
  await player.until(({ screen }) => screen === 'gallery', 'the gallery');
  await player.page.waitForTimeout(800);
  await shoot();
  return shots;
}

/** The pictures side by side, in rows of `columns`. */
async function sideBySide(shots, { width, height }, path, columns = shots.length) {
  const gap = 20;
  const rows = Math.ceil(shots.length / columns);
  const viewport = { width: columns * (width + gap) + gap, height: rows * (height + gap) + gap };
  const sheet = await browser.newPage({ viewport });
  await sheet.setContent(`<body style="margin:${gap}px;display:flex;flex-wrap:wrap;gap:${gap}px;background:#C9C2B2">${
    shots.map((shot) => `<img style="border-radius:24px" width="${width}" src="data:image/png;base64,${shot}">`).join('')}`);
  await mkdir(dirname(path), { recursive: true });
  await sheet.screenshot({ path });
  await sheet.close();
  console.log(`${path}: ${shots.length} screens of ${site.address}`);
}

/** All sheets of a language on one, light beside dark, small. */
async function oneSheet(sheets, path) {
  const [width, gap] = [900, 12];
  const page = await browser.newPage({ viewport: { width: 2 * width + 3 * gap, height: 800 } });
  const pictures = await Promise.all([...sheets.keys()].map((name) => readFile(join(root, `build/screens/${name}.png`), 'base64')));
  await page.setContent(`<body style="margin:${gap}px;display:grid;grid-template-columns:${width}px ${width}px;gap:${gap}px;background:#C9C2B2">${
    pictures.map((picture) => `<img width="${width}" src="data:image/png;base64,${picture}">`).join('')}`);
  await page.screenshot({ path, type: 'jpeg', quality: 55, fullPage: true });
  await page.close();
  console.log(`${path}: ${pictures.length} sheets`);
}

if (options.all) {
  const zoom = Number(options.zoom);
  const sizes = [phone, { width: 844, height: 390 }, { width: 768, height: 1024 }, desktop]
    .map(({ width, height }) => ({ width: Math.round(width / zoom), height: Math.round(height / zoom) }));
  const contrast = options.contrast ? 'more' : 'no-preference';
  for (const lang of ['en', 'zh']) {
    const player = await open(`?${query}&lang=${lang}`, { prepare: prepare(), deviceScaleFactor: zoom, contrast });
    const sheets = new Map();
    await everyScreen(player, async () => {
      for (const viewport of sizes) {
        await player.page.setViewportSize(viewport);
        for (const colorScheme of ['light', 'dark']) {
          await player.page.emulateMedia({ colorScheme });
          await player.drawn();
          await player.drawn();
          const name = [lang, colorScheme, ...(options.contrast ? ['contrast'] : []), `${viewport.width}x${viewport.height}`].join('-');
          sheets.set(name, sheets.get(name) ?? { viewport, shots: [] });
          sheets.get(name).shots.push((await player.page.screenshot()).toString('base64'));
        }
      }
      await player.page.setViewportSize(sizes[0]);
      await player.drawn(); // the mirror tells where the paper lies then
      await player.drawn();
    });
    for (const [name, { viewport, shots }] of sheets) {
      await sideBySide(shots, viewport, join(root, `build/screens/${name}.png`), viewport.width > viewport.height ? 3 : 6);
    }
    if (!options.contrast && zoom === 1) await oneSheet(sheets, join(root, `docs/screens-${lang}.jpg`));
    await player.close();
  }
} else {
  const player = await open(`?seed=4&words=${Object.keys(doodles)}`, { deviceScaleFactor: 2 });
  await sideBySide(await game(player, 0), phone, join(root, 'docs/screens.png'));
}
await close();
