// What the page costs, in Chromium on this machine, as a table with the bar beside each number.
//
//   bench/web [--only bytes,peers,link,session,pen,idle,memory] [--runs 3] [--rounds 500] [--files] [--dist FOLDER]
//
//   bytes    over the wire, headers too, before a stroke can be drawn and after it, English and Chinese; a second visit
//   peers    beside them: what other pages of the kind load for a first guess, from npm in the versions that they name
//   link     times on a link of 1.6 Mbit/s and 150 ms with a CPU slowed 4 times: medians of --runs first visits
//   session  from the start of the worker's script until ONNX Runtime's session is there, nothing slowed: median of nine,
//            the browser's cache filled; beside it the stock runtime's, in turns
//   pen      our own work a frame, pen to ink, ink to guess, with a CPU slowed 4 times
//   idle     frames of screens on which nothing moves
//   memory   growth over --rounds (default 0: left out), after the first 20
//   --files  the bytes of each file, too
//   --dist FOLDER  of another build, to compare with
//
// The server is this program's own: brotli at its best, as a host has it that packs files once, and ETags; HTTP/1.1. It
// is also the link: it waits 150 ms before an answer begins and shares 1.6 Mbit/s among the answers, of page, workers
// and service worker alike. The CPU is slowed by the DevTools protocol, which cannot slow workers: there, what the
// network computed is held back until four times its time has passed.
//
// A headless Chromium without a GPU has the processor draw what a GPU would, in a process of its own. Our own work is
// what the page's thread spends in the game's frame function: input, rules, picture for the network, layout, vertices,
// and the calls of WebGL. What the software GPU needs after them is not ours, and stands apart as the time from frame to
// frame.

import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { parseArgs, promisify } from 'node:util';
import { brotliCompress, constants } from 'node:zlib';
import { chromium } from 'playwright-core';
import { dist, phone, Player, root } from '../tests/web/play.mjs';
import { serve, typeOf } from '../tools/serve.mjs';
import { median, quantile } from './quantile.mjs';
import { heading, row, verdict } from './table.mjs';

const { values: options } = parseArgs({ options: {
  only: { type: 'string', default: 'bytes,peers,link,session,pen,idle,memory' },
  runs: { type: 'string', default: '3' },
  rounds: { type: 'string', default: '0' },
  files: { type: 'boolean', default: false },
  dist: { type: 'string', default: dist },
} });
const parts = options.only.split(',');
const [runs, rounds] = [Number(options.runs), Number(options.rounds)];
const slowed = 4;

const pause = (ms) => new Promise((done) => setTimeout(done, ms));

heading();
const kilobytes = (what, bytes, most) => row(what, bytes / 1000, most, 'KB', 1);

const sha256 = (bytes) => createHash('sha256').update(bytes).digest('hex').slice(0, 32);

/** Packed at its best; kept in build/ for the next time, for it takes a while. */
async function brotli(plain) {
  const folder = join(root, 'build/brotli');
  const kept = join(folder, sha256(plain));
  const known = await readFile(kept).catch(() => null);
  if (known) return known;
  const body = await promisify(brotliCompress)(plain, { params: { [constants.BROTLI_PARAM_QUALITY]: 11, [constants.BROTLI_PARAM_SIZE_HINT]: plain.length } });
  await mkdir(folder, { recursive: true });
  await writeFile(kept, body);
  return body;
}

// ---- the host, and the link to it ----

class Host {
  packed = new Map(); // path -> {tag, body, head}
  sockets = new Set();
  asked = []; // {path, bytes} in their order
  held = null; // requests that wait for `release`
  link = null; // {rate: bytes a second, latency: ms}
  queue = []; // answers under way on the link
  sent = new Map(); // path -> when its last byte went out

  /** Bytes sent until now: bodies, headers, all. */
  get bytes() { return [...this.sockets].reduce((sum, socket) => sum + socket.bytesWritten, 0); }

  hold(pattern) { this.held = { pattern, waiting: [] }; }
  release() {
    const { waiting } = this.held;
    this.held = null;
    for (const answer of waiting) answer();
  }

  answer = (request, response) => {
    this.sockets.add(request.socket);
    const path = decodeURI(request.url.split(/[?#]/, 1)[0].replace('/some/where/', '')) || 'index.html';
    if (this.held?.pattern.test(path)) this.held.waiting.push(() => this.#send(path, request, response));
    else this.#send(path, request, response);
    return true;
  };

  async #send(path, request, response) {
    const file = this.packed.get(path);
    if (this.link) await pause(this.link.latency);
    if (!file) {
      response.writeHead(404).end();
    } else if (request.headers['if-none-match'] === file.head.ETag) {
      this.asked.push({ path, bytes: 0 });
      response.writeHead(304, { ETag: file.head.ETag, 'Cache-Control': 'no-cache' }).end();
    } else {
      this.asked.push({ path, bytes: file.body.length });
      response.writeHead(200, file.head);
      if (this.link) this.#share(path, response, file.body);
      else response.end(file.body, () => this.sent.set(path, Date.now()));
    }
  }

  /** Packs all of dist/ beforehand. */
  async pack() {
    const entries = (await readdir(options.dist, { recursive: true, withFileTypes: true })).filter((entry) => entry.isFile());
    await Promise.all(entries.map(async (entry) => {
      const file = join(entry.parentPath ?? entry.path, entry.name);
      const path = relative(options.dist, file);
      const plain = await readFile(file);
      const pack = !path.endsWith('.png'); // packed already
      const body = pack ? await brotli(plain) : plain;
      this.packed.set(path, { body, head: { 'Content-Type': typeOf(path), 'Content-Length': body.length, 'Cache-Control': 'no-cache',
        ETag: `"${sha256(plain)}"`, ...(pack ? { 'Content-Encoding': 'br' } : {}) } });
    }));
  }

  // All answers under way get the same share of the link, a packet at a time.
  #share(path, response, body) {
    this.queue.push({ path, response, body, at: 0 });
    if (this.queue.length > 1) return;
    let last = performance.now();
    let credit = 0;
    const tick = () => {
      const now = performance.now();
      credit = Math.min(credit + (now - last) / 1000 * (this.link?.rate ?? Infinity), 100_000);
      last = now;
      while (credit > 0 && this.queue.length) {
        const answer = this.queue.shift();
        const piece = answer.body.subarray(answer.at, answer.at + 1400);
        answer.at += piece.length;
        credit -= piece.length;
        if (answer.response.destroyed) continue;
        if (answer.at < answer.body.length) {
          answer.response.write(piece);
          this.queue.push(answer);
        } else {
          answer.response.end(piece);
          this.sent.set(answer.path, Date.now());
        }
      }
      if (this.queue.length) setTimeout(tick, 4);
    };
    setTimeout(tick, 4);
  }

  /** Waits until nothing has been sent for a second. */
  async quiet() {
    for (let before = -1; before !== this.bytes; await pause(1000)) before = this.bytes;
  }
}

const host = new Host();
await host.pack();
const site = await serve({ base: '/some/where/', port: 8750, meddle: host.answer });
const address = site.address.replace('localhost', '127.0.0.1'); // as any host: see web/offline.js
const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
  args: ['--no-sandbox', '--use-gl=angle', '--use-angle=swiftshader', '--enable-unsafe-swiftshader',
    '--disable-background-networking', '--disable-component-update', '--no-first-run'],
});

const device = (more) => browser.newContext({ viewport: phone, reducedMotion: 'reduce', ...more });

/** A page of the game. slow: how many times the CPU is slowed. script: to run in the page before all else. */
async function visit(context, query, { slow = 1, script, argument } = {}) {
  const page = await context.newPage();
  const player = new Player(page, site);
  player.tools = await context.newCDPSession(page);
  if (script) await page.addInitScript(script, argument);
  if (slow > 1) await player.tools.send('Emulation.setCPUThrottlingRate', { rate: slow });
  await page.goto(address + query, { waitUntil: 'domcontentloaded' });
  return player;
}

const screen = (player, name, ms = 60_000) => player.until((mirror) => mirror.screen === name, name, ms);
const ready = (player) => player.until(({ classifier }) => classifier === 'ready', 'the network', 90_000);
async function press(player, id) {
  await player.until(({ buttons }) => buttons.some((button) => button.id === id), id);
  await player.pressMirror(id);
}
async function toThePaper(player) {
  await screen(player, 'title');
  await press(player, 'play');
  await press(player, 'got-it');
  await screen(player, 'draw');
}

// ---- bytes ----

async function bytes() {
  for (const [language, locale, most] of [['English', 'en-US', 300], ['Chinese', 'zh-CN', 450]]) {
    const context = await device({ locale });
    const before = host.bytes;
    host.asked = [];
    host.hold(/^(runtime\/.*|models\/default\.ort|service-worker\.js)$/); // lest they come before the stroke
    const player = await visit(context, '?seed=1');
    await toThePaper(player);
    await host.quiet();
    kilobytes(`${language}: before a stroke can be drawn`, host.bytes - before, most);
    if (options.files) for (const { path, bytes: size } of host.asked) console.log(`|   ${path} | ${size.toLocaleString('en')} B | | |`);
    host.asked = [];
    const first = host.bytes;
    host.release();
    host.hold(/^service-worker\.js$/);
    await ready(player);
    await pause(500); // what follows at once
    kilobytes(`${language}: after it, until a guess is possible (ONNX Runtime and the model)`, host.bytes - first, 700);
    if (options.files) for (const { path, bytes: size } of host.asked) console.log(`|   ${path} | ${size.toLocaleString('en')} B | | |`);
    host.asked = [];
    const kept = host.bytes;
    host.release();
    await player.page.evaluate(() => navigator.serviceWorker.ready.then(() => null));
    await host.quiet();
    kilobytes(`${language}: what only the device keeps besides (icons, the other language's texts, whether files changed)`, host.bytes - kept, null);
    if (options.files) for (const { path, bytes: size } of host.asked) console.log(`|   ${path} | ${size.toLocaleString('en')} B | | |`);
    await player.page.close();

    host.hold(/^(service-worker\.js|config\.json)$/); // the questions after the start whether there is news
    const second = host.bytes;
    const again = await visit(context, '?seed=1');
    await toThePaper(again);
    await ready(again);
    await pause(500);
    kilobytes(`${language}: second visit`, host.bytes - second, 0);
    host.release();
    await host.quiet();
    kilobytes(`${language}: second visit, asking in the background whether there is news`, host.bytes - second, null);
    await context.close();
  }
}

// ---- the peers' bytes ----

// Pages on the internet change and go; what npm has of them stays: the libraries that they load, in the versions that
// their sources name. Left out is what npm has not: their own scripts, and the model of Doodle Dash (a MobileViT). The
// weights of DoodleNet are floats, which hardly pack: they count as they are.
const pagesOfPeers = [
  { what: 'DoodleNet, 345 words (p5.js, TensorFlow.js, its 544,201 weights)', weights: 4 * 544_201,
    files: { 'p5@0.6.0': ['lib/p5.min.js', 'lib/addons/p5.dom.min.js'], '@tensorflow/tfjs@0.15.2': ['dist/tf.min.js'] } },
  { what: 'Doodle Dash (Transformers.js with its ONNX Runtime; without its model)', weights: 0,
    files: { '@xenova/transformers@2.3.0': ['dist/transformers.min.js', 'dist/ort-wasm-simd.wasm'] } },
  { what: 'any page on ONNX Runtime Web as it comes (without its model)', weights: 0,
    files: { 'onnxruntime-web@1.21.0': ['dist/ort.wasm.bundle.min.mjs', 'dist/ort-wasm-simd-threaded.wasm'] } },
];

async function peers() {
  const run = promisify(execFile);
  const folder = join(root, 'build/peers');
  await mkdir(folder, { recursive: true });
  for (const { what, weights, files } of pagesOfPeers) {
    let sum = weights;
    try {
      for (const [name, paths] of Object.entries(files)) {
        const { stdout } = await run('npm', ['pack', name, '--silent', '--prefer-offline', '--fetch-retries=0', '--pack-destination', folder]);
        const packed = join(folder, stdout.trim());
        for (const path of paths) {
          const { stdout: plain } = await run('tar', ['-xzOf', packed, `package/${path}`], { encoding: 'buffer', maxBuffer: 1e8 });
          sum += (await brotli(plain)).length;
        }
      }
    } catch (error) {
      const [why] = String(error.stderr || error.message).trim().split('\n');
      console.log(`| the peers: ${what} | left out: ${why} | | |`);
      continue;
    }
    kilobytes(`the peers: ${what}`, sum, null);
  }
}

// ---- times on a slow link ----

// Presses what leads to the paper as soon as it is there, and notes when.
function hurry() {
  const times = {};
  window.bench = times;
  const note = (name) => { times[name] ??= performance.timeOrigin + performance.now(); };
  const look = () => {
    const mirror = document.getElementById('mirror');
    if (!mirror) return;
    const { screen, classifier } = mirror.dataset;
    if (screen) note(screen);
    if (classifier !== 'loading') note(classifier);
    mirror.querySelector('[data-action=play], [data-action=got-it]')?.click();
  };
  new MutationObserver(look).observe(document, { subtree: true, childList: true, attributes: true });
}

async function link() {
  for (const [language, locale] of [['English', 'en-US'], ['Chinese', 'zh-CN']]) {
    const [titles, strokes, guesses, ends] = [[], [], [], []];
    for (let run = 0; run < runs; ++run) {
      const context = await device({ locale });
      host.link = { rate: 1_600_000 / 8, latency: 150 };
      const player = await visit(context, '?seed=1', { slow: slowed, script: hurry });
      await ready(player);
      const { title, draw, ready: there, origin } = await player.page.evaluate(() => ({ ...window.bench, origin: performance.timeOrigin }));
      const last = Math.max(host.sent.get('models/default.ort'), host.sent.get('runtime/small.wasm'));
      titles.push((title - origin) / 1000);
      strokes.push((draw - origin) / 1000);
      ends.push((slowed * Math.max(0, there - last)) / 1000);
      guesses.push((there + (slowed - 1) * Math.max(0, there - last) - origin) / 1000); // the worker, slowed too
      host.link = null;
      await context.close();
    }
    const count = titles.length > 1 ? `, median of ${titles.length}` : '';
    row(`${language}, 1.6 Mbit/s, 150 ms, CPU / ${slowed}: title shown${count}`, median(titles), null, 's', 2);
    row(`${language}, the same: a stroke can be drawn`, median(strokes), 3, 's', 2);
    row(`${language}, the same: a guess is possible`, median(guesses), 7, 's', 2);
    row('  of it after the last byte has come', median(ends), null, 's', 2);
  }
}

// ---- the network's worker, on a desktop ----

async function session() {
  // The worker says when it begins.
  const body = Buffer.concat([Buffer.from('postMessage({ began: true });\n'), await readFile(join(options.dist, 'classifier.js'))]);
  host.packed.set('classifier.timed.js', { body, head: { 'Content-Type': 'text/javascript', 'Content-Length': body.length, ETag: '"timed"' } });
  const onnx = await readFile(join(root, 'assets/models/default.onnx'));
  host.packed.set('models/default.onnx', { body: onnx, head: { 'Content-Length': onnx.length, ETag: '"onnx"' } });
  const context = await device({ serviceWorkers: 'block' });
  const page = await context.newPage();
  await page.goto(`${address}icons/inkling-192.png`); // of the same origin, and nothing runs on it
  const start = (model) => new Promise((done, fail) => {
    let began;
    const worker = new Worker('../classifier.timed.js', { type: 'module' });
    worker.onmessage = ({ data }) => {
      if (data.failed) fail(new Error(data.reason));
      if (data.began) began = performance.now();
      if (!data.ready) return;
      worker.terminate();
      done((performance.now() - began) / 1000);
    };
    worker.postMessage({ model }); // without a side: no first picture
  });
  const times = { ort: [], onnx: [] };
  for (let run = 0; run < 10; ++run)
    for (const kind of ['ort', 'onnx']) {
      times[kind].push(await page.evaluate(start, `${address}models/default.${kind}`));
      await pause(1000); // a browser goes on compiling what has ended, beside what comes next
    }
  row('the session ready after its script starts, desktop', median(times.ort.slice(1)), 0.15, 's', 3);
  row('  with the stock runtime', median(times.onnx.slice(1)), null, 's', 3);
  await context.close();
}

// ---- frames and the pen ----

// Notes every frame, every move of the pen, every picture and answer of the network. slow: of the worker.
function record({ slow, look }) {
  const noted = { frames: [], moves: [], answers: [] };
  window.bench = noted;
  const now = () => performance.now();
  const rendered = () => window.inkling?.frames() ?? 0;
  const request = window.requestAnimationFrame.bind(window);
  // The ink at the pen, looked at where the frame has just put it: a dark pixel within two of it.
  const inkAt = ({ x, y }) => {
    const gl = document.getElementById('canvas').getContext('webgl2');
    const pixels = new Uint8Array(5 * 5 * 4);
    gl.readPixels(Math.round(x * devicePixelRatio) - 2, gl.drawingBufferHeight - Math.round(y * devicePixelRatio) - 2, 5, 5, gl.RGBA, gl.UNSIGNED_BYTE, pixels);
    for (let i = 0; i < pixels.length; i += 4) if (pixels[i] + pixels[i + 1] + pixels[i + 2] < 330) return true;
    return false;
  };
  window.requestAnimationFrame = (call) => request((time) => {
    const before = rendered();
    const start = now();
    call(time);
    const end = now();
    const drawn = rendered() > before;
    noted.frames.push({ time, start, work: end - start, drawn });
    for (const move of noted.moves) {
      if (move.ink !== undefined) continue;
      move.frames += 1;
      if (!drawn) continue;
      if (look && move === noted.moves.at(-1)) move.seen = inkAt(move);
      move.ink = end;
    }
    for (const answer of noted.answers) {
      if (answer.heard === undefined || answer.shown !== undefined) continue;
      answer.shown = end;
      for (const move of noted.moves.slice(0, answer.covers)) move.guess ??= end;
    }
  });
  const note = (event) => {
    if (document.getElementById('mirror')?.dataset.screen !== 'draw' || event.buttons === 0) return;
    noted.moves.push({ at: event.timeStamp, handled: now(), x: event.clientX, y: event.clientY, frames: 0 });
  };
  addEventListener('mousemove', note, true);

  const Real = window.Worker;
  window.Worker = class extends Real {
    postMessage(message, transfer) {
      if (message.picture) noted.answers.push({ ticket: message.ticket, sent: now(), covers: noted.moves.length });
      super.postMessage(message, transfer);
    }
    set onmessage(hear) {
      super.onmessage = (event) => {
        const answer = noted.answers.find(({ ticket }) => ticket === event.data.ticket);
        if (!answer) return hear.call(this, event);
        answer.took = now() - answer.sent;
        setTimeout(() => {
          hear.call(this, event);
          answer.heard = now();
        }, answer.took * (slow - 1));
      };
    }
  };
}

// A scribble like a drawing: loops that wander over the paper, in strokes of about a second.
const scribble = (i) => [128 + 70 * Math.cos(i / 9) + 45 * Math.cos(i / 31), 128 + 60 * Math.sin(i / 7) + 50 * Math.sin(i / 43)];

async function drawFor(player, seconds) {
  const end = Date.now() + 1000 * seconds;
  let i = 0;
  while (Date.now() < end) {
    const points = await player.place(Array.from({ length: 90 }, () => scribble(i++)));
    await player.mouse('mousePressed', points[0]);
    for (const point of points.slice(1)) {
      const began = performance.now();
      await player.tools.send('Input.dispatchMouseEvent', { type: 'mouseMoved', button: 'left', buttons: 1, ...point });
      await pause(Math.max(0, 8 - (performance.now() - began))); // a pen that reports 120 times a second
      if (Date.now() > end) break;
    }
    await player.mouse('mouseReleased', points.at(-1));
  }
}

// kind: 'look' looks at the ink, 'slow' slows the CPU, 'trace' has Chromium note the processor time of what is done.
async function scribbled(kind, seconds) {
  const context = await device({ serviceWorkers: 'block', locale: 'en-US' });
  const script = kind === 'trace' ? undefined : record;
  const player = await visit(context, '?seed=1&words=camouflage', { script, argument: { slow: kind === 'slow' ? slowed : 1, look: kind === 'look' } });
  await ready(player);
  await toThePaper(player);
  if (kind === 'slow') await player.tools.send('Emulation.setCPUThrottlingRate', { rate: slowed });
  if (kind === 'trace') await browser.startTracing(player.page, { categories: ['devtools.timeline', '__metadata'] });
  else await player.page.evaluate(() => { window.bench.frames.length = 0; });
  await drawFor(player, seconds);
  const noted = kind === 'trace' ? JSON.parse(await browser.stopTracing()).traceEvents : await player.page.evaluate(() => window.bench);
  await context.close();
  return noted;
}

// Milliseconds of processor time, each, of a thread's tasks of one name.
function processorTime(events, threadName, name) {
  const thread = ({ pid, tid }) => `${pid}/${tid}`;
  const threads = new Set(events.filter((event) => event.name === 'thread_name' && event.args.name.startsWith(threadName)).map(thread));
  return events.filter((event) => event.name === name && event.tdur !== undefined && threads.has(thread(event))).map(({ tdur }) => tdur / 1000);
}

async function pen() {
  const seen = (await scribbled('look', 4)).moves.filter((move) => move.seen !== undefined);
  const { frames, moves, answers } = await scribbled('slow', 12);
  const events = await scribbled('trace', 12);
  const drawn = frames.filter((frame) => frame.drawn);
  const intervals = drawn.slice(1).map((frame, i) => frame.time - drawn[i].time);
  const shown = moves.filter((move) => move.ink !== undefined);
  const work = processorTime(events, 'CrRendererMain', 'FireAnimationFrame');
  row(`our own work a frame while drawing, CPU / ${slowed}: processor time of the frame function, times ${slowed}, 95% of ${work.length}`, slowed * quantile(work, 0.95), 16.7, 'ms', 1);
  row('  median', slowed * median(work), null, 'ms', 1);
  row(`  by the clock, slowed ${slowed} times by DevTools, 95% of ${drawn.length}`, quantile(drawn.map((frame) => frame.work), 0.95), null, 'ms', 1);
  row('  from frame to frame, with the software GPU and all, median', median(intervals), null, 'ms', 1);
  row(`pen to ink: moves whose ink is not yet in the next frame, of ${shown.length}`, shown.filter((move) => move.frames > 1).length, 0, 'moves');
  row(`  moves without dark pixels at the pen after that frame, of ${seen.length} (CPU as it is)`, seen.filter((move) => !move.seen).length, 0, 'moves');
  row('  from the event to the end of the frame function, 95%', quantile(shown.map((move) => move.ink - move.at), 0.95), null, 'ms', 1);
  const guessed = moves.filter((move) => move.guess !== undefined);
  row(`ink to guess, CPU / ${slowed}: from the pen's event to the frame with the answer, by the clock, 95% of ${guessed.length}`, quantile(guessed.map((move) => move.guess - move.at), 0.95), null, 'ms', 1);
  row(`  of it the worker, held to ${slowed} times, 95%`, quantile(answers.filter((answer) => answer.heard).map((answer) => answer.heard - answer.sent), 0.95), null, 'ms', 1);
  // The screen asks for a frame every 16.7 ms: the pen waits for one, its picture is answered by one of the next.
  const [event, frame, network, message] = [['CrRendererMain', 'EventDispatch'], ['CrRendererMain', 'FireAnimationFrame'],
    ['DedicatedWorker', 'HandlePostMessage'], ['CrRendererMain', 'HandlePostMessage']].map((step) => slowed * quantile(processorTime(events, ...step), 0.95));
  const until = Math.ceil((frame + network + message) / (1000 / 60)) * (1000 / 60);
  row(`  by processor time, times ${slowed}, the 95% of each: event ${event.toFixed(1)}, wait for a frame 16.7, frame ${frame.toFixed(1)}, network ${network.toFixed(1)}, `
    + `message ${message.toFixed(1)}, till the next frame ${(until - frame - network - message).toFixed(1)}, frame ${frame.toFixed(1)}`,
  event + 1000 / 60 + until + frame, 50, 'ms', 1);
}

// ---- idle screens ----

async function idle() {
  const context = await device({ serviceWorkers: 'block', locale: 'en-US' });
  const player = await visit(context, '?seed=1&words=circle,square');
  await ready(player);
  const still = async (name) => {
    // Motion comes to rest.
    for (let before = -1, now = 0; before !== now; [before, now] = [now, await player.frames()]) await pause(1000);
    const before = await player.frames();
    await pause(5000);
    row(`frames in 5 s, ${name}`, await player.frames() - before, 0, 'frames');
  };
  await still('title');
  await press(player, 'play');
  await screen(player, 'card');
  await still('word card');
  for (let round = 0; round < 6; ++round) {
    await press(player, 'got-it');
    await screen(player, 'draw');
    await press(player, 'skip');
    await screen(player, 'verdict');
    if (round === 0) await still('verdict');
    await press(player, 'continue');
  }
  await screen(player, 'gallery');
  await still('gallery');
  await context.close();
}

// ---- memory ----

async function memory() {
  if (rounds === 0) return;
  const context = await device({ serviceWorkers: 'block', locale: 'en-US' });
  const player = await visit(context, '?seed=1');
  await ready(player);
  const workers = [];
  player.tools.on('Target.attachedToTarget', ({ sessionId }) => workers.push(sessionId));
  const answers = new Map();
  player.tools.on('Target.receivedMessageFromTarget', ({ message }) => {
    const { id, result } = JSON.parse(message);
    answers.get(id)?.(result);
  });
  await player.tools.send('Target.setAutoAttach', { autoAttach: true, waitForDebuggerOnStart: false, flatten: false });
  let asked = 0;
  const ask = (sessionId, method) => new Promise((done) => {
    answers.set(++asked, done);
    player.tools.send('Target.sendMessageToTarget', { sessionId, message: JSON.stringify({ id: asked, method }) });
  });
  const measure = async () => {
    await player.tools.send('HeapProfiler.collectGarbage');
    const { usedSize, backingStorageSize } = await player.tools.send('Runtime.getHeapUsage');
    const page = { wasm: await player.page.evaluate(() => window.inkling.memory()), page: usedSize, outside: backingStorageSize, worker: 0 };
    for (const worker of workers) {
      await ask(worker, 'HeapProfiler.collectGarbage');
      const usage = await ask(worker, 'Runtime.getHeapUsage');
      page.worker += usage.usedSize + usage.backingStorageSize;
    }
    return page;
  };
  await press(player, 'play');
  let before;
  for (let round = 1; round <= rounds; ++round) {
    await press(player, 'got-it');
    await screen(player, 'draw');
    // A drawing of some strokes, as events of the page: quicker than by the protocol.
    const strokes = await Promise.all([0, 1, 2, 3].map((n) => player.place(Array.from({ length: 40 }, (_, i) => scribble(round * 173 + n * 40 + i)))));
    await player.page.evaluate(async (all) => {
      const canvas = document.getElementById('canvas');
      const mouse = (type, { x, y }, buttons) => canvas.dispatchEvent(new MouseEvent(type, { clientX: x, clientY: y, button: 0, buttons, bubbles: true, cancelable: true }));
      for (const points of all) {
        mouse('mousedown', points[0], 1);
        for (const [i, point] of points.entries()) {
          mouse('mousemove', point, 1);
          if (i % 20 === 0) await new Promise(requestAnimationFrame);
        }
        mouse('mouseup', points.at(-1), 0);
        await new Promise(requestAnimationFrame);
      }
    }, strokes);
    // On to the next word, whatever came of this one: a win may show at any moment.
    await player.until(async ({ screen: name }) => name === 'card' || (await player.page.evaluate((on) => {
      // The pen of a round that was won meanwhile may have opened a drawing of the gallery.
      document.querySelector(on === 'replay' ? '[data-action=back]' : '[data-action=skip], [data-action=continue], [data-action=again]')?.click();
    }, name), false), 'the next word');
    if (round === 20) before = await measure();
    if (process.stderr.isTTY && round % 50 === 0) console.error(`round ${round}`);
  }
  const now = await measure();
  const grown = (name) => (now[name] - before[name]) / 1e6;
  const all = ['wasm', 'page', 'outside', 'worker'];
  row(`memory: growth from round 20 to ${rounds}, after a collection`, all.reduce((sum, name) => sum + grown(name), 0), 1, 'MB', 2);
  for (const [name, what] of [['wasm', 'heap of the game'], ['page', 'JavaScript of the page'], ['outside', 'buffers of the page'], ['worker', "the worker's"]]) {
    row(`  ${what}: ${(now[name] / 1e6).toFixed(1)} MB, grown by`, grown(name), null, 'MB', 2);
  }
  await context.close();
}

const all = { bytes, peers, link, session, pen, idle, memory };
for (const part of parts) {
  if (!all[part]) throw new Error(`--only ${part}: ${Object.keys(all).join(', ')}`);
  await all[part]();
}
await browser.close();
await site.close();
process.exit(verdict('. Times by the clock are those of a machine that does nothing else.'));
