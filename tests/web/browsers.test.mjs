// The whole game, from the title to the gallery, by mouse and by finger, in Firefox and in WebKit; game.test.mjs plays it
// in Chromium. Real drawings where INKLING_DATA is set. And what differs from browser to browser: the game kept on the
// device.
//
// A browser that this machine lacks is skipped, unless $CI is set: there it must be (tools/setup browser installs both
// on Debian).

import assert from 'node:assert/strict';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { desktop, inkIn, phone, screens, shapes, startOther } from './play.mjs';
import { sample } from './quickdraw.mjs';
import { ready, round, wholeGame } from './rounds.mjs';
import { firefox, webkit } from './webdriver.mjs';

const data = process.env.INKLING_DATA;
const categories = ['apple', 'envelope', 'fish', 'house', 'ladder', 'star'];
const drawings = data ? Object.fromEntries(sample(data, categories, 6, 4)) : shapes;
const query = (seed) => `?${new URLSearchParams({ seed, lang: 'en', words: Object.keys(drawings).join(',') })}`;
if (!data) console.log('SKIPPED: real drawings in Firefox and WebKit: INKLING_DATA is not set; shapes are drawn');

for (const browser of [firefox, webkit]) {
  const lacking = browser.lacks();
  if (lacking.length && !process.env.CI) {
    console.log(`SKIPPED: the game in ${browser.name}: this machine has no ${lacking.join(', no ')}`);
    continue;
  }
  let here;
  before(async () => {
    assert.deepEqual(lacking, [], `the game must be tested in ${browser.name} here`);
    here = await startOther(browser);
  });
  after(() => here?.close());

  for (const [name, viewport, touch] of [['the mouse', desktop, false], ['a finger', phone, true]]) {
    test(`a whole game with ${name} in ${browser.name}`, async () => {
      const player = await here.open(query(1), { viewport });
      try {
        if (touch) console.log(`fingers in ${browser.name}: ${browser.fingers}`);
        await player.until(({ heading }) => heading === 'Inkling', 'the title');
        const picture = await player.picture(join(screens, `title-${browser.name}-${viewport.width}.png`));
        const ink = inkIn(picture);
        assert.ok(ink > 300 && ink < 0.4 * picture.width * picture.height, `${ink} pixels of ink on the title`);
        const press = (id) => (touch ? player.tap(id) : player.press(id));
        const { rounds, won, gallery } = await wholeGame(player, press, { touch, drawings });
        assert.deepEqual(rounds.map(({ word }) => word).sort(), Object.keys(drawings).sort(), 'every word once');
        assert.ok(won.length >= 4, `${won.length} of 6 recognised`);
        assert.ok(gallery.said.length >= won.length, 'what it sees is said');
        await player.picture(join(screens, `gallery-${browser.name}-${viewport.width}.png`));
        await press('again');
        await player.until(({ screen }) => screen === 'card', 'another game');
        assert.deepEqual(await player.heard(), []);
        await player.evaluate(() => console.error('as a proof that complaints are heard'));
        assert.deepEqual(await player.heard(), ['as a proof that complaints are heard']);
      } finally {
        await player.close();
      }
    });
  }

  test(`once visited it starts and plays without its host in ${browser.name}`, async () => {
    const there = await startOther(browser);
    let player;
    try {
      player = await there.open(query(2));
      await ready(player);
      // The worker takes over from the next start on, when all files are there.
      assert.ok(await player.evaluate(() => navigator.serviceWorker.ready.then(({ active }) => Boolean(active))));
      await there.close();
      await player.driver.goto('about:blank');
      await player.driver.goto(`${there.site.address}?seed=3&lang=en&words=circle`);
      await ready(player);
      await player.press('play');
      const { result } = await round(player, (id) => player.press(id), () => shapes.circle);
      assert.equal(result, 'won');
    } finally {
      await player?.close();
      await there.close();
    }
  });
}
