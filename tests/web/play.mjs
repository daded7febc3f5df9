// What the page's tests share: dist/ served under a sub-path, a browser, and a player who sees the game through
// its mirror and touches it as a person would. The browser is Chromium; webdriver.mjs has the others.
//
//   CHROMIUM      the browser (default: Debian's)
//   INKLING_DATA  a folder with strokes/*.bin, for the tests with real drawings

import assert from 'node:assert/strict';
import { chromium } from 'playwright-core';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { PNG } from 'pngjs';
import { serve } from '../../tools/serve.mjs';
import { listener } from './webdriver.mjs';

export const root = join(dirname(fileURLToPath(import.meta.url)), '../..');
export const dist = join(root, 'dist');
export const screens = join(root, 'build/screens');
export const phone = { width: 390, height: 844 };
export const desktop = { width: 1440, height: 900 };

async function serveDist(meddle) {
  if (!existsSync(join(dist, 'index.html'))) throw new Error('no dist/: run ./play --build first');
  mkdirSync(screens, { recursive: true });
  return serve({ root: dist, base: '/some/where/', port: 8700, meddle });
}

/** Starts a browser and a server; `close` ends both. */
export async function start({ args = [], env = {} } = {}) {
  const site = await serveDist();
  const browser = await chromium.launch({
    executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
    env: { ...process.env, ...env },
    args: ['--no-sandbox', '--use-gl=angle', '--use-angle=swiftshader', '--enable-unsafe-swiftshader',
      '--disable-background-networking', '--disable-component-update', '--disable-sync', '--no-first-run', ...args],
  });
  return {
    site,
    browser,
    open: (query = '', options = {}) => open(browser, site, query, options),
    async close() {
      await browser.close();
      await site.close();
    },
  };
}

/** The same in a browser of webdriver.mjs; each `open` is a browser of its own. */
export async function startOther(browser) {
  const site = await serveDist((request, response) => {
    const path = request.url.replace('/some/where/', '');
    if (path === 'listener.js') response.writeHead(200, { 'Content-Type': 'text/javascript' }).end(listener);
    else if (path === '' || path.startsWith('?')) {
      const page = readFileSync(join(dist, 'index.html'), 'utf8').replace('<head>', '<head><script src="listener.js"></script>');
      response.writeHead(200, { 'Content-Type': 'text/html; charset=utf-8' }).end(page);
    } else return false;
    return true;
  });
  return {
    site,
    async open(query = '', { viewport = phone } = {}) {
      const player = new Player(null, site, await browser.launch({ viewport }));
      await player.driver.goto(site.address + query);
      await player.until(({ screen }) => screen === 'title', `the title in ${browser.name}`, 30_000);
      return player;
    },
    close: site.close,
  };
}

/** Opens the game in a fresh context, which keeps nothing on the device unless `serviceWorkers` is 'allow'.
 * prepare(page): before the address is gone to. Resolves to a Player. */
async function open(browser, site, query, { viewport = phone, touch = false, prepare, arrive = true, ...options }) {
  const context = await browser.newContext({ viewport, hasTouch: touch, reducedMotion: 'reduce', serviceWorkers: 'block', ...options });
  const page = await context.newPage();
  const player = new Player(page, site);
  await prepare?.(page);
  await page.goto(site.address + query);
  if (arrive) await player.until(({ screen }) => screen === 'title', 'the title');
  return player;
}

// What the player needs of Chromium: the driver that webdriver.mjs has for the others.
class Chromium {
  constructor(page) {
    this.page = page;
    this.complaints = []; // of the console, and uncaught errors
    page.on('pageerror', (error) => this.complaints.push(String(error)));
    page.on('console', (message) => {
      if (/blocked by Playwright/.test(message.text())) return;
      if (/ScriptProcessorNode is deprecated/.test(message.text())) return; // SDL 2 sounds through it
      if (message.type() === 'error' || message.type() === 'warning') this.complaints.push(message.text());
    });
  }

  goto(address) { return this.page.goto(address); }
  reload() { return this.page.reload(); }
  evaluate(call, argument) { return this.page.evaluate(call, argument); }
  screenshot() { return this.page.screenshot({ animations: 'allow' }); }
  close() { return this.page.context().close(); }
  async heard() { return this.complaints; }

  // By the DevTools protocol itself: Playwright's moves watch for drag and drop, at five round trips each.
  async mouse(type, { x, y }) {
    const tools = await this.#tools();
    const send = (event) => tools.send('Input.dispatchMouseEvent', { x, y, ...event });
    if (type === 'mousePressed') await send({ type: 'mouseMoved' }); // a mouse comes from somewhere
    await send({ type, button: 'left', buttons: type === 'mouseReleased' ? 0 : 1, clickCount: type === 'mouseMoved' ? 0 : 1 });
  }

  async touch(type, ...points) {
    await (await this.#tools()).send('Input.dispatchTouchEvent', {
      type, touchPoints: points.map(({ x, y }, id) => ({ x: Math.round(x), y: Math.round(y), id })),
    });
  }

  async #tools() {
    this.devtools ??= await this.page.context().newCDPSession(this.page);
    return this.devtools;
  }
}

export class Player {
  /** page: Playwright's, where the browser is Chromium. */
  constructor(page, site, driver = new Chromium(page)) {
    this.page = page;
    this.site = site;
    this.driver = driver;
    this.requests = [];
    this.complaints = driver.complaints ?? []; // as they come, where the browser tells them so; else see heard()
    page?.on('request', (request) => this.requests.push(request.url()));
  }

  close() { return this.driver.close(); }
  evaluate(call, argument) { return this.driver.evaluate(call, argument); }

  /** All complaints until now, in any browser. */
  heard() { return this.driver.heard(); }

  /** The mirror: its attributes, text, what was said, and its buttons. */
  mirror() {
    return this.evaluate(() => {
      const root = document.getElementById('mirror');
      return {
        ...root.dataset,
        seconds: Number(root.dataset.seconds),
        paper: root.dataset.paper?.split(',').map(Number),
        heading: root.querySelector('h1').textContent,
        text: root.querySelector('p').textContent,
        said: [...root.querySelectorAll('li')].map((item) => item.textContent),
        buttons: [...root.querySelectorAll('button')].map((button) => {
          const { x, y, width, height } = button.getBoundingClientRect();
          return { id: button.dataset.action, label: button.textContent, x, y, width, height,
            enabled: button.getAttribute('aria-disabled') !== 'true' };
        }),
      };
    });
  }

  /** Waits until the mirror is so; says what was waited for when it never is. */
  async until(wanted, what, ms = 10_000) {
    const end = Date.now() + ms;
    for (;;) {
      const mirror = await this.mirror().catch((error) => {
        if (/navigation/.test(error.message)) return null; // the page is being loaded again
        throw error;
      });
      if (mirror && await wanted(mirror)) return mirror;
      if (Date.now() > end) {
        throw new Error(`waited ${ms} ms for ${what}; the mirror says ${JSON.stringify(mirror)}; ` +
          `the console: ${(await this.heard()).join(' | ')}`);
      }
      await new Promise((done) => setTimeout(done, 40));
    }
  }

  /** Presses a drawn button where it lies, with the mouse. */
  async press(id) {
    const point = await this.#centre(id);
    await this.mouse('mousePressed', point);
    await this.mouse('mouseReleased', point);
  }

  async tap(id) {
    await this.touch('touchStart', await this.#centre(id));
    await this.touch('touchEnd');
  }

  /** Presses the mirror's own button, as a screen reader does. */
  async pressMirror(id) {
    await this.#centre(id); // it is there, and may be pressed
    return this.evaluate((action) => document.querySelector(`[data-action="${action}"]`).click(), id);
  }

  /** Waits until what was done is on the screen: nobody presses a button of a screen that is not drawn yet, and the game
   * lets nobody. (A hidden page draws nothing.) */
  drawn() {
    return this.evaluate(() => Promise.race([
      new Promise((resolve) => { setTimeout(resolve, 150); }),
      new Promise((resolve) => { requestAnimationFrame(() => requestAnimationFrame(resolve)); }),
    ]).then(() => null));
  }

  async #centre(id) {
    await this.drawn();
    const { buttons } = await this.until(({ buttons }) => buttons.some((button) => button.id === id && button.enabled),
      `the button ${id}`);
    const { x, y, width, height } = buttons.find((button) => button.id === id);
    return { x: x + width / 2, y: y + height / 2 };
  }

  /** Points of 0..255 in the middle of the paper, as {x, y} in CSS pixels. */
  async place(points) {
    const [left, top, width, height] = (await this.mirror()).paper;
    const side = Math.min(width, height) * 0.8;
    const at = ([x, y]) => ({ x: left + (width - side) / 2 + (x / 255) * side, y: top + (height - side) / 2 + (y / 255) * side });
    return points.map(at);
  }

  /** Draws strokes of 0..255 until the word is decided (in practice, all of them), in moves of a tenth of the drawing at most. */
  async draw(strokes, { touch = false } = {}) {
    for (const stroke of strokes) {
      const { result, screen } = await this.mirror();
      if (screen !== 'practice' && (result || screen !== 'draw')) return;
      const points = await this.place(moves(stroke, 25));
      await (touch ? this.touch('touchStart', points[0]) : this.mouse('mousePressed', points[0]));
      for (const point of points.slice(1)) await (touch ? this.touch('touchMove', point) : this.mouse('mouseMoved', point));
      await (touch ? this.touch('touchEnd') : this.mouse('mouseReleased', points.at(-1)));
    }
  }

  /** mouse('mousePressed' | 'mouseMoved' | 'mouseReleased', point), the left button held in between. */
  mouse(type, point) { return this.driver.mouse(type, point); }

  /** touch('touchStart' | 'touchMove' | 'touchEnd', point, point): what the fingers on the glass are now. More than one
   * in Chromium alone. */
  touch(type, ...points) { return this.driver.touch(type, ...points); }

  frames() { return this.evaluate(() => window.inkling.frames()); }

  /** The page as a picture: {width, height, pixels} with pixels as RGBA bytes. */
  async picture(path) {
    const png = await this.driver.screenshot();
    if (path) writeFileSync(path, png);
    const { width, height, data } = PNG.sync.read(png);
    return { width, height, pixels: data };
  }
}

/** Drops a file on the page, as the browser tells it. */
export const drop = (player, name, bytes) => player.evaluate(async ([file, base64]) => {
  const content = Uint8Array.from(atob(base64), (c) => c.charCodeAt(0));
  const dataTransfer = new DataTransfer();
  dataTransfer.items.add(new File([content], file));
  const tell = (type) => document.getElementById('canvas').dispatchEvent(new DragEvent(type, { dataTransfer, bubbles: true, cancelable: true }));
  tell('dragover');
  window.held = document.getElementById('drop').hidden ? '' : document.getElementById('drop').textContent;
  tell('drop');
}, [name, Buffer.from(bytes).toString('base64')]);

/** The points of a stroke with no two further apart than `step`. */
function moves(stroke, step) {
  const points = [stroke[0]];
  for (const [x, y] of stroke.slice(1)) {
    const [fromX, fromY] = points.at(-1);
    const count = Math.max(1, Math.ceil(Math.hypot(x - fromX, y - fromY) / step));
    for (let i = 1; i <= count; ++i) points.push([fromX + ((x - fromX) * i) / count, fromY + ((y - fromY) * i) / count]);
  }
  if (points.length === 1) points.push([points[0][0] + 1, points[0][1]]); // a dot
  return points;
}

/** Is the pixel dark ink on light paper? */
export function isInk({ width, pixels }, x, y) {
  const at = 4 * (Math.round(y) * width + Math.round(x));
  return pixels[at] + pixels[at + 1] + pixels[at + 2] < 3 * 110;
}

/** The number of ink pixels in a box of CSS pixels (default: everywhere). */
export function inkIn(picture, [left, top, width, height] = [0, 0, picture.width, picture.height]) {
  let count = 0;
  for (let y = Math.ceil(top); y < Math.floor(top + height); ++y) {
    for (let x = Math.ceil(left); x < Math.floor(left + width); ++x) count += isInk(picture, x, y);
  }
  return count;
}

/** Looks at a screen, as build/screens/NAME-WxH.png: something is drawn, nothing is cut off, nothing overflows. */
export async function look(player, name) {
  await player.drawn(); // and at rest: see `open`
  await player.drawn();
  const { width, height } = player.page.viewportSize();
  const mirror = await player.mirror();
  const picture = await player.picture(join(screens, `${name}-${width}x${height}.png`));
  const ink = inkIn(picture);
  assert.ok(ink > 300, `${name}: ${ink} pixels of ink: blank`);
  assert.ok(ink < 0.4 * width * height, `${name}: ${ink} pixels of ink: not paper`);
  const frame = inkIn(picture, [0, 0, width, 2]) + inkIn(picture, [0, height - 2, width, 2]) +
    inkIn(picture, [0, 0, 2, height]) + inkIn(picture, [width - 2, 0, 2, height]);
  assert.ok(frame < 20, `${name}: ${frame} pixels of ink at the window's edge: cut off`);
  for (const { id, x, y, width: w, height: h } of mirror.buttons) {
    assert.ok(x >= 0 && y >= 0 && x + w <= width && y + h <= height, `${name}: ${id} leaves the window`);
    assert.ok(w >= 44 && h >= 44, `${name}: ${id} is ${w} x ${h}, too small for a thumb`);
  }
  assert.ok(mirror.heading, `${name}: no heading`);
  if (mirror.screen === 'draw' || mirror.screen === 'practice') {
    const [x, y, w, h] = mirror.paper;
    assert.ok(w > 200 && h > 200 && x >= 0 && y >= 0 && x + w <= width && y + h <= height, `${name}: paper ${mirror.paper}`);
  }
  const page = await player.page.evaluate(() => [document.documentElement.scrollWidth - innerWidth,
    document.documentElement.scrollHeight - innerHeight, scrollX, scrollY]);
  assert.ok(page[0] <= 0 && page[1] <= 0 && page[2] === 0 && page[3] === 0, `${name}: the page overflows, ${page}`);
}

const ring = (count, radius, phase = 0) => Array.from({ length: count + 1 }, (_, i) => {
  const angle = phase + (2 * Math.PI * i) / count;
  return [128 + radius * Math.cos(angle), 128 + radius * Math.sin(angle)];
});

/** Drawings that need no data: category -> strokes of 0..255. */
export const shapes = {
  circle: [ring(28, 120)],
  square: [[[12, 10], [244, 14], [240, 243], [14, 240], [11, 9]]],
  triangle: [[[128, 16], [245, 232], [10, 228], [129, 15]]],
  line: [[[6, 122], [128, 128], [250, 131]]],
  zigzag: [[[5, 90], [50, 170], [90, 88], [135, 172], [175, 90], [215, 168], [250, 92]]],
  star: [[0, 2, 4, 1, 3, 0].map((i) => ring(5, 122, -Math.PI / 2)[i])],
};
