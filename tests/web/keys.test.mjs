// Drawing without a pointer: with the arrow keys, and with one key alone, from the title to the verdict.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { look, phone, start } from './play.mjs';

let here;
before(async () => { here = await start(); });
after(() => here?.close());

const press = (player, key) => player.page.keyboard.press(key);
const has = ({ buttons }, id) => buttons.some((button) => button.id === id && button.enabled);

/** Presses a key and waits for what comes of it. */
async function key(player, name, wanted, what) {
  await press(player, name);
  return player.until(wanted, what);
}

/** From the title to the paper, by the canvas's own keys. */
async function toPaper(player, name = 'Space') {
  await key(player, name, (mirror) => mirror.screen === 'card' && has(mirror, 'got-it'), 'a word card');
  return key(player, name, (mirror) => mirror.screen === 'draw' && has(mirror, 'skip'), 'the paper');
}

/** The pen of the keys, as the mirror has it; null while there is none. */
function penOf({ pen }) {
  if (!pen) return null;
  const [state, x, y, compass] = pen.split(',');
  return { state, x: Number(x), y: Number(y), compass };
}
const untilPen = (player, wanted, what) => player.until((mirror) => {
  const pen = penOf(mirror);
  return pen && wanted(pen);
}, what).then(penOf);

/** Holds an arrow key until the pen is at a place in hundredths of the paper, or past it, or the word is recognised. */
async function go(player, name, to) {
  const axis = /Left|Right/.test(name) ? 'x' : 'y';
  const sign = /Left|Up/.test(name) ? -1 : 1;
  await player.page.keyboard.down(name);
  await player.until((mirror) => mirror.result || (penOf(mirror)[axis] - to) * sign >= 0, `the pen to be at ${to} by ${name}`, 20_000);
  await player.page.keyboard.up(name);
}

/** A page on which nobody guesses. */
const alone = (options) => here.open('?seed=1&words=camouflage', {
  prepare: (page) => page.route('**/classifier.js', () => {}), ...options,
});

test('stairs by keys alone are recognised, and the clock takes its time', async () => {
  const player = await here.open('?seed=1&words=stairs', { viewport: phone });
  await player.until(({ classifier }) => classifier === 'ready', 'the classifier', 20_000);
  await toPaper(player, 'Enter');
  const { seconds: before } = await key(player, 'ArrowLeft', (mirror) => penOf(mirror)?.state === 'up', 'the pen');
  const since = Date.now();
  await go(player, 'ArrowLeft', 20);
  await go(player, 'ArrowUp', 30);
  const { seconds, buttons } = await player.mirror();
  const passed = (Date.now() - since) / 1000;
  assert.ok(!has({ buttons }, 'undo'), 'a lifted pen leaves no ink');
  assert.ok(before - seconds <= 1 + passed / 3, `${before - seconds} s of the clock in ${passed} s`);
  await key(player, 'Space', (mirror) => penOf(mirror)?.state === 'down' && has(mirror, 'undo'), 'a dot of ink');
  for (let i = 1; i <= 3; ++i) {
    const { x, y } = penOf(await player.mirror()) ?? {}; // none: they are recognised already
    await go(player, 'ArrowRight', x + 16);
    await go(player, 'ArrowDown', y + 11);
  }
  const { result } = await player.until(({ screen }) => screen === 'verdict', 'the verdict');
  assert.equal(result, 'won');
  assert.deepEqual(player.complaints, []);
  await player.close();
});

test('the keyboard comes from the word card to the paper, and from there to the tools and back', async () => {
  const player = await alone({ viewport: phone });
  const focused = () => player.evaluate(() => document.activeElement?.dataset.action ?? document.activeElement?.id);
  const tabTo = async (id) => {
    for (let i = 0; i < 12 && await focused() !== id; ++i) await press(player, 'Tab');
    assert.equal(await focused(), id, `Tab comes to ${id}`);
  };
  await tabTo('play');
  await key(player, 'Enter', (mirror) => mirror.screen === 'card' && has(mirror, 'got-it'), 'a word card');
  await tabTo('got-it');
  await key(player, 'Space', (mirror) => mirror.screen === 'draw' && has(mirror, 'skip'), 'the paper');
  assert.equal(await focused(), 'paper');
  const paper = player.page.getByRole('application', { name: 'Draw: camouflage' });
  assert.match(await paper.evaluate((element) => document.getElementById(element.getAttribute('aria-describedby')).textContent),
    /arrow keys move the pen.*third of its speed/);

  await key(player, 'ArrowRight', (mirror) => penOf(mirror)?.state === 'up', 'the pen');
  await key(player, 'Space', (mirror) => penOf(mirror)?.state === 'down', 'the pen on the paper');
  assert.equal(await focused(), 'paper', 'the keyboard stays on the paper');
  await go(player, 'ArrowDown', 60);
  await key(player, 'Control+z', (mirror) => !has(mirror, 'undo'), 'the stroke to be taken back');
  await go(player, 'ArrowUp', 50);
  const { said } = await player.until((mirror) => has(mirror, 'undo'), 'another stroke of the same pen');
  await look(player, 'draw-keys');
  assert.ok(said.includes('Pen down.'), `${said}`);

  // A key that goes down on the paper and up on a button is up.
  await player.page.keyboard.down('ArrowRight');
  await untilPen(player, ({ x }) => x >= 55, 'the pen to move');
  await tabTo('undo');
  await player.page.keyboard.up('ArrowRight');
  const { pen } = await player.until(async ({ pen: now }) => {
    await new Promise((done) => { setTimeout(done, 100); });
    return now === (await player.mirror()).pen;
  }, 'the pen to stand still');
  // A button's keys are its own.
  await press(player, 'ArrowRight');
  await key(player, 'Space', (mirror) => !has(mirror, 'undo'), 'the button to take the stroke back');
  assert.equal((await player.mirror()).pen, pen, 'no arrow went from the button to the pen');
  await press(player, 'Shift+Tab');
  assert.equal(await focused(), 'paper');
  await key(player, 'Escape', ({ screen }) => screen === 'verdict', 'Escape to skip');
  assert.equal(await focused(), 'continue');
  assert.deepEqual(player.complaints, []);
  await player.close();
});

test('one key alone: the compass sends the pen, stops it, and lifts it', async () => {
  const player = await alone({ viewport: phone });
  await toPaper(player);
  await press(player, 'Space');
  const begun = await untilPen(player, ({ compass }) => compass === 'turning', 'the needle');
  assert.deepEqual([begun.state, begun.x, begun.y], ['down', 50, 50]);
  assert.ok(!has(await player.mirror(), 'undo'), 'no ink yet');
  await key(player, 'Space', (mirror) => penOf(mirror)?.compass === 'going' && has(mirror, 'undo'), 'ink on the way');
  await key(player, 'Space', (mirror) => penOf(mirror)?.compass !== 'going', 'the pen to stop');
  await look(player, 'draw-compass');
  // While the needle rests; who comes late sends the pen, and stops it.
  for (let i = 0; i < 4 && penOf(await player.mirror()).state === 'down'; ++i) {
    await untilPen(player, ({ compass }) => compass === 'resting', 'the needle to rest');
    await press(player, 'Space');
    const { compass } = await untilPen(player, (pen) => pen.compass !== 'resting', 'the needle to turn on');
    if (compass === 'going') await key(player, 'Space', (mirror) => penOf(mirror).compass !== 'going', 'the pen to stop');
  }
  await untilPen(player, ({ state }) => state === 'up', 'the pen to be lifted');
  await key(player, 'ArrowLeft', (mirror) => penOf(mirror)?.compass === undefined, 'an arrow to end the compass');
  await key(player, 'Space', (mirror) => penOf(mirror)?.state === 'down', 'Space to be the pen’s now');
  await player.close();
});

test('a hand takes over from the keys; lost focus lifts the pen and lets go of all keys', async () => {
  const player = await alone({ viewport: phone });
  await toPaper(player);
  await key(player, 'ArrowDown', (mirror) => penOf(mirror)?.state === 'up', 'the pen');
  await key(player, 'Space', (mirror) => penOf(mirror)?.state === 'down', 'the pen on the paper');
  await player.draw([[[100, 100], [200, 200]]]);
  await player.until(({ pen }) => pen === '', 'the pen of the keys to go');
  await player.press('undo');
  await player.until((mirror) => has(mirror, 'undo'), 'the dot of the keys: they were two strokes');

  await key(player, 'Space', (mirror) => penOf(mirror)?.state === 'down', 'the pen: arrows were used in this round');
  await player.page.keyboard.down('ArrowRight');
  await untilPen(player, ({ x }) => x >= 55, 'the pen to move');
  await player.evaluate(() => { window.dispatchEvent(new Event('blur')); });
  const { x } = await untilPen(player, ({ state }) => state === 'up', 'the pen to be lifted');
  const frames = await player.frames();
  await player.page.waitForFunction((some) => window.inkling.frames() > some + 5, frames);
  assert.ok(Math.abs(penOf(await player.mirror()).x - x) <= 1, 'no key is held any more');
  await player.evaluate(() => { window.dispatchEvent(new Event('focus')); });
  await player.page.keyboard.up('ArrowRight');
  await player.close();
});
