// Starts the page: the game's wasm, the texts and the font come in side by side, then the title shows, and the
// classifier's worker loads behind it. What cannot go on ends in a sentence and a button to begin again.

import { createBridge } from './bridge.js';

async function load(path) {
  const response = await fetch(path);
  if (!response.ok) throw new Error(`${path}: ${response.status}`);
  return [path, new Uint8Array(await response.arrayBuffer())];
}

const texts = load('texts/en.tsv');
const assets = Promise.all([texts, load('fonts/latin.ttf'), load('models/class_names.txt')]);
assets.catch(() => {}); // seen where they are waited for

// Shows the sentence of a key: from the texts, or the one that stands in the page where they did not come.
let failed = false;
async function fail(key) {
  if (failed) return; // the first reason is the cause of the others
  failed = true;
  const lines = await texts.then(([, tsv]) => new TextDecoder().decode(tsv).split('\n'), () => []);
  const sentence = (name) => lines.find((line) => line.startsWith(`${name}\t`))?.slice(name.length + 1);
  const trouble = document.getElementById('trouble');
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

  if (typeof WebAssembly !== 'object') return fail('error.wasm');
  if (!hasWebGL2()) return fail('error.webgl');

  let game;
  let files;
  const wake = () => game?._inkling_wake();
  const page = {}; // the bridge needs the assets, the program needs its place
  try {
    const { default: createInkling } = await import('./inkling.js');
    [game, files] = await Promise.all([
      createInkling({ canvas, page, onAbort: () => fail(game ? 'error.crash' : 'error.asset') }),
      assets,
    ]);
  } catch (error) {
    console.error(error);
    return fail('error.asset');
  }
  const bridge = createBridge({ assets: new Map(files), wake, fail });
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
