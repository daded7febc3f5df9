// Starts the page: the game's wasm, the texts and the font come in side by side, then the title shows, and the
// classifier's worker loads behind it. What cannot go on ends in a sentence and a button to begin again.

import { createBridge } from './bridge.js';

const assets = ['texts/en.tsv', 'fonts/latin.ttf', 'models/class_names.txt'];

// The sentence of a key, from the texts where they came in; without them, the one that stands in the page.
let texts = '';
function fail(key) {
  const trouble = document.getElementById('trouble');
  if (!trouble.hidden) return; // the first reason is the cause of the others
  const sentence = (name) => texts.split('\n').find((line) => line.startsWith(`${name}\t`))?.slice(name.length + 1);
  const [words, button] = [trouble.querySelector('p'), trouble.querySelector('button')];
  words.textContent = sentence(key) ?? words.textContent;
  button.textContent = sentence('error.reload') ?? button.textContent;
  button.addEventListener('click', () => location.reload());
  trouble.dataset.error = key;
  trouble.hidden = false;
  document.getElementById('canvas').hidden = true;
  document.getElementById('mirror').hidden = true;
  button.focus();
}

async function load(path) {
  const response = await fetch(path);
  if (!response.ok) throw new Error(`${path}: ${response.status}`);
  return [path, new Uint8Array(await response.arrayBuffer())];
}

function hasWebGL2() {
  const context = document.createElement('canvas').getContext('webgl2');
  context?.getExtension('WEBGL_lose_context')?.loseContext(); // a page has only so many of them
  return context !== null;
}

// Keys that belong to the browser never reach SDL, which would swallow them: Tab above all. The game's own are
// Enter, Space, Escape and Ctrl+Z.
function leaveToBrowser(event) {
  const combined = event.ctrlKey || event.metaKey || event.altKey;
  if (event.key === 'Tab' || /^F\d+$/.test(event.key) || (combined && event.key.toLowerCase() !== 'z')) {
    event.stopImmediatePropagation();
  }
}

async function boot() {
  const canvas = document.getElementById('canvas');
  for (const type of ['keydown', 'keyup', 'keypress']) canvas.addEventListener(type, leaveToBrowser, true);
  canvas.addEventListener('contextmenu', (event) => event.preventDefault());
  // Safari zooms by gestures that touch-action does not know.
  document.addEventListener('gesturestart', (event) => event.preventDefault());

  const loading = Promise.all(assets.map(load));
  loading.then(([[, tsv]]) => { texts = new TextDecoder().decode(tsv); }, () => {});
  const failWithTexts = (key, error) => {
    console.error(error);
    return loading.catch(() => {}).then(() => fail(key));
  };

  if (typeof WebAssembly !== 'object') return failWithTexts('error.wasm', 'no WebAssembly');
  if (!hasWebGL2()) return failWithTexts('error.webgl', 'no WebGL 2');

  let game;
  let loaded;
  const wake = () => game?._inkling_wake();
  const page = {}; // the bridge needs the assets, the program needs its place
  try {
    const { default: createInkling } = await import('./inkling.js');
    [game, loaded] = await Promise.all([
      createInkling({ canvas, page, onAbort: () => fail(game ? 'error.crash' : 'error.asset') }),
      loading,
    ]);
  } catch (error) {
    return failWithTexts('error.asset', error);
  }
  const bridge = createBridge({ assets: new Map(loaded), wake, fail });
  Object.assign(page, bridge.page);

  // A trap in a frame leaves the program in no state to go on.
  addEventListener('error', ({ error }) => { if (error instanceof WebAssembly.RuntimeError) fail('error.crash'); });

  const result = game._inkling_start();
  if (result !== 0) return fail(result === 1 ? 'error.webgl' : 'error.asset');
  window.inkling = { frames: () => game._inkling_frames() }; // for tests
  canvas.focus();
  bridge.classifier.start();
}

boot();
