// The page as the game sees it: what wasm/platform/browser.cpp calls, as `Module.page`. Files, parameters, the
// classifier's worker, the mirror, the screen's facts.

import { createChallenge } from './challenge.js';
import { modelAddress } from './config.js';
import { createKeeping } from './keeping.js';
import { filesOf, rememberLanguage, sentenceOf } from './languages.js';
import { letterOfDevice } from './letter.js';
import { recall, remember } from './memory.js';
import { createMirror } from './mirror.js';
import { createOffer } from './offer.js';

// A load that brings no byte for so long has failed; so has a model that takes so long to open.
const patience = 30_000; // ms
// And one that looks at a single picture for so long, while the page is seen: the workers of a hidden one may be frozen.
const longestLook = 20; // s

const states = ['loading', 'ready', 'failed']; // platform::ClassifierState

/** A worker for the network, which loads nothing but its script until it is told. */
export function hireWorker() {
  const worker = new Worker(new URL('classifier.js', import.meta.url), { type: 'module' });
  worker.onerror = () => { worker.broken = true; }; // until someone waits for it
  return worker;
}

/**
 * worker: of hireWorker, to begin with. assets: Map of path -> Uint8Array. languages: those that are known, the index of
 * the one shown, rest: null, or the promise of the files that it needs behind its title, and load(path) for those of another.
 * config: of config.js. wake(): asks the game for a frame. touched(): tells it that the player is touching the page.
 * note(words): shows a note over the game. fail(key): the page's own error sentence. settled(model, paths): called when the
 * classifier is there, or won't come, with the address of the page's own model and the files that it needed besides what
 * every page has.
 */
export function createBridge({ worker, assets, languages, config, wake, touched, note, fail, settled }) {
  const query = new URLSearchParams(location.search);
  const canvas = document.getElementById('canvas');
  const pressed = [];
  const mirror = createMirror(document.getElementById('mirror'), (id) => {
    pressed.push(id);
    wake();
  });

  // The screen's facts change seldom and are asked for every frame.
  let sizes;
  const measure = () => {
    const style = getComputedStyle(document.documentElement);
    const inset = (side) => parseFloat(style.getPropertyValue(`--inset-${side}`)) || 0;
    const { width, height } = canvas.getBoundingClientRect();
    sizes = [width, height, devicePixelRatio, inset('top'), inset('right'), inset('bottom'), inset('left')];
  };
  measure();
  new ResizeObserver(measure).observe(canvas);
  addEventListener('resize', measure); // a changed zoom changes the pixel ratio alone
  const dark = matchMedia('(prefers-color-scheme: dark)');
  // A system's own few colours don't reach the canvas: there it is as readable as it can be.
  const moreContrast = matchMedia('(prefers-contrast: more), (forced-colors: active)');
  const reducedMotion = matchMedia('(prefers-reduced-motion: reduce)');
  for (const fact of [dark, moreContrast, reducedMotion]) fact.addEventListener('change', wake);

  // The game rebuilds its graphics when a lost context comes back; when none does, only a new page helps.
  let contextTimer;
  canvas.addEventListener('webglcontextlost', () => {
    contextTimer = setTimeout(() => fail('error.context'), 5000);
  });
  canvas.addEventListener('webglcontextrestored', () => clearTimeout(contextTimer));

  const named = query.get('model') ?? config.model;
  const model = modelAddress(named);
  const classifier = createClassifier(worker, model, (state, error) => {
    mirror.mark('classifier', state);
    mirror.mark('error', error);
    wake();
    if (state !== 'loading') settled(classifier.address(), classifier.stock() ? ['runtime/stock.js', 'runtime/stock.wasm'] : []);
  }, () => offer.refused(named.split('/').at(-1).slice(0, 40)), wake);

  // The voice comes in behind the game, which can be played without.
  let voice;
  import('./voice.js').then(({ createVoice }) => {
    voice = createVoice({ changed: wake });
    wake();
  }, (error) => console.warn(`voice: ${error.message}`));

  // A browser is silent until it is touched; only within the touch may the game begin to sound.
  for (const type of ['pointerup', 'touchend', 'click', 'keydown']) document.addEventListener(type, touched, true);

  // M mutes wherever the keyboard is; on the canvas the game sees it itself.
  document.addEventListener('keydown', ({ key, target, ctrlKey, metaKey, altKey, repeat }) => {
    if (key.toLowerCase() !== 'm' || target === canvas || ctrlKey || metaKey || altKey || repeat) return;
    pressed.push('mute');
    wake();
  });

  // The classifier comes in behind what lies behind the title, at once where there is nothing: it is no use to a player who
  // cannot read the card, and its files are large.
  async function start() {
    const { index, rest } = languages;
    try {
      if (rest) for (const [path, file] of await rest) assets.set(path, file);
    } catch (error) {
      console.error(error);
      if (languages.index === index) return fail('error.asset');
    }
    classifier.start(); // which wakes the game
  }

  // Another language comes in behind the one that is shown, and is shown when it is whole; the last choice counts.
  let chosen = languages.index;
  async function chooseLanguage(code) {
    const index = languages.known.findIndex((language) => language.code === code);
    if (index < 0) return;
    chosen = index;
    const { title, rest } = filesOf(languages.known, index);
    const missing = [...title, ...rest].filter((path) => !assets.has(path));
    try {
      for (const [path, file] of await Promise.all(missing.map(languages.load))) assets.set(path, file);
    } catch (error) {
      console.warn(`language ${code}: ${error.message}`);
      const told = sentenceOf(textsShown(), 'error.language');
      mirror.say(told);
      note(told);
      return;
    }
    if (chosen !== index) return;
    rememberLanguage(code);
    languages.index = index;
    document.documentElement.lang = code;
    wake();
  }

  // Files that not every page has, and that are needed late: index.html says which are there (tools/dist.mjs).
  const extras = document.querySelector('meta[name="extras"]').content.split(' ');
  async function want(path) {
    if (!extras.includes(path) || assets.has(path)) return;
    try {
      assets.set(...await languages.load(path));
      wake();
    } catch (error) {
      console.warn(`${path}: ${error.message}`);
    }
  }
  const facesShown = () => ['fonts/latin.ttf', `fonts/${languages.known[languages.index].code}.ttf`]
    .map((path) => assets.get(path)).filter(Boolean);
  const keeping = createKeeping({ faces: facesShown, dark, wake });

  const challenge = createChallenge({ wake });

  const textsShown = () => assets.get(`texts/${languages.known[languages.index].code}.tsv`);
  const offer = createOffer({ wake, sentence: (key) => sentenceOf(textsShown(), key), offered: () => classifier.endTrial() });

  const text = new TextEncoder();
  const lines = (items) => text.encode(items.map((item) => `${item}\n`).join(''));
  const bytes = {
    seed: () => seedBytes(query.get('seed')),
    words: () => lines((query.get('words')?.split(',') ?? config.words ?? []).map((word) => word.trim()).filter(Boolean)),
    modes: () => lines(config.modes ?? []),
    title: () => text.encode(config.title ?? ''),
    challenge: () => text.encode(challenge.text()),
    'classifier-error': () => text.encode(classifier.error()),
    model: () => classifier.bytes(),
    'offer-name': () => text.encode(offer.name()),
    'offer-model': () => offer.bytes(),
    'trial-error': () => text.encode(classifier.trialError()),
    pressed: () => text.encode(pressed.shift() ?? ''),
  };
  const flags = {
    'reduced-motion': () => reducedMotion.matches,
    dark: () => dark.matches,
    'more-contrast': () => moreContrast.matches,
    classifier: () => states.indexOf(classifier.state()),
    models: () => classifier.models(),
    busy: () => classifier.busy(),
    offers: () => offer.count(),
    trying: () => classifier.trying(),
    stock: () => classifier.stock(),
    language: () => languages.index,
    'can-speak': () => voice?.canSpeak() ?? false,
    'names-model': () => model !== modelAddress(), // another than the one that ships
    rounds: () => config.rounds ?? 0, // 0: the game's own
    seconds: () => config.seconds ?? 0,
    kept: () => keeping.flag('kept'),
    shared: () => challenge.shared(),
  };
  for (const kind of ['picture', 'svg', 'animation', 'video', 'all']) flags[`file/${kind}`] = () => keeping.flag(kind);
  const orders = {
    say: mirror.say,
    speak: (sentence) => voice?.speak(sentence),
    'speak-now': (sentence) => voice?.speak(sentence, { now: true }),
    hush: () => voice?.hush(),
    'show-file': (path) => open(path, '_blank', 'noopener'),
    'choose-language': chooseLanguage,
    'retry-classifier': () => classifier.start({ again: true }),
    'reject-model': (key) => classifier.lose(key),
    'choose-model': () => offer.choose(),
    'try-model': (facts) => classifier.tryModel(offer.bytes(), ...facts.split(' ').map(Number)),
    note,
    want,
    warn: (line) => console.warn(line),
    ...keeping.tell,
    ...challenge.tell,
  };
  let shown;
  let asked;

  return {
    start,
    // The names are quoted in browser.cpp, so that Closure keeps them.
    page: {
      ask: (name) => {
        const [, kept] = name.match(/^remembered\/(.*)/) ?? [];
        const [, letter, em] = name.match(/^letter\/(.*)\/(.*)/) ?? [];
        if (kept) asked = text.encode(recall(kept) ?? '');
        else if (letter) asked = letterOfDevice(Number(letter), Number(em));
        else asked = bytes[name]?.() ?? assets.get(name) ?? new Uint8Array(0);
        return asked.length;
      },
      take: () => asked,
      flag: (name) => flags[name](),
      size: () => sizes,
      tell: (what, words) => {
        const [, name] = what.match(/^remember\/(.*)/) ?? [];
        if (name) remember(name, words);
        else orders[what](words);
      },
      give: (what, given) => keeping.give[what](given),
      classify: classifier.classify,
      answer: classifier.answer,
      takeAnswer: classifier.takeAnswer,
      mirror: (screen, word, seconds, paper, pen, keys, result, heading, sentence) => {
        shown = { screen, word, seconds, paper, pen, keys, result, heading, text: sentence, buttons: [] };
      },
      mirrorButton: (id, label, enabled, box, percent, value) =>
        shown.buttons.push({ id, label, enabled, box, percent, value }),
      mirrorShown: () => mirror.show(shown),
    },
  };
}

// ?seed=N as eight bytes, little-endian; random without one.
function seedBytes(parameter) {
  const seed = new BigUint64Array(1);
  if (/^\d+$/.test(parameter ?? '')) seed[0] = BigInt(parameter);
  else crypto.getRandomValues(seed);
  return new Uint8Array(seed.buffer);
}

// Has a worker load a model, and gives it up when it answers nothing for long. order: {model, again, side} of
// classifier.js. Then calls ready(bytes, outputs), or failed(key), which can also come later; stock() where the model needs
// the stock runtime; answered(data) for every picture. Returns {ask(message, transfer), end()}: a picture for the worker,
// and its end.
function loadIn(worker, order, { ready, failed, stock, answered }) {
  let timer;
  let looking;
  const watch = (key) => {
    clearTimeout(timer);
    timer = setTimeout(() => failed(key), patience);
  };
  watch('error.runtime');
  worker.onerror = (event) => {
    event.preventDefault();
    failed('error.runtime'); // the worker's scripts: not there, or not scripts
  };
  worker.onmessage = ({ data }) => {
    if (data.progress || data.here) {
      watch(data.here ? 'error.runtime' : 'error.network');
    } else if (data.stock) {
      stock();
    } else if (data.ready) {
      clearTimeout(timer);
      ready(data.bytes, data.outputs);
    } else if (data.failed) {
      console.warn(`classifier: ${data.reason}`);
      failed(data.failed);
    } else {
      clearInterval(looking);
      answered(data);
    }
  };
  worker.postMessage(order);
  return {
    ask(message, transfer) {
      let seconds = 0; // counted one by one: a device that sleeps counts none
      looking = setInterval(() => {
        if (!document.hidden) ++seconds;
        if (seconds === longestLook) failed('error.runtime');
      }, 1000);
      worker.postMessage(message, transfer);
    },
    end() {
      clearTimeout(timer);
      clearInterval(looking);
      worker.terminate();
    },
  };
}

// The workers' side of the page: one picture at a time. address: of the model, null for one that is not of this origin.
// Another model is tried in a second worker, which takes the place of the first when it is ready.
// A model that was named for this page and won't do is refused(), and the one that ships comes in its place; but where the
// network failed another try may help.
function createClassifier(first, address, changed, refused, wake) {
  const nothing = { ticket: 0, probabilities: new Float32Array(0) };
  const shipped = modelAddress();
  let present = null; // of loadIn, as is the one that is tried
  let offered = false; // the present one was the player's
  let trial = null;
  let trialError = '';
  let state = 'loading';
  let error = '';
  let bytes = new Uint8Array(0);
  let models = 0; // that came in so far
  let stock = false; // the one that came last, or is on its way, needs the stock runtime
  let busy = false;
  let answer = nothing;

  function stop() {
    present?.end();
    present = null;
    busy = false;
    answer = nothing;
  }

  function enter(next, key = '') {
    state = next;
    error = key;
    changed(state, error);
  }

  function reject(key) {
    stop();
    enter('failed', key);
  }

  // The present model is none, or died.
  function lose(key) {
    if (offered) {
      trialError = key;
      start(); // the page's own takes over again
    } else if (address === shipped || key === 'error.network') {
      reject(key);
    } else {
      address = shipped;
      start();
      if (trial) return; // the player has brought another one already, which has the word
      trialError = key;
      refused();
    }
  }

  function take(file) {
    bytes = file;
    ++models;
    enter('ready');
  }

  function needStock() {
    stock = true;
    wake();
  }

  function answered(data) {
    busy = false;
    answer = data;
    wake();
  }

  function start({ again = false } = {}) {
    stop();
    if (!address) return reject('error.origin');
    stock = false;
    offered = false;
    enter('loading');
    const worker = first && !first.broken ? first : hireWorker();
    first = null;
    present = loadIn(worker, { model: address, again }, { ready: take, failed: lose, stock: needStock, answered });
  }

  function refuse(key) {
    endTrial();
    trialError = key;
    wake();
  }

  // classes, side: what the model's card says of it.
  function tryModel(file, classes, side) {
    endTrial();
    stock = false;
    const mine = loadIn(hireWorker(), { model: file, side }, {
      ready(own, outputs) {
        if (outputs !== classes) return refuse('offer.outputs');
        stop();
        present = trial;
        offered = true;
        trial = null;
        take(own);
      },
      failed(key) {
        if (present === mine) lose(key); // it played, and died of a picture
        else refuse(key);
      },
      stock: needStock,
      answered,
    });
    trial = mine;
  }

  // Another file was offered: of two only the last one may take over.
  function endTrial() {
    trial?.end();
    trial = null;
    trialError = '';
  }

  return {
    start,
    lose,
    tryModel,
    endTrial,
    trying: () => trial !== null,
    trialError: () => trialError,
    address: () => address,
    stock: () => stock,
    state: () => state,
    error: () => error,
    bytes: () => bytes,
    models: () => models,
    busy: () => busy,
    classify(ticket, picture, side) {
      if (!present || state !== 'ready' || busy) return;
      busy = true;
      present.ask({ ticket, picture, side }, [picture.buffer]);
    },
    answer: () => answer,
    takeAnswer() {
      const { probabilities } = answer;
      answer = nothing;
      return probabilities;
    },
  };
}
