// Starts the page: the game's wasm, the texts and the fonts come in side by side, then the title shows, and behind it
// the rest of the language's face and the classifier's worker load. What cannot go on ends in a sentence and a button to
// begin again. Last, the game is kept on the device.

import { createBridge, hireWorker } from './bridge.js';
import { readConfig, strangeWord } from './config.js';
import { chooseLanguage, filesOf, onlyLanguages, parseLanguages, sentenceOf } from './languages.js';
import { handOver, keepHere } from './offline.js';

async function load(path) {
  const response = await fetch(path);
  if (!response.ok) throw new Error(`${path}: ${response.status}`);
  return [path, new Uint8Array(await response.arrayBuffer())];
}

const decode = ([, bytes]) => new TextDecoder().decode(bytes);
const config = load('config.json').then(decode, () => null); // there need be none
const own = Promise.all([load('texts/languages.tsv'), config]).then(([file, text]) => {
  const { config: told, problem } = readConfig(text, parseLanguages(file[1]).map(({ code }) => code));
  return { config: told, problem, list: told.languages ? [file[0], onlyLanguages(file[1], told.languages)] : file };
});
const list = own.then((told) => told.list); // of the languages that are offered
// The language to begin with, as one of those that are known; its texts and the faces of its title, and what comes
// behind them, if anything.
const language = list.then(([, tsv]) => {
  const known = parseLanguages(tsv);
  const index = chooseLanguage(known);
  document.documentElement.lang = known[index].code;
  const { title, rest } = filesOf(known, index);
  const files = title.map(load);
  const behind = Promise.all(files).then(() => Promise.all(rest.map(load)));
  behind.catch(() => {}); // seen where it is waited for
  return { known, index, load, files, rest: rest.length ? behind : null };
});
const texts = language.then(({ files }) => files[0]);
const faces = language.then(({ files }) => Promise.all(files));
const classNames = load('models/class_names.txt');
const leftOut = load('texts/words_left_out.tsv').catch(() => ['texts/words_left_out.tsv', new Uint8Array(0)]); // there need be none
const assets = Promise.all([list, load('fonts/latin.ttf'), classNames, leftOut, faces]).then((files) => [...files.slice(0, 4), ...files[4]]);
for (const awaited of [assets, texts]) awaited.catch(() => {}); // seen where they are waited for

// The sentence of a key from the texts; undefined where they, or it, did not come.
const sentence = (key) => texts.then(([, tsv]) => sentenceOf(tsv, key), () => undefined);

// Shows the sentence of a key, or the one that stands in the page.
let failed = false;
async function fail(key) {
  if (failed) return; // the first reason is the cause of the others
  failed = true;
  const trouble = document.getElementById('trouble');
  const [words, button] = [trouble.querySelector('p'), trouble.querySelector('button')];
  for (const [element, name] of [[words, key], [button, 'error.reload']]) {
    const told = await sentence(name);
    if (told) Object.assign(element, { textContent: told, lang: document.documentElement.lang });
  }
  button.addEventListener('click', () => location.reload());
  trouble.dataset.error = key;
  trouble.hidden = false;
  document.getElementById('canvas').hidden = true;
  document.getElementById('mirror').hidden = true;
  button.focus();
}

// A note over the game, until it is pressed.
function note(words, key = '') {
  const element = document.getElementById('note');
  element.textContent = words;
  element.dataset.error = key;
  element.hidden = false;
  element.onclick = () => { element.hidden = true; };
}

// What is wrong in config.json, for the maker.
async function complain({ key, name, value }) {
  const words = ((await sentence(key)) ?? `config.json: ${key}`).replace(/{(name|value)}/g, (_, what) => (what === 'name' ? name : value));
  console.warn(words);
  note(words, key);
}

// The game's own context, of the size and kind that SDL will ask for, so that it is there when SDL does: a graphics
// driver can take a second to start.
function openWebGL2(canvas) {
  canvas.width = canvas.clientWidth * devicePixelRatio;
  canvas.height = canvas.clientHeight * devicePixelRatio;
  return canvas.getContext('webgl2', { alpha: false, depth: false, stencil: false, antialias: false });
}

// The game and ONNX Runtime are built for vectors of 128 bits: a module that makes one and counts its
// bits (i8x16.splat, i8x16.popcnt; from GoogleChromeLabs' wasm-feature-detect).
const VECTORS = [0, 97, 115, 109, 1, 0, 0, 0, 1, 5, 1, 96, 0, 1, 123, 3, 2, 1, 0, 10, 10, 1, 8, 0, 65, 0, 253, 15, 253, 98, 11];
const hasWasm = () => typeof WebAssembly === 'object' && WebAssembly.validate(new Uint8Array(VECTORS));

// Keys that belong to the browser never reach SDL, which would swallow them: Tab above all. The game's own are
// Enter, Space, Escape, M, Ctrl+Z and the arrows; and Control and its like, which SDL follows by themselves.
function leaveToBrowser(event) {
  const combined = (event.ctrlKey || event.metaKey || event.altKey) && !/^(Control|Meta|Alt|Shift)$/.test(event.key);
  if (event.key === 'Tab' || /^F\d+$/.test(event.key) || (combined && event.key.toLowerCase() !== 'z')) {
    event.stopImmediatePropagation();
  }
}

// SDL listens to the canvas alone. The keys of the mirror's paper are the canvas's too, but for repeated ones: what went
// down elsewhere ("Got it!" was pressed with it) is none of the paper's. And a key that is let go elsewhere is let go.
function passOn(event) {
  const { target, type, repeat } = event;
  const canvas = document.getElementById('canvas');
  if (target === canvas || (type === 'keydown' && (target.id !== 'paper' || repeat))) return;
  if (type === 'keydown') event.stopPropagation(); // the canvas's own goes on its way
  if (!canvas.dispatchEvent(new KeyboardEvent(type, event))) event.preventDefault();
}

async function boot() {
  if (await handOver()) return; // this page is on its way out
  const worker = hireWorker(); // its own small script comes in with the rest; the big files wait for their turn
  const canvas = document.getElementById('canvas');
  for (const type of ['keydown', 'keypress']) canvas.addEventListener(type, leaveToBrowser, true);
  document.getElementById('paper').addEventListener('keydown', passOn);
  document.addEventListener('keyup', passOn);
  canvas.addEventListener('contextmenu', (event) => event.preventDefault());
  // Safari zooms by gestures that touch-action does not know.
  document.addEventListener('gesturestart', (event) => event.preventDefault());

  if (!hasWasm()) return fail('error.wasm');
  let game;
  let files;
  const wake = () => game?._inkling_wake();
  const touched = () => game?._inkling_touched();
  const page = {}; // the bridge needs the assets, the program needs its place
  try {
    const { default: createInkling } = await import('./inkling.js');
    const program = createInkling({ canvas, page, onAbort: () => fail(game ? 'error.crash' : 'error.asset') });
    program.catch(() => {}); // seen where it is waited for
    // Meanwhile the program and the texts come in.
    await language.catch(() => {});
    if (!openWebGL2(canvas)) return fail('error.webgl');
    [game, files] = await Promise.all([program, assets]);
  } catch (error) {
    console.error(error);
    return fail('error.asset');
  }
  const names = decode(await classNames).split('\n').filter(Boolean);
  const { config: told, problem } = await own;
  const wrong = problem ?? strangeWord(told, names);
  if (wrong) complain(wrong);
  if (told.title) document.title = told.title;
  const bridge = createBridge({ worker, assets: new Map(files), languages: await language, config: told, wake, touched, note, fail, settled: keepOnce });
  Object.assign(page, bridge.page);

  // A share sheet and the choice of a file open only in the tap's own task, where the clipboard is open too: there the
  // taps of the screens that need it take effect, after SDL has seen them.
  const withinTap = ['keep', 'gallery', 'duel', 'settings'];
  const atOnce = () => { if (withinTap.includes(document.getElementById('mirror').dataset.screen)) game._inkling_now(); };
  for (const type of ['mouseup', 'touchend', 'keydown', 'click']) addEventListener(type, atOnce);

  // A trap in a frame leaves the program in no state to go on.
  addEventListener('error', ({ error }) => { if (error instanceof WebAssembly.RuntimeError) fail('error.crash'); });

  bridge.start();
  const result = game._inkling_start();
  if (result !== 0) return fail(result === 1 ? 'error.webgl' : 'error.asset');
  window.inkling = { frames: () => game._inkling_frames(), memory: () => game._inkling_memory() }; // for tests
  canvas.focus();
}

let keeping = false;
async function keepOnce(model, paths) {
  const { known, index } = await language;
  const { title, rest } = filesOf(known, index);
  if (!keeping) keepHere(model, [...title, ...rest, ...paths]);
  keeping = true;
}

boot();
