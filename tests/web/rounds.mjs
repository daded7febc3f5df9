// Rounds and whole games of a player, in any browser.

import { shapes } from './play.mjs';

export const words = Object.keys(shapes).join(',');
export const ready = (player) => player.until(({ classifier }) => classifier === 'ready', 'the classifier', 20_000);

/** From the title to the paper of the first word, by the mirror's buttons. Resolves to the mirror there. */
export async function toPaper(player) {
  await player.pressMirror('play');
  await player.until(({ screen }) => screen === 'card', 'a word card');
  await player.pressMirror('got-it');
  return player.until(({ screen }) => screen === 'draw', 'the paper');
}

/** Skips, unless the clock was faster; looked at and pressed in one step of the page, lest the verdict come in between. */
const giveUp = (player) => player.evaluate(() => {
  if (document.getElementById('mirror').dataset.screen === 'draw') document.querySelector('[data-action="skip"]')?.click();
});

/** One round, from the card to the verdict; press is the way buttons are pressed. Resolves to {word, result}. */
export async function round(player, press, strokesOf, { touch = false, patience = 2500 } = {}) {
  const { word } = await player.until(({ screen }) => screen === 'card', 'a word card');
  await press('got-it');
  await player.until(({ screen }) => screen === 'draw', 'the paper');
  await player.draw(strokesOf(word), { touch });
  await player.until(({ result }) => result === 'won', 'a win', patience).catch(() => giveUp(player));
  // A win is held on the paper for a moment, which can be cut short; looked at and pressed in one step of the page,
  // lest the verdict come in between.
  await player.evaluate(() => {
    if (document.getElementById('mirror').dataset.screen === 'draw') document.querySelector('[data-action="continue"]')?.click();
  });
  const { result } = await player.until(({ screen }) => screen === 'verdict', 'the verdict');
  return { word, result };
}

/** A game of six rounds, to the gallery. drawings: word -> strokes. */
export async function wholeGame(player, press, { drawings = shapes, ...options } = {}) {
  await ready(player);
  await press('play');
  const rounds = [];
  for (let i = 0; i < 6; ++i) {
    rounds.push(await round(player, press, (word) => drawings[word], options));
    await press('continue');
  }
  const gallery = await player.until(({ screen }) => screen === 'gallery', 'the gallery');
  const won = rounds.filter(({ result }) => result === 'won').map(({ word }) => word);
  console.log(`recognised: ${won.length} of 6 drawings (${won.join(', ')})`);
  return { rounds, won, gallery };
}

/** From the paper to the verdict: a held win is cut short, else the round is skipped, in one step of the page, lest the
 * verdict come in between. Resolves to the result. */
export async function toVerdict(player) {
  await player.evaluate(() => {
    if (document.getElementById('mirror').dataset.screen !== 'draw') return;
    (document.querySelector('[data-action="continue"]') ?? document.querySelector('[data-action="skip"]'))?.click();
  });
  return (await player.until(({ screen }) => screen === 'verdict', 'the verdict')).result;
}

/** A game of the shapes, whatever is dealt, from the title to the screen of its end. draws(word): whether it is drawn, or
 * skipped. Resolves to [{word, result}]. */
export async function playShapes(player, end = 'gallery', { draws = () => true } = {}) {
  await ready(player);
  await player.press('play');
  const played = [];
  for (;;) {
    const { screen, word } = await player.until(({ screen }) => screen === 'card' || screen === end, `a card, or ${end}`);
    if (screen === end) return played;
    await player.press('got-it');
    await player.until(({ screen }) => screen === 'draw', 'the paper');
    if (draws(word)) {
      await player.draw(shapes[word]);
      await player.until(({ result }) => result === 'won', 'a win', 2500).catch(() => {});
    }
    played.push({ word, result: await toVerdict(player) });
    await player.pressMirror('continue');
  }
}

/** The text of a link whose bytes are these, with their checksum; see engine/game/challenge.h. */
export function textOf(bytes) {
  let hash = 0x811c9dc5;
  for (const byte of bytes) hash = Math.imul(hash ^ byte, 0x01000193) >>> 0;
  const sum = (hash ^ (hash >>> 16)) & 0xffff;
  return Buffer.from([...bytes, sum & 255, sum >> 8]).toString('base64url');
}

/** A round as it stands in a link: a word, won or not, 4.2 seconds, and one stroke of 6 points down to the right that
 * took so many tenths of a second. */
export const roundOf = (word, won = 1, took = 9) =>
  [word.length, ...Buffer.from(word), won, 42, 1, 0, took, 6, 20, 20, 60, 60, 60, 60, 60, 60, 60, 60, 60, 60];
