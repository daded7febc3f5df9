// Firefox and WebKit for the player of play.mjs, by W3C WebDriver (https://www.w3.org/TR/webdriver2): WebKit's own
// driver speaks it over HTTP, Firefox over the socket of Marionette
// (https://firefox-source-docs.mozilla.org/testing/marionette/Protocol.html). Both draw on a display of their own,
// Xvfb: without one WebKit does not start, and Firefox has no WebGL.
//
//   FIREFOX, WEBKIT_DRIVER, MINIBROWSER, XVFB   the programs (default: Debian's)
//
// Each launch is a device of its own, which has never seen the game.

import { execFileSync, spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const patience = 30_000; // ms, for a browser to start
const longScripts = { script: 120_000 }; // ms: a thousand pictures by two runtimes take a while
const pause = (ms) => new Promise((done) => setTimeout(done, ms));

async function until(found, what) {
  for (const end = Date.now() + patience; ; await pause(50)) {
    const value = await found();
    if (value) return value;
    if (Date.now() > end) throw new Error(`waited ${patience} ms for ${what}`);
  }
}

function program(name, otherwise) {
  if (process.env[name]) return process.env[name];
  try {
    return execFileSync('sh', ['-c', `command -v ${otherwise}`], { encoding: 'utf8' }).trim();
  } catch {
    return null;
  }
}

function miniBrowser() {
  if (process.env.MINIBROWSER) return process.env.MINIBROWSER;
  for (const folder of existsSync('/usr/lib') ? readdirSync('/usr/lib') : []) {
    const file = `/usr/lib/${folder}/webkit2gtk-4.1/MiniBrowser`;
    if (existsSync(file)) return file;
  }
  return null;
}

const programs = {
  Xvfb: program('XVFB', 'Xvfb'),
  'Firefox ESR': program('FIREFOX', 'firefox-esr'),
  WebKitWebDriver: program('WEBKIT_DRIVER', 'WebKitWebDriver'),
  MiniBrowser: miniBrowser(),
};

// A program, its output in a file, that ends with the test.
function run(command, args, { env = process.env, log, ...more } = {}) {
  const child = spawn('sh', ['-c', `exec "$0" "$@" >>'${log}' 2>&1`, command, ...args], { env, stdio: 'ignore', ...more });
  const kill = () => child.kill('SIGKILL');
  process.once('exit', kill);
  const exited = new Promise((done) => child.once('exit', done));
  return {
    child,
    async end() {
      child.kill();
      if (await Promise.race([exited, pause(3000).then(() => 'late')]) === 'late') kill();
      await exited;
      process.off('exit', kill);
    },
  };
}

// An X server of the first free number.
async function openDisplay(folder) {
  const said = join(folder, 'display');
  const server = run('sh', ['-c', `exec "$0" -displayfd 3 -screen 0 1600x1000x24 -nolisten tcp 3>'${said}'`, programs.Xvfb],
    { log: join(folder, 'xvfb.log') });
  const number = await until(() => existsSync(said) && /^\d+\n/.exec(readFileSync(said, 'utf8'))?.[0].trim(), 'an X server');
  return { env: { ...process.env, DISPLAY: `:${number}`, LIBGL_ALWAYS_SOFTWARE: '1', NO_AT_BRIDGE: '1' }, end: server.end };
}

// ---- the two ways a command is sent: send(verb, path, body), as the standard writes them ----

function overHttp(address) {
  return async (verb, path, body) => {
    const answer = await fetch(address + path, { method: verb, body: verb === 'POST' ? JSON.stringify(body) : undefined });
    const { value } = await answer.json();
    if (!answer.ok) throw new Error(`${verb} ${path}: ${value?.message ?? value?.error}`);
    return value;
  };
}

// Marionette's names of the commands that are used here.
const marionette = {
  'POST /url': 'WebDriver:Navigate',
  'POST /execute/sync': 'WebDriver:ExecuteScript',
  'POST /actions': 'WebDriver:PerformActions',
  'POST /window/rect': 'WebDriver:SetWindowRect',
  'POST /refresh': 'WebDriver:Refresh',
  'GET /screenshot': 'WebDriver:TakeScreenshot',
  'DELETE ': 'WebDriver:DeleteSession',
};

// Messages are "length:JSON": [0, id, command, parameters] there, [1, id, error, value] back.
async function overMarionette(port) {
  const socket = connect(port, '127.0.0.1');
  const waiting = new Map();
  let bytes = Buffer.alloc(0);
  let last = 0;
  const broke = () => {
    for (const { refuse } of waiting.values()) refuse(new Error('Firefox is gone'));
    waiting.clear();
  };
  const greeted = new Promise((done, refuse) => {
    socket.once('error', refuse);
    socket.once('data', done); // {"applicationType": "gecko", "marionetteProtocol": 3}
  });
  socket.on('error', broke).on('close', broke).on('data', (piece) => {
    bytes = Buffer.concat([bytes, piece]);
    for (;;) {
      const colon = bytes.indexOf(':');
      const end = colon + 1 + Number(bytes.subarray(0, Math.max(colon, 0)));
      if (colon < 0 || bytes.length < end) return;
      const message = JSON.parse(bytes.subarray(colon + 1, end));
      bytes = bytes.subarray(end);
      if (!Array.isArray(message)) continue; // the greeting
      const [, id, error, value] = message;
      const { done, refuse, name } = waiting.get(id);
      waiting.delete(id);
      if (error) refuse(new Error(`${name}: ${error.message}`));
      else done(value && Object.keys(value).length === 1 && 'value' in value ? value.value : value);
    }
  });
  await greeted;
  const command = (name, parameters) => new Promise((done, refuse) => {
    const id = ++last;
    waiting.set(id, { done, refuse, name });
    const text = JSON.stringify([0, id, name, parameters]);
    socket.write(`${Buffer.byteLength(text)}:${text}`);
  });
  return { command, send: (verb, path, body = {}) => command(marionette[`${verb} ${path}`], path === '/screenshot' ? { full: false } : body) };
}

// ---- what the player uses ----

class Driver {
  constructor(send) { this.send = send; }

  goto(address) { return this.send('POST', '/url', { url: address }); }
  reload() { return this.send('POST', '/refresh', {}); }

  /** Calls a function in the page. What it returns, or promises, comes back. */
  evaluate(call, argument = null) {
    return this.send('POST', '/execute/sync', { script: `return (${call})(arguments[0])`, args: [argument] });
  }

  /** Makes the page so large, or as small as the browser's window can be. */
  async resize({ width, height }) {
    let wanted = { width, height };
    for (let i = 0; i < 2; ++i) { // the window's own frame is known after the first
      const before = await this.evaluate(() => [innerWidth, innerHeight]);
      await this.send('POST', '/window/rect', { x: 0, y: 0, ...wanted });
      const [w, h] = await until(async () => {
        const now = await this.evaluate(() => [innerWidth, innerHeight]);
        return `${now}` !== `${before}` || (now[0] === width && now[1] === height) ? now : null;
      }, 'a window of another size').catch(() => before);
      if (h === height) return;
      wanted = { width: wanted.width + Math.max(0, width - w), height: wanted.height + height - h };
    }
  }

  #pointer(pointerType, ...actions) {
    return this.send('POST', '/actions', { actions: [{ type: 'pointer', id: pointerType, parameters: { pointerType }, actions }] });
  }

  mouse(type, point) { return this.#pointer('mouse', ...this.actions(type, point)); }
  touch(type, point) { return this.#pointer('touch', ...this.actions(type, point)); }

  actions(type, point) {
    const move = point && { type: 'pointerMove', duration: 0, x: Math.round(point.x), y: Math.round(point.y) };
    const button = { mousePressed: 'pointerDown', touchStart: 'pointerDown', mouseReleased: 'pointerUp', touchEnd: 'pointerUp' }[type];
    return [...(move ? [move] : []), ...(button ? [{ type: button, button: 0 }] : [])];
  }

  async screenshot() { return Buffer.from(await this.send('GET', '/screenshot'), 'base64'); }

  /** What the page complained of, as `listener` heard it. */
  heard() { return this.evaluate(() => window.complaints.map(String)); }
}

class WebKit extends Driver {
  /** Its driver makes a mouse of every finger, and the page cannot construct one on a machine without a touch screen:
   * the game gets events with a finger's properties, made by a script. */
  touch(type, point) {
    this.finger = point ?? this.finger;
    return this.evaluate(({ type, x, y }) => {
      const target = document.getElementById('canvas');
      const touch = { identifier: 1, target, clientX: x, clientY: y, pageX: x, pageY: y, screenX: x, screenY: y, force: 1 };
      const touches = type === 'touchend' ? [] : [touch];
      target.dispatchEvent(Object.assign(new Event(type, { bubbles: true, cancelable: true }),
        { touches, targetTouches: touches, changedTouches: [touch] }));
    }, { type: type.toLowerCase(), ...this.finger });
  }
}

/** A script for the head of the page: WebDriver tells nothing of what a console is told. */
export const listener = `window.complaints = [];
for (const kind of ['error', 'warn']) {
  const told = console[kind];
  console[kind] = (...words) => {
    complaints.push(words.map(String).join(' '));
    told.apply(console, words);
  };
}
addEventListener('error', (event) => complaints.push(event.message ?? 'a file that did not come'), true);
addEventListener('unhandledrejection', ({ reason }) => complaints.push(String(reason)));
addEventListener('securitypolicyviolation', ({ violatedDirective, blockedURI }) => complaints.push(violatedDirective + ' ' + blockedURI));
`;

/** Both take {viewport}, and resolve to a Driver with the programs behind it, which `close` ends. `lacks()` names what
 * this machine lacks for them. */
export const firefox = {
  name: 'Firefox',
  fingers: 'of the browser',
  lacks: () => ['Xvfb', 'Firefox ESR'].filter((name) => !programs[name]),
  async launch({ viewport }) {
    const folder = mkdtempSync(join(tmpdir(), 'inkling-firefox-'));
    const display = await openDisplay(folder);
    const settings = {
      'marionette.port': 0, // any free one
      'dom.w3c_touch_events.enabled': 1,
      'ui.prefersReducedMotion': 1,
      'intl.accept_languages': 'en',
      'browser.shell.checkDefaultBrowser': false,
      'browser.aboutwelcome.enabled': false,
      'datareporting.policy.dataSubmissionEnabled': false,
      'app.update.disabledForTesting': true,
      'app.normandy.enabled': false,
      'services.settings.server': 'data:,none',
      'network.captive-portal-service.enabled': false,
      'network.connectivity-service.enabled': false,
    };
    writeFileSync(join(folder, 'user.js'), Object.entries(settings)
      .map(([name, value]) => `user_pref(${JSON.stringify(name)}, ${JSON.stringify(value)});\n`).join(''));
    const browser = run(programs['Firefox ESR'], ['--marionette', '--no-remote', '--profile', folder],
      { env: display.env, log: join(folder, 'log') });
    const file = join(folder, 'MarionetteActivePort');
    const port = await until(() => existsSync(file) && Number(readFileSync(file, 'utf8')), 'Firefox');
    const wire = await until(() => overMarionette(port).catch(() => null), 'Marionette');
    await wire.command('WebDriver:NewSession', { capabilities: {} });
    await wire.command('WebDriver:SetTimeouts', longScripts);
    const driver = new Driver(wire.send);
    driver.close = async () => {
      await Promise.race([wire.command('Marionette:Quit', { flags: ['eForceQuit'] }).catch(() => {}), pause(3000)]);
      await browser.end();
      await display.end();
      rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
    };
    await driver.resize(viewport);
    return driver;
  },
};

export const webkit = {
  name: 'WebKit',
  fingers: 'events made by a script in the page, for its driver has none',
  lacks: () => ['Xvfb', 'WebKitWebDriver', 'MiniBrowser'].filter((name) => !programs[name]),
  async launch({ viewport }) {
    const folder = mkdtempSync(join(tmpdir(), 'inkling-webkit-'));
    const display = await openDisplay(folder);
    const port = 20_000 + (process.pid % 20_000);
    const server = run(programs.WebKitWebDriver, [`--port=${port}`], { env: { ...display.env, HOME: folder, XDG_RUNTIME_DIR: folder }, log: join(folder, 'driver.log') });
    const send = overHttp(`http://127.0.0.1:${port}`);
    await until(() => send('GET', '/status').then(() => true, () => false), 'WebKitWebDriver');
    const { sessionId } = await send('POST', '/session', { capabilities: { alwaysMatch: { 'webkitgtk:browserOptions': {
      binary: programs.MiniBrowser, args: ['--automation'],
    } } } });
    await send('POST', `/session/${sessionId}/timeouts`, longScripts);
    const driver = new WebKit((verb, path, body) => send(verb, `/session/${sessionId}${path}`, body));
    driver.close = async () => {
      await Promise.race([driver.send('DELETE', '').catch(() => {}), pause(3000)]);
      await server.end();
      await display.end();
      rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
    };
    await driver.resize(viewport);
    return driver;
  },
};
