// A walk through every screen of the game, in any language: for who looks at them all.

import { shapes } from './play.mjs';
import { roundOf, textOf, toVerdict } from './rounds.mjs';

// One that is recognised, and the longest names.
const won = 'triangle';
const words = [won, 'The Great Wall of China', 'aircraft carrier', 'The Mona Lisa', 'hot air balloon', 'binoculars'];

/** What the game is to be opened with. No clock runs out on the way; the device remembers a streak. */
export const query = `seed=4&words=${encodeURIComponent(words)}`;
export const prepare = (rounds = words.length) => async (page) => {
  await page.route('**/config.json', (route) => route.fulfill({ json: { rounds, seconds: 120 } }));
  await page.addInitScript(() => localStorage.setItem('inkling.streak.best', '12'));
};

// A friend's game of the same words; the friend drew a line for each.
const duel = (rounds) => `duel=${textOf([1, rounds, ...words.slice(0, rounds).flatMap((word, i) => roundOf(word, (i + 1) % 2))])}`;

/** Goes from the title through every screen, by the mirror's buttons. visit(name): at each, when it has come; the names
 * are those of the mirror's data-screen, and some screens in two ways (card-streak, verdict-won, ...). rounds: of a game, as
 * in prepare. */
export async function everyScreen(player, visit, rounds = words.length) {
  const until = (...screens) => player.until(({ screen }) => screens.includes(screen), `the screen ${screens}`);
  const press = async (id) => {
    await player.until(({ buttons }) => buttons.some((button) => button.id === id && button.enabled), `the button ${id}`);
    await player.pressMirror(id);
  };
  // From a word card to the verdict.
  const round = async (drawing = true, looked = () => {}) => {
    const { word } = await until('card');
    await press('got-it');
    await until('draw');
    await looked();
    if (drawing) await player.draw(shapes[word] ?? shapes.line);
    if (drawing && word === won) await player.until(({ result }) => result === 'won', 'a win', 2500).catch(() => {});
    return { word, result: await toVerdict(player) };
  };
  // A whole game, from its first card. With looking, each round is drawn, and the first of everything looked at.
  const game = async (end, looking = false) => {
    const seen = new Set();
    let drawing = true;
    const look = async (name) => {
      if (!looking || seen.has(name)) return;
      seen.add(name);
      await visit(name);
    };
    for (;;) {
      if ((await until('card', end)).screen === end) return;
      await look('card');
      const { result } = await round(drawing, () => look('draw'));
      drawing = looking;
      await look(result === 'won' ? 'verdict-won' : 'verdict');
      await press('continue');
    }
  };

  await until('title');
  await player.until(({ classifier }) => classifier === 'ready', 'the classifier', 20_000);
  await visit('title');
  await press('settings');
  await until('settings');
  await visit('settings');
  await press('back');

  await press('practice');
  await until('words');
  await visit('words');
  const { buttons } = await player.mirror();
  await press(buttons.find(({ id }) => id.startsWith('word-')).id);
  await until('practice');
  await player.draw(shapes.triangle);
  await player.until(({ text }) => text !== '', 'guesses');
  await visit('practice');
  await press('home');

  await press('streak');
  await until('card');
  await visit('card-streak');
  for (;;) {
    const { result } = await round();
    await press('continue');
    if (result !== 'won') break;
  }
  await until('streak');
  await visit('streak');
  await press('home');

  await press('pair');
  await until('card');
  await visit('card-pair');
  await game('gallery');
  await visit('gallery-pair');
  await press('home');

  await press('play');
  await game('gallery', true);
  await visit('gallery');
  await press('drawing-1');
  await until('replay');
  await press('how');
  await visit('replay');
  await press('back');
  await press('keep');
  await until('keep');
  await visit('keep');
  await press('keep-back');
  await press('home');
  await until('title');

  await player.evaluate((hash) => { location.hash = hash; }, duel(rounds));
  await player.until(({ text, screen }) => screen === 'title' && text.includes(rounds), 'the challenge');
  await visit('title-duel');
  await press('play');
  await game('duel');
  await visit('duel');
}
