// What is heard: sentences in the browser's real speech synthesis (where Debian's speech-dispatcher is there), sounds as
// SDL plays them, the mute, and the settings that switch them.
//
// What no machine of the tests has, voices that send the text away and voices that come late, is played by a stand-in
// for speechSynthesis, and those tests say so in their names.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { phone, shapes, start } from './play.mjs';
import { startSpeech } from './speech.mjs';

let speech;
let here;
before(async () => {
  speech = await startSpeech();
  here = await start(speech ?? {});
});
after(async () => {
  await here?.close();
  await speech?.close();
});

const words = Object.keys(shapes).join(',');
const ready = (player) => player.until(({ classifier }) => classifier === 'ready', 'the classifier', 20_000);

const on = (player, wanted) => player.until(({ screen }) => screen === wanted, `the ${wanted}`);

async function toPaper(player, press = (id) => player.press(id)) {
  await ready(player);
  if ((await player.mirror()).screen === 'title') await press('play');
  await on(player, 'card');
  await press('got-it');
  await on(player, 'draw');
}

async function winCircle(player, options) {
  await player.draw(shapes.circle, options);
  await player.until(({ result }) => result === 'won', 'a win');
}

/** Asks again until it is so. */
async function eventually(ask, what, ms = 10_000) {
  for (const end = Date.now() + ms; ;) {
    const answer = await ask();
    if (answer) return answer;
    assert.ok(Date.now() < end, `waited ${ms} ms for ${what}`);
    await new Promise((done) => setTimeout(done, 50));
  }
}

// ---- speech ----

/** Writes down what is spoken, when it begins and ends, and when it is broken off; the speech itself is the browser's. */
function overhear(page) {
  return page.addInitScript(() => {
    window.aloud = [];
    window.cancelled = 0;
    const { speak, cancel } = SpeechSynthesis.prototype;
    SpeechSynthesis.prototype.speak = function (utterance) {
      const entry = { text: utterance.text, lang: utterance.lang, volume: utterance.volume,
        voice: utterance.voice?.name, local: utterance.voice?.localService, began: 0, ended: 0 };
      utterance.addEventListener('start', () => { entry.began = performance.now(); });
      for (const type of ['end', 'error']) utterance.addEventListener(type, () => { entry.ended = performance.now(); });
      window.aloud.push(entry);
      speak.call(this, utterance);
    };
    SpeechSynthesis.prototype.cancel = function () { ++window.cancelled; cancel.call(this); };
  });
}
const spoken = (player) => player.page.evaluate(() => window.aloud.filter(({ volume }) => volume > 0));
const hasVoices = (player) => player.page.waitForFunction(() => speechSynthesis.getVoices().length > 0, null, { timeout: 20_000 });

async function speaking(query, options = {}) {
  const player = await here.open(query, { prepare: overhear, ...options });
  await hasVoices(player);
  return player;
}

/** A test that needs the real voice. */
function withVoice(name, run) {
  test(name, async (t) => {
    if (!speech) return t.skip('speech-dispatcher and its espeak-ng module are not installed');
    await run(t);
  });
}

withVoice('a round is spoken, by a real voice of the device: the word, a guess, the win', async () => {
  const before = await speech.heard();
  const player = await speaking('?seed=1&words=circle');
  await toPaper(player);
  await eventually(async () => (await spoken(player))[0]?.began, 'the word');
  await winCircle(player);
  const won = await eventually(async () => (await spoken(player)).find(({ text }) => /Oh, I know/.test(text)), 'the win aloud');
  await eventually(async () => (await spoken(player)).at(-1).began, 'the win being spoken');
  const all = await spoken(player);
  assert.equal(all[0].text, 'Draw a circle.');
  assert.equal(won.text, 'Oh, I know: it’s a circle!');
  assert.equal((await player.mirror()).said.at(-1), won.text, 'the mirror says the same');
  for (const { lang, local } of all) {
    assert.match(lang, /^en/);
    assert.equal(local, true);
  }
  assert.ok(await player.page.evaluate(() => window.aloud.some(({ volume, text }) => volume === 0 && !text.trim())), 'primed by a tap');
  await eventually(async () => await speech.heard() > before + 20_000, 'sound from the voice');
  console.log(`spoken: ${all.map(({ text }) => text).join(' / ')}: ${await speech.heard() - before} bytes of sound`);
  assert.deepEqual(player.complaints, []);
  await player.close();
});

withVoice('it speaks the language that is shown, also when that changes', async () => {
  const player = await speaking('?seed=1&lang=zh&words=circle');
  await player.press('play');
  await eventually(async () => (await spoken(player)).length > 0, 'the word');
  const [first] = await spoken(player);
  assert.equal(first.text, '请画圆形。');
  assert.match(first.lang, /^(zh|cmn)/i);
  await player.close();

  const other = await speaking('?seed=1&lang=zh&words=circle');
  await other.press('language-en');
  await other.page.waitForFunction(() => document.documentElement.lang === 'en');
  await other.press('play');
  await eventually(async () => (await spoken(other)).length > 0, 'the word');
  assert.match((await spoken(other))[0].lang, /^en/);
  await other.close();
});

withVoice('mute breaks off, and is remembered; M does it too', async () => {
  const player = await speaking('?seed=1&words=circle');
  await player.press('play');
  await eventually(async () => (await spoken(player)).length === 1, 'the word');
  const cancelled = () => player.page.evaluate(() => window.cancelled);
  const count = await cancelled();
  await player.press('mute');
  await eventually(async () => await cancelled() > count, 'the silence');
  await player.until(({ buttons }) => buttons.some(({ id, label }) => id === 'mute' && label === 'Sound on'), 'the button as it is now');
  await player.press('another-word');
  await toPaper(player);
  await winCircle(player);
  assert.ok((await player.mirror()).said.length > 0, 'the mirror says it');
  assert.equal((await spoken(player)).length, 1, 'nothing aloud');

  await player.page.reload();
  const { buttons } = await player.until(({ screen }) => screen === 'title', 'the title');
  assert.equal(buttons.find(({ id }) => id === 'mute').label, 'Sound on');
  await hasVoices(player);
  await player.page.keyboard.press('m'); // the canvas has the keyboard
  await player.until((mirror) => mirror.buttons.some(({ label }) => label === 'Mute'), 'sound again');
  await player.page.locator('[data-action=play]').focus();
  await player.page.keyboard.press('m'); // a button of the mirror has it
  await player.until((mirror) => mirror.buttons.some(({ label }) => label === 'Sound on'), 'mute again');
  await player.page.keyboard.press('m');
  await player.until((mirror) => mirror.buttons.some(({ label }) => label === 'Mute'), 'sound again');
  await player.press('play');
  await eventually(async () => (await spoken(player)).length > 0, 'a word aloud');
  await player.close();
});

withVoice('a hidden tab is silent', async () => {
  const player = await speaking('?seed=1&words=circle');
  await player.press('play');
  await eventually(async () => (await spoken(player))[0]?.began, 'the word');
  const count = await player.page.evaluate(() => window.cancelled);
  await player.page.evaluate(() => {
    Object.defineProperty(document, 'hidden', { value: true, configurable: true });
    Object.defineProperty(document, 'visibilityState', { value: 'hidden', configurable: true });
    document.dispatchEvent(new Event('visibilitychange'));
  });
  assert.ok(await player.page.evaluate(() => window.cancelled) > count, 'at once');
  await player.pressMirror('another-word');
  await player.page.waitForTimeout(300); // nothing is to come
  assert.equal((await spoken(player)).length, 1);
  await player.close();
});

withVoice('it never lags: what is newer takes the place of what waits, and what is skipped is broken off', async () => {
  const player = await speaking(`?seed=2&words=${words}`);
  await player.page.evaluate(async () => {
    const { createVoice } = await import('./voice.js');
    window.voice = createVoice({ changed() {} });
    await new Promise((done) => setTimeout(done, 0));
    for (const sentence of ['The first sentence, which is a rather long one.', 'two', 'three', 'four']) window.voice.speak(sentence);
  });
  await eventually(async () => (await spoken(player)).at(-1)?.ended, 'both sentences');
  let all = await spoken(player);
  assert.deepEqual(all.map(({ text }) => text.split(' ').at(-1)), ['one.', 'four'], 'two and three were overtaken');
  assert.ok(all[1].began >= all[0].ended, 'one after the other');

  // In one step of the page, since a file hears faster than an ear.
  const cancelled = await player.page.evaluate(() => {
    const before = window.cancelled;
    window.voice.speak('A sentence that goes on and on, and is not to be heard to its end by anybody.');
    window.voice.speak('waits in vain');
    window.voice.speak('I know!', { now: true });
    return window.cancelled - before;
  });
  assert.equal(cancelled, 1);
  await eventually(async () => (await spoken(player)).at(-1).ended, 'the interruption');
  all = await spoken(player);
  assert.equal(all.at(-1).text, 'I know!');
  assert.ok(all.at(-1).began > 0, 'and is heard');
  assert.ok(!all.some(({ text }) => text === 'waits in vain'));
  await player.close();
});

// The stand-in: voices as they are given, who speak for `ms`. It shows nothing of a browser but what voice.js does with it.
function standIn(page, { voices, ms = 100, late = false }) {
  return page.addInitScript(({ given, duration, comeLate }) => {
    window.aloud = [];
    let list = comeLate ? [] : given;
    const target = new EventTarget();
    let current = null;
    const fake = Object.assign(target, {
      getVoices: () => list,
      get speaking() { return current !== null; },
      speak(utterance) {
        window.aloud.push({ text: utterance.text, voice: utterance.voice?.name, volume: utterance.volume });
        current = utterance;
        if (utterance.volume > 0) setTimeout(() => { current = null; utterance.onend?.(); }, duration);
        else current = null;
      },
      cancel() { current = null; },
    });
    Object.defineProperty(window, 'speechSynthesis', { value: fake });
    window.SpeechSynthesisUtterance = class { constructor(text) { Object.assign(this, { text, volume: 1 }); } };
    window.voicesCome = () => { list = given; target.dispatchEvent(new Event('voiceschanged')); };
  }, { given: voices, duration: ms, comeLate: late });
}
const remote = { name: 'Far away', lang: 'en-US', localService: false, default: true };
const local = { name: 'Here', lang: 'en-GB', localService: true, default: false };
const foreign = { name: 'Ici', lang: 'fr-FR', localService: true, default: false };

test('(stand-in) a voice that sends the text away is never used', async () => {
  const alone = await here.open('?seed=1&words=circle', { prepare: (page) => standIn(page, { voices: [remote, foreign] }) });
  await toPaper(alone);
  await winCircle(alone);
  assert.deepEqual(await alone.page.evaluate(() => window.aloud), [], 'not a word, not even to be primed');
  await alone.close();

  const both = await here.open('?seed=1&words=circle', { prepare: (page) => standIn(page, { voices: [remote, foreign, local] }) });
  await toPaper(both);
  await winCircle(both);
  await eventually(async () => (await spoken(both)).some(({ text }) => /I know/.test(text)), 'the win aloud');
  const used = new Set(await both.page.evaluate(() => window.aloud.map(({ voice }) => voice)));
  assert.deepEqual([...used], ['Here']);
  await both.close();
});

test('(stand-in) voices that come late are used from then on, and the settings tell of it', async () => {
  const player = await here.open('?seed=1', { prepare: (page) => standIn(page, { voices: [local], late: true }) });
  await player.press('settings');
  const without = await player.until(({ screen }) => screen === 'settings', 'the settings');
  assert.match(without.text, /no voice/);
  assert.equal(without.buttons.find(({ id }) => id === 'speech').enabled, false);
  await player.page.evaluate(() => window.voicesCome());
  await player.until(({ text, buttons }) => !/no voice/.test(text) && buttons.find(({ id }) => id === 'speech').enabled, 'the voice');
  await player.press('back');
  await player.press('play');
  await eventually(async () => (await spoken(player)).length > 0, 'the word');
  await player.close();
});

test('(stand-in) the voices of a language, the player’s own region first', async () => {
  const player = await here.open('?seed=1');
  const chosen = await player.page.evaluate(async () => {
    const { voiceFor } = await import('./voice.js');
    const voices = [['zh-HK', 'a'], ['yue', 'b'], ['cmn-Latn-pinyin', 'c'], ['zh_TW', 'd'], ['zh-CN', 'e'], ['en-US', 'f'], ['en-GB', 'g']]
      .map(([lang, name]) => ({ lang, name, localService: true, default: false }));
    const pick = (language, preferred, list = voices) => voiceFor(list, language, preferred)?.name;
    return [pick('zh', ['zh-CN']), pick('zh', ['en']), pick('zh', ['zh-TW']), pick('en', ['en-GB']), pick('en', ['de']),
      pick('fr', ['fr']), pick('zh', ['zh'], voices.slice(1, 2)), pick('zh', ['zh'], [...voices.slice(2, 3), { ...voices[1], lang: 'cmn', name: 'h' }])];
  });
  assert.deepEqual(chosen, ['e', 'e', 'd', 'g', 'f', undefined, undefined, 'h']);
  await player.close();
});

test('a browser without speech plays on in silence', async () => {
  const player = await here.open('?seed=1&words=circle', {
    prepare: (page) => page.addInitScript(() => Object.defineProperty(window, 'speechSynthesis', { value: undefined })) });
  await toPaper(player);
  await winCircle(player);
  assert.deepEqual(player.complaints, []);
  await player.close();
});

// ---- sounds ----

/** Listens to what reaches the loudspeaker: window.loudest() is the peak since it was asked last, window.onsets the
 * screens on which something began to sound after quiet. */
function listen(page) {
  return page.addInitScript(() => {
    window.contexts = [];
    let peak = 0;
    window.loudest = () => { const was = peak; peak = 0; return was; };
    window.buffers = 0;
    window.onsets = [];
    let before = 0;
    const { createScriptProcessor } = BaseAudioContext.prototype;
    BaseAudioContext.prototype.createScriptProcessor = function (...sizes) {
      window.contexts.push(this);
      const node = createScriptProcessor.apply(this, sizes);
      const listener = (fill) => (event) => {
        fill(event);
        ++window.buffers;
        const now = event.outputBuffer.getChannelData(0).reduce((most, sample) => Math.max(most, Math.abs(sample)), 0);
        if (now > 0.1 && before <= 0.1) window.onsets.push(document.getElementById('mirror').dataset.screen);
        before = now;
        peak = Math.max(peak, now);
      };
      Object.defineProperty(node, 'onaudioprocess', {
        set(fill) { node.addEventListener('audioprocess', listener(fill)); } });
      return node;
    };
  });
}
const loudest = (player) => player.page.evaluate(() => window.loudest());
const state = (player) => player.page.evaluate(() => window.contexts.map((context) => context.state).join());
const heard = async (player, least, what) => eventually(async () => await loudest(player) > least, what);

test('sounds come out of the page: none before a tap, the card, the ticks, time-out; then it rests', async () => {
  const player = await here.open('?seed=4&words=camouflage', { prepare: listen });
  await ready(player);
  assert.equal(await state(player), '', 'no audio before the page was touched');
  await player.press('play');
  await heard(player, 0.05, 'the card');
  await player.press('got-it');
  await eventually(async () => await state(player) === 'suspended', 'rest while nothing sounds');
  const buffers = await player.page.evaluate(() => window.buffers);
  await player.page.waitForTimeout(500);
  assert.equal(await player.page.evaluate(() => window.buffers), buffers, 'at rest no buffer is filled');
  await player.page.evaluate(() => { window.onsets = []; });
  await player.until(({ screen }) => screen === 'verdict', 'the end of the round', 25_000);
  await eventually(() => player.page.evaluate(() => window.onsets.includes('verdict')), 'time-out');
  const onsets = await player.page.evaluate(() => window.onsets);
  assert.equal(onsets.filter((screen) => screen === 'draw').length, 5, `a tick a second: ${onsets}`);
  const peak = await loudest(player);
  assert.ok(peak > 0.25 && peak < 1, `${peak}`);
  await eventually(async () => await state(player) === 'suspended', 'rest after the round');
  assert.deepEqual(player.complaints, []);
  await player.close();
});

test('a win sounds; mute silences everything, and a tap brings it back', async () => {
  const player = await here.open(`?seed=1&words=circle`, { prepare: listen, viewport: phone, touch: true });
  const tap = (id) => player.tap(id);
  await toPaper(player, tap);
  await winCircle(player, { touch: true });
  await heard(player, 0.3, 'success');

  await on(player, 'verdict');
  await player.page.keyboard.press('m');
  await eventually(async () => await state(player) === 'suspended', 'silence');
  await loudest(player);
  await player.tap('continue');
  await toPaper(player, tap);
  await winCircle(player, { touch: true });
  await on(player, 'verdict');
  assert.equal(await loudest(player), 0, 'not a sample');
  assert.equal(await state(player), 'suspended');

  await player.tap('continue');
  await player.tap('mute');
  await player.tap('another-word');
  await heard(player, 0.05, 'a card again');
  assert.deepEqual(player.complaints, []);
  await player.close();
});

test('who left it muted is not even given an audio device; unmuting opens it', async () => {
  const player = await here.open('?seed=1&words=circle', { prepare: listen });
  await player.press('mute');
  await player.until(({ buttons }) => buttons.some(({ label }) => label === 'Sound on'), 'mute');
  await player.page.reload();
  await on(player, 'title');
  await toPaper(player);
  await winCircle(player);
  assert.equal(await state(player), '', 'no audio');
  await on(player, 'verdict');
  await player.page.keyboard.press('m');
  await player.press('continue');
  await heard(player, 0.01, 'the card');
  await player.close();
});

test('a hidden tab makes no sound', async () => {
  const player = await here.open('?seed=1&words=circle', { prepare: listen });
  await toPaper(player);
  await eventually(async () => /running|suspended/.test(await state(player)), 'audio');
  const hide = (hidden) => player.page.evaluate((value) => {
    Object.defineProperty(document, 'hidden', { value, configurable: true });
    Object.defineProperty(document, 'visibilityState', { value: value ? 'hidden' : 'visible', configurable: true });
    document.dispatchEvent(new Event('visibilitychange'));
  }, hidden);
  await hide(true);
  await eventually(async () => await state(player) === 'suspended', 'rest');
  await hide(false);
  await player.draw(shapes.circle);
  await heard(player, 0.3, 'success, when it is seen again');
  await player.close();
});

// ---- never lost for words ----

test('it is never lost for words: kind sentences before the first stroke, none twice in a round', async () => {
  const player = await here.open('?seed=4&words=camouflage');
  await toPaper(player);
  const first = await player.until(({ said }) => said.length >= 1, 'a kind word', 6000);
  assert.ok(first.seconds >= 14 && first.seconds <= 17, `after some four seconds, not with ${first.seconds} left`);
  const { said } = await player.until(({ screen }) => screen === 'verdict', 'the verdict', 22_000);
  assert.equal(new Set(said).size, said.length, said.join(' / '));
  // One after 3.5 seconds, the others six after the one before; and the clock is told to who does not see it.
  const kind = said.filter((sentence) => !/^\d+ seconds left$|^Time’s up! /.test(sentence));
  assert.ok(kind.length >= 2 && kind.length <= 3, said.join(' / '));
  assert.deepEqual(said.filter((sentence) => /seconds left/.test(sentence)), ['10 seconds left', '5 seconds left']);
  assert.match(said.at(-1), /^Time’s up! /);
  console.log(`said: ${said.join(' / ')}`);
  await player.close();
});

// ---- the settings ----

test('the settings: switches, language, licences, by pointer, finger and keyboard', async () => {
  const voice = (page) => standIn(page, { voices: [local, { ...local, name: '这里', lang: 'zh-CN' }] });
  const player = await here.open('?seed=1', { prepare: voice, touch: true });
  await player.until(({ classifier }) => classifier === 'ready', 'the classifier', 20_000); // what is told of it moves the rows
  const label = async (id, wanted) => player.until(({ buttons }) =>
    buttons.some((button) => button.id === id && button.label === wanted), `${id}: ${wanted}`);
  await player.tap('settings');
  const { heading, text, buttons } = await player.until(({ screen }) => screen === 'settings', 'the settings');
  assert.equal(heading, 'Settings');
  assert.match(text, /never leaves this device.*Quick,\sDraw!.*CC\sBY/);
  for (const { id, x, y, width, height } of buttons) {
    assert.ok(width >= 44 && height >= 44 && x >= 0 && y >= 0 && x + width <= 390 && y + height <= 844, id);
  }
  await player.tap('sounds');
  await label('sounds', 'Sounds: off');
  await player.press('speech');
  await label('speech', 'Voice: off');
  await player.page.reload();
  await player.until(({ screen }) => screen === 'title', 'the title');
  await label('mute', 'Sound on'); // nothing is to be heard
  await player.press('settings');
  await label('sounds', 'Sounds: off');
  await label('speech', 'Voice: off');
  await player.pressMirror('speech');
  await label('speech', 'Voice: on');
  await eventually(async () => (await spoken(player)).length > 0, 'a sentence to try it');

  await player.press('language-zh');
  await label('speech', '语音：开');
  assert.equal((await player.mirror()).heading, '设置');
  const opened = player.page.context().waitForEvent('page');
  await player.press('licences');
  const licences = await opened;
  await licences.waitForLoadState();
  assert.equal(licences.url(), `${here.site.address}licences.txt`);
  assert.match(await licences.evaluate(() => document.body.textContent), /Quick, Draw!/);
  await licences.close();
  await player.page.bringToFront();
  await player.page.locator('canvas').focus();
  await player.page.keyboard.press('Escape');
  await player.until(({ screen }) => screen === 'title', 'the title');
  assert.deepEqual(player.complaints, []);
  await player.close();
});
