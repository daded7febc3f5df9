// The languages: which one the game begins in, the choice among them, what is fetched for each, and that Chinese fits.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { desktop, dist, inkIn, phone, screens, shapes, start } from './play.mjs';

let here;
before(async () => { here = await start(); });
after(() => here?.close());

const entries = (code) => new Map(readFileSync(join(dist, `texts/${code}.tsv`), 'utf8').split('\n')
  .filter((line) => line && !line.startsWith('#')).map((line) => line.split('\t')));
const texts = { en: entries('en'), zh: entries('zh') };
const landscape = { width: 844, height: 390 };

const language = (player) => player.page.evaluate(() => document.documentElement.lang);
/** Waits until page and mirror are in the language. */
async function speaks(player, code) {
  await player.until(({ text }) => text === texts[code].get('title.tagline'), `the title in ${code}`);
  assert.equal(await language(player), code);
}
const fetched = (player) => player.requests.map((url) => new URL(url).pathname.replace('/some/where/', ''));

/** How a page is prepared whose Chinese face does not come before arrive() is called. */
function lateFace() {
  let arrive;
  const late = new Promise((done) => { arrive = done; });
  const prepare = (page) => page.route('**/fonts/zh.ttf', async (route) => {
    await late;
    await route.continue();
  });
  return { prepare, arrive };
}

test('the browser\'s language, if the game has it; no Chinese is fetched for English', async () => {
  for (const [locale, code] of [['en-GB', 'en'], ['zh-CN', 'zh'], ['zh-Hans-SG', 'zh'], ['fr-FR', 'en']]) {
    const player = await here.open('', { locale });
    await speaks(player, code);
    const paths = fetched(player);
    assert.ok(paths.includes(`texts/${code}.tsv`), `${locale}: ${paths}`);
    assert.ok(!paths.includes(`texts/${code === 'en' ? 'zh' : 'en'}.tsv`), `${locale}: ${paths}`);
    assert.equal(paths.includes('fonts/zh.ttf'), code === 'zh', `${locale}: ${paths}`);
    assert.deepEqual(player.complaints, []);
    await player.close();
  }
});

test('?lang= goes before the browser\'s, and one that the game lacks is none', async () => {
  for (const [query, locale, code] of [['?lang=zh', 'en-US', 'zh'], ['?lang=en', 'zh-CN', 'en'], ['?lang=zh-CN', 'en-US', 'zh'],
    ['?lang=tlh', 'zh-CN', 'zh'], ['?lang=%00', 'en-US', 'en'], ['?lang=../zh', 'en-US', 'en']]) {
    const player = await here.open(query, { locale });
    await speaks(player, code);
    await player.close();
  }
});

test('changed on the title screen, at once, and remembered', async () => {
  const player = await here.open('?seed=3&lang=en');
  const { buttons } = await player.until(({ buttons }) => buttons.some(({ id }) => id === 'language-zh'), 'the choice');
  const { label, width, height } = buttons.find(({ id }) => id === 'language-zh');
  assert.equal(label, '中文');
  assert.ok(width >= 44 && height >= 44, `${width} x ${height}`);
  assert.equal(await player.page.evaluate(() => document.querySelector('[data-action="language-zh"]').lang), 'zh');
  await player.press('language-zh');
  await speaks(player, 'zh');
  assert.ok(!player.page.url().includes('lang='), player.page.url());
  assert.ok(player.page.url().includes('seed=3'), player.page.url());
  await player.page.reload();
  await speaks(player, 'zh');

  // And back, with the keyboard.
  const focused = () => player.page.evaluate(() => document.activeElement?.dataset?.action);
  for (let i = 0; i < 6 && await focused() !== 'language-en'; ++i) await player.page.keyboard.press('Tab');
  await player.page.keyboard.press('Enter');
  await speaks(player, 'en');
  await player.page.reload();
  await speaks(player, 'en');
  await player.page.goto(`${here.site.address}?lang=zh`); // an address asks for itself alone
  await speaks(player, 'zh');
  await player.page.goto(here.site.address);
  await speaks(player, 'en');
  assert.deepEqual(player.complaints, []);
  await player.close();
});

test('without storage it is changed for the visit', async () => {
  const player = await here.open('', { prepare: (page) => page.addInitScript(() => {
    Object.defineProperty(window, 'localStorage', { get() { throw new DOMException('no', 'SecurityError'); } });
  }) });
  await player.press('language-zh');
  await speaks(player, 'zh');
  assert.deepEqual(player.complaints, []);
  await player.close();
});

test('a face that comes late finds the game under way, one that does not come leaves the old language', async () => {
  const { prepare, arrive } = lateFace();
  const player = await here.open('?seed=1&words=circle', { prepare });
  await player.until(({ classifier }) => classifier === 'ready', 'the classifier', 20_000);
  await player.press('language-zh');
  await player.press('play');
  await player.until(({ screen, heading }) => screen === 'card' && heading.startsWith('Draw circle'), 'an English card');
  await player.press('got-it');
  await player.until(({ screen }) => screen === 'draw', 'the paper');
  arrive();
  await player.until(({ heading }) => heading.includes(texts.zh.get('circle')), 'the word in Chinese');
  await player.draw(shapes.circle);
  await player.until(({ said }) => said.some((words) => words.includes(texts.zh.get('circle'))), 'a Chinese guess');
  await player.close();

  const without = await here.open('', { prepare: (page) => page.route('**/fonts/zh.ttf', (route) => route.abort()) });
  await without.press('language-zh');
  await without.page.waitForSelector('#note:not([hidden])');
  assert.equal(await without.page.textContent('#note'), texts.en.get('error.language'));
  assert.ok((await without.mirror()).said.includes(texts.en.get('error.language')));
  await speaks(without, 'en');
  await without.page.unroute('**/fonts/zh.ttf');
  await without.press('language-zh');
  await speaks(without, 'zh');
  await without.close();
});

test('the title waits for its own letters alone, what lies behind it for the others', async () => {
  const { prepare, arrive } = lateFace();
  const player = await here.open('?seed=1&lang=zh', { prepare });
  await speaks(player, 'zh');
  for (const id of ['settings', 'streak', 'play']) { // the last one counts
    await player.press(id);
    const { screen } = await player.until(({ text }) => text === texts.zh.get('title.waiting'), `${id} to wait`);
    assert.equal(screen, 'title');
  }
  arrive();
  const { word, heading } = await player.until(({ screen }) => screen === 'card', 'the card');
  assert.ok(heading.includes(texts.zh.get(word)), heading);
  await player.until(({ classifier }) => classifier === 'ready', 'the classifier', 20_000);
  assert.deepEqual(player.complaints, []);
  await player.close();

  const without = await here.open('?lang=zh', { prepare: (page) => page.route('**/fonts/zh.ttf', (route) => route.abort()) });
  await without.page.waitForSelector('#trouble[data-error="error.asset"]:not([hidden])');
  assert.equal(await without.page.textContent('#trouble p'), texts.zh.get('error.asset'));
  await without.close();
});

// How many more letters than one texture holds are asked for, each must come out.
test('a hundred Chinese words, sharp on a fine screen', async () => {
  const player = await here.open('?seed=2&lang=zh', { deviceScaleFactor: 3 });
  await player.pressMirror('play');
  const seen = new Set();
  for (let i = 0; i < 100; ++i) {
    const { word, heading, buttons } = await player.until(({ screen, word }) => screen === 'card' && !seen.has(word), 'another word');
    seen.add(word);
    assert.ok(heading.includes(texts.zh.get(word)), `${word}: ${heading}`);
    if (i % 20 === 19) {
      await player.page.waitForTimeout(300);
      const picture = await player.picture(join(screens, `zh-word-${i}.png`));
      const { y } = buttons.find(({ id }) => id === 'got-it');
      const ink = inkIn(picture, [3 * 60, 3 * (y - 210), 3 * 270, 3 * 100]);
      assert.ok(ink > 1500, `${word}: ${ink} pixels of ink`);
    }
    await player.pressMirror('another-word');
  }
  assert.deepEqual(player.complaints, []);
  await player.close();
});

// The longest of all names on every screen; pictures are left in build/screens to be looked at.
const longest = { en: ['The Great Wall of China', 'aircraft carrier'], zh: ['binoculars', 'laptop'] };
for (const code of ['en', 'zh']) {
  test(`long words in ${code}, on every window`, async () => {
    for (const word of longest[code]) {
      const player = await here.open(`?seed=5&lang=${code}&words=${encodeURIComponent(word)}`);
      await player.until(({ classifier }) => classifier === 'ready', 'the classifier', 20_000);
      const look = async (name) => {
        for (const { width, height } of [desktop, landscape, phone]) {
          await player.page.setViewportSize({ width, height });
          await player.page.waitForTimeout(500);
          const at = `${name} at ${width}x${height}`;
          const picture = await player.picture(join(screens, `${code}-${word.replaceAll(' ', '-')}-${name}-${width}x${height}.png`));
          const frame = inkIn(picture, [0, 0, 3, height]) + inkIn(picture, [width - 3, 0, 3, height]);
          assert.ok(frame < 20, `${at}: ${frame} pixels of ink at the window's edge: cut off`);
          for (const { id, x, y, width: w, height: h } of (await player.mirror()).buttons) {
            assert.ok(x >= 0 && y >= 0 && x + w <= width && y + h <= height, `${at}: ${id} leaves the window`);
            assert.ok(w >= 44 && h >= 44, `${at}: ${id} is ${w} x ${h}`);
          }
        }
      };
      await look('title');
      await player.pressMirror('play');
      await player.until(({ screen }) => screen === 'card', 'a word card');
      await look('card');
      await player.pressMirror('got-it');
      await player.until(({ screen }) => screen === 'draw', 'the paper');
      await player.draw(shapes.zigzag);
      await look('draw');
      if ((await player.mirror()).screen === 'draw') await player.pressMirror('skip');
      await player.until(({ screen }) => screen === 'verdict', 'the verdict');
      await look('verdict');
      assert.deepEqual(player.complaints, []);
      await player.close();
    }
  });
}
