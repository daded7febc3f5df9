// A duel by link: a game becomes a link, and in another browser the link becomes a game.

import assert from 'node:assert/strict';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { dist, inkIn, look, phone, shapes, start } from './play.mjs';
import { playShapes, roundOf, textOf } from './rounds.mjs';

let here;
before(async () => { here = await start(); });
after(() => here?.close());

const words = ['line', 'square', 'triangle'].filter((word) => word in shapes);
const three = `seed=1&lang=en&words=${words}`;
const rounds = { prepare: (page) => page.route('**/config.json', (route) => route.fulfill({ json: { rounds: words.length } })) };

const wins = (played) => played.filter(({ result }) => result === 'won').length;
const address = (player) => player.page.evaluate(() => location.href);
const stays = (player) => assert.deepEqual(player.requests.filter((url) => !url.startsWith(new URL(player.site.address).origin) &&
  !/^(data|blob):/.test(url)), [], 'nothing leaves the origin');

let link; // of the first test's game, for the others
let sent;

test('a game becomes a link, and the link a duel', async () => {
  const first = await here.open(`?${three}`, { ...rounds, permissions: ['clipboard-read', 'clipboard-write'] });
  sent = await playShapes(first, 'gallery');
  await first.press('challenge');
  await first.until(({ said }) => said.some((line) => /link is copied/.test(line)), 'the sentence that it is copied');
  link = await first.page.evaluate(() => navigator.clipboard.readText());
  assert.match(link, /#duel=[\w-]{20,2000}$/);
  assert.equal(link.split('#')[0], here.site.address, 'nothing of the query');
  assert.equal(new URL(await address(first)).hash, '', 'the address is as it was');
  assert.deepEqual(first.complaints, []);
  stays(first);
  await first.close();

  const second = await here.open(`?lang=en${new URL(link).hash}`, { viewport: phone });
  const title = await second.until(({ text }) => /friend/.test(text), 'the challenge');
  assert.ok(title.text.includes(`drew ${words.length} words and I knew ${wins(sent)}.`), title.text);
  await look(second, 'duel-title');
  const skipped = sent[1].word;
  const played = await playShapes(second, 'duel', { draws: (word) => word !== skipped });
  assert.deepEqual(played.map(({ word }) => word), sent.map(({ word }) => word), 'the same words in their order');
  const { heading, text, buttons } = await second.mirror();
  assert.equal(heading, `You ${wins(played)}, your friend ${wins(sent)}`);
  assert.ok(new RegExp(`${skipped}: you not recognised, your friend in [\\d.]+ seconds`).test(text), text);
  assert.equal(new URL(await address(second)).hash, '', 'the link has served');
  for (const id of ['ghost-1', 'ghost-2', 'drawing-1', 'again', 'challenge', 'keep', 'home']) {
    assert.ok(buttons.some((button) => button.id === id), id);
  }
  await look(second, 'duel');

  await second.press('again');
  const again = await second.until(({ screen }) => screen === 'card', 'the same duel again');
  assert.equal(again.word, sent[0].word);
  assert.deepEqual(second.complaints, []);
  stays(second);
  await second.close();
});

test('the friend draws again, at the friend’s own times', async () => {
  const player = await here.open(`?lang=en#duel=${textOf([1, 1, ...roundOf('line', 1, 60)])}`, { reducedMotion: 'no-preference' });
  await playShapes(player, 'duel', { draws: () => false });
  const ink = async () => {
    const { buttons } = await player.mirror();
    const { x, y, width, height } = buttons.find(({ id }) => id === 'ghost-1') ?? {};
    const { pixels, width: across } = await player.picture();
    let count = 0; // pixels of the paler ink, between the names above and the seconds below
    for (let row = Math.round(y + 40); row < y + height - 70; ++row) {
      for (let column = Math.round(x + 6); column < x + width - 6; ++column) count += pixels[4 * (row * across + column)] < 180;
    }
    return count;
  };
  const until = async (wanted, what) => {
    for (let i = 0; i < 100; ++i) if (wanted(await ink())) return;
    assert.fail(`${what}: ${await ink()} pixels of ink`);
  };
  await until((count) => count > 100, 'it is drawn');
  const whole = await ink();
  await player.press('ghost-1');
  await until((count) => count < whole / 2, 'it begins anew');
  await until((count) => count >= whole, 'it is drawn again');
  await player.close();
});

test('without a clipboard the link stands in the address, until the game goes home', async () => {
  const none = (page) => page.addInitScript(() => { navigator.clipboard.writeText = () => Promise.reject(new Error('no clipboard')); });
  const player = await here.open(`?${three}`, { prepare: async (page) => { await rounds.prepare(page); await none(page); } });
  await playShapes(player, 'gallery', { draws: () => false });
  await player.press('challenge');
  await player.until(({ said }) => said.some((line) => /address bar/.test(line)), 'the sentence that says so');
  assert.match(await address(player), /#duel=[\w-]+$/);
  await player.press('home');
  const { text } = await player.until(({ screen }) => screen === 'title', 'the title');
  assert.doesNotMatch(text, /friend/, 'nobody is challenged by themselves');
  assert.equal(new URL(await address(player)).hash, '');
  await player.close();
});

test('a share sheet opens in the tap’s own task, with the link', async () => {
  // The system's sheet cannot be looked at from here; what it is given, and when, can.
  const sheet = () => {
    window.shared = [];
    navigator.share = async ({ url, text }) => {
      window.shared.push({ url, text, event: window.event?.type, active: navigator.userActivation.isActive });
      if (window.shared.length === 1) throw new DOMException('thought better of it', 'AbortError');
    };
  };
  const player = await here.open(`?${three}`, { touch: true, prepare: async (page) => { await rounds.prepare(page); await page.addInitScript(sheet); } });
  await playShapes(player, 'gallery', { draws: () => false });
  const shared = (n) => player.page.waitForFunction((count) => window.shared.length === count && window.shared, n).then((list) => list.jsonValue());
  await player.tap('challenge');
  const [byFinger] = await shared(1);
  assert.equal(byFinger.event, 'touchend');
  assert.ok(byFinger.active);
  assert.match(byFinger.url, /#duel=[\w-]+$/);
  assert.match(byFinger.text, /of 3 drawings/);
  await player.press('challenge');
  assert.equal((await shared(2))[1].event, 'mouseup');
  const { said } = await player.until(({ said }) => said.some((line) => /on its way/.test(line)), 'the sentence that it is sent');
  assert.ok(!said.some((line) => /clipboard|address|copied/.test(line)), 'a change of mind is no failure');
  await player.pressMirror('challenge');
  assert.equal((await shared(3))[2].event, 'click');
  await player.close();
});

const good = () => new URL(link).hash.slice('#duel='.length);
const changed = (text) => text.slice(0, 30) + (text[30] === 'A' ? 'B' : 'A') + text.slice(31);
for (const [what, text, sentence] of [
  ['cut short', () => good().slice(0, -9), /damaged/],
  ['with one character changed', () => changed(good()), /damaged/],
  ['of another version', () => textOf([2, 1, ...roundOf('line')]), /damaged/],
  ['of 5,000 characters', () => 'A'.repeat(5000), /damaged/],
  ['with a script for a text', () => '"><script>document.title=1</script>', /damaged/],
  ['with a script for a word', () => textOf([1, 1, ...roundOf('<img src=x onerror=alert(1)>')]), /damaged|don’t know/],
  ['without rounds', () => textOf([1, 0]), /damaged/],
  ['with words that nobody knows', () => textOf([1, 2, ...roundOf('flibbertigibbet'), ...roundOf('snark')]), /don’t know the words/],
]) {
  test(`a link ${what} brings a sentence, and a game as always`, async () => {
    const player = await here.open(`?${three}#duel=${text()}`, rounds);
    const dialogs = [];
    player.page.on('dialog', (dialog) => { dialogs.push(dialog.message()); dialog.dismiss(); });
    await player.until((mirror) => sentence.test(mirror.text), 'the sentence');
    await player.press('play');
    const { word, text: standing } = await player.until(({ screen }) => screen === 'card', 'a word card');
    assert.ok(words.includes(word));
    assert.match(standing, /1 of 3/);
    assert.deepEqual(dialogs, []);
    assert.deepEqual(player.complaints.filter((line) => !/^the link /.test(line)), []);
    stays(player);
    await player.close();
  });
}

test('of a link’s words those are played that the model knows', async () => {
  const text = textOf([1, 3, ...roundOf('line'), ...roundOf('snark'), ...roundOf('square', 0)]);
  const player = await here.open(`?lang=en#duel=${text}`);
  await player.until((mirror) => /drew 2 words and I knew 1\./.test(mirror.text), 'the challenge');
  const played = await playShapes(player, 'duel', { draws: () => false });
  assert.deepEqual(played.map(({ word }) => word), ['line', 'square']);
  const { heading } = await player.mirror();
  assert.equal(heading, 'You 0, your friend 1');
  await player.close();
});

test('a game waits for the words of a model that the address names', async () => {
  let arrive;
  const late = new Promise((done) => { arrive = done; });
  const prepare = (page) => page.route('**/models/other.ort', async (route) => {
    await late;
    await route.fulfill({ path: join(dist, 'models/default.ort') });
  });
  const text = textOf([1, 3, ...roundOf('line'), ...roundOf('snark'), ...roundOf('square', 0)]);
  const player = await here.open(`?lang=en&model=models/other.ort#duel=${text}`, { prepare });
  // Which of the friend's words it knows nobody can say yet.
  await player.until((mirror) => /drew 3 words/.test(mirror.text), 'the challenge');
  await player.press('play');
  await player.until((mirror) => /words are coming/.test(mirror.text), 'the sentence that it waits');
  assert.equal((await player.mirror()).screen, 'title');
  arrive();
  const { word, text: standing } = await player.until(({ screen }) => screen === 'card', 'the first card', 20_000);
  assert.equal(word, 'line');
  assert.match(standing, /^Word 1 of 2/);
  await player.close();
});

test('a link that comes in during a game waits for the title', async () => {
  const player = await here.open(`?${three}`, rounds);
  await player.until(({ classifier }) => classifier === 'ready', 'the classifier', 30_000);
  await player.press('streak');
  await player.until(({ screen }) => screen === 'card', 'a word card');
  await player.page.evaluate((text) => { location.hash = `duel=${text}`; }, textOf([1, 2, ...roundOf('line'), ...roundOf('square')]));
  await player.press('got-it');
  await player.press('skip');
  await player.press('continue');
  await player.until(({ screen }) => screen === 'streak', 'the streak’s end');
  await player.press('home');
  await player.until(({ text }) => /drew 2 words/.test(text), 'the challenge');
  await player.page.evaluate((text) => { location.hash = `duel=${text}`; }, textOf([1, 3, ...roundOf('line'), ...roundOf('square'), ...roundOf('cat')]));
  await player.until(({ text }) => /drew 3 words/.test(text), 'another one, on the title');
  await player.press('play');
  const { word } = await player.until(({ screen }) => screen === 'card', 'a word card');
  assert.equal(word, 'line');
  await player.close();
});
