// Real drawings in the real game, at the pace of a hand, in Chromium: how many are won while their own word is asked, and
// after how long.
//
//   node bench/play.mjs [--words 345] [--pages 2] [--seed 1] [--json FILE]
//
// One drawing of the test split for each word ($INKLING_DATA), replayed as moves of the pointer so that it takes 5 to 15
// seconds: 60 of its 255 units a second and a third of a second between strokes, brought into those bounds. Some pages play
// at a time; more of them than the machine has the graphics for make the pen late, which is told. The exit status is 1 where
// fewer than 80% are won.

import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { dist, start } from '../tests/web/play.mjs';
import { sample } from '../tests/web/quickdraw.mjs';
import { ready, toVerdict } from '../tests/web/rounds.mjs';
import { median, quantile } from './quantile.mjs';

const { values: options } = parseArgs({ options: {
  words: { type: 'string' }, pages: { type: 'string', default: '2' }, seed: { type: 'string', default: '1' }, json: { type: 'string' },
} });
const data = process.env.INKLING_DATA;
if (!data) {
  console.error('bench/play: INKLING_DATA is not set; name a folder of Quick, Draw! strokes with it');
  process.exit(2);
}
const bar = 0.8;
const pause = (ms) => new Promise((done) => setTimeout(done, ms));
const late = []; // seconds, of each move

/** When the pen is where: [{at: seconds, stroke, point: [x, y]}], 30 times a second along each stroke. */
function paced(strokes) {
  const [speed, lift, rate] = [60, 1 / 3, 30];
  const moves = [];
  let at = 0;
  for (const [stroke, points] of strokes.entries()) {
    if (stroke > 0) at += lift;
    moves.push({ at, stroke, point: points[0] });
    for (let i = 1; i < points.length; ++i) {
      const [[x, y], [toX, toY]] = [points[i - 1], points[i]];
      const takes = Math.hypot(toX - x, toY - y) / speed;
      const steps = Math.max(1, Math.round(takes * rate));
      for (let step = 1; step <= steps; ++step) {
        const part = step / steps;
        moves.push({ at: at + takes * part, stroke, point: [x + (toX - x) * part, y + (toY - y) * part] });
      }
      at += takes;
    }
  }
  const scale = Math.min(15, Math.max(5, at)) / Math.max(at, 1e-3);
  return moves.map((move) => ({ ...move, at: move.at * scale }));
}

/** Draws until the word is decided. Resolves to the seconds from the pen's first touch to the win, or null. */
async function drawAtPace(player, strokes) {
  const moves = paced(strokes);
  const points = await player.place(moves.map(({ point }) => point));
  const began = Date.now();
  const seconds = () => (Date.now() - began) / 1000;
  let won = null;
  let over = false;
  const watching = player.until(({ result, screen }) => {
    over = Boolean(result) || screen !== 'draw';
    if (result === 'won') won ??= seconds();
    return over;
  }, 'the end of a round', 30_000);
  watching.catch(() => {});
  let down = false;
  for (const [i, { at, stroke }] of moves.entries()) {
    if (over) break; // the verdict would take the pen for a press
    if (i > 0 && stroke !== moves[i - 1].stroke) {
      await player.mouse('mouseReleased', points[i - 1]);
      down = false;
    }
    const next = moves[i + 1];
    if (down && next?.stroke === stroke && next.at < seconds()) continue; // a hand waits for no one
    await pause(Math.max(0, 1000 * (at - seconds())));
    if (over) break;
    late.push(seconds() - at);
    await player.mouse(down ? 'mouseMoved' : 'mousePressed', points[i]);
    down = true;
  }
  if (down) await player.mouse('mouseReleased', points.at(-1));
  // The last picture's answer, and what is said of it.
  await Promise.race([watching, pause(2500)]);
  return won;
}

const categories = readFileSync(join(dist, 'models/class_names.txt'), 'utf8').split('\n').filter(Boolean);
const drawings = sample(data, categories, Math.min(categories.length, Number(options.words ?? categories.length)), Number(options.seed));
const words = [...drawings.keys()];
const here = await start();
const played = [];

async function play(share) {
  const query = new URLSearchParams({ seed: options.seed, words: share.join(',') });
  const player = await here.open(`?${query}`, { viewport: { width: 320, height: 568 } });
  await ready(player);
  await player.pressMirror('play');
  for (let i = 0; i < share.length; ++i) {
    const { word } = await player.until(({ screen }) => screen === 'card', 'a word card');
    await player.pressMirror('got-it');
    await player.until(({ screen }) => screen === 'draw', 'the paper');
    const seconds = await drawAtPace(player, drawings.get(word));
    const result = await toVerdict(player);
    played.push({ word, won: result === 'won', seconds });
    if (process.stderr.isTTY) process.stderr.write(`\r${played.length} of ${words.length}, ${played.filter(({ won }) => won).length} won `);
    await player.pressMirror('continue');
    if (i % 6 === 5 && i + 1 < share.length) {
      await player.until(({ screen }) => screen === 'gallery', 'the gallery');
      await player.pressMirror('again');
    }
  }
  await player.close();
}

const pages = Math.max(1, Number(options.pages));
await Promise.all(Array.from({ length: pages }, (_, page) => play(words.filter((_, i) => i % pages === page))));
await here.close();

const won = played.filter((round) => round.won);
const times = won.map(({ seconds }) => seconds).filter((seconds) => seconds !== null);
const mean = times.reduce((sum, seconds) => sum + seconds, 0) / times.length;
console.log(`${won.length} of ${played.length} drawings won, ${((100 * won.length) / played.length).toFixed(1)}% (at least ${100 * bar}%); `
  + `after ${mean.toFixed(1)} s in the mean, ${median(times).toFixed(1)} s in the middle`);
console.log(`the pen was late by ${(1000 * median(late)).toFixed(0)} ms in the middle, ${(1000 * quantile(late, 0.99)).toFixed(0)} ms at the 99th percentile`);
console.log(`not: ${played.filter((round) => !round.won).map(({ word }) => word).sort().join(', ')}`);
if (options.json) writeFileSync(options.json, `${JSON.stringify(played, null, 1)}\n`);
process.exit(won.length >= bar * played.length ? 0 : 1);
