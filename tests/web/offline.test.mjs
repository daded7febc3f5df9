// The game without a network: what is kept, what is asked for, and how one version follows another. The page is opened
// by 127.0.0.1, as on any host; at localhost it asks for what was built last before it starts (web/offline.js).

import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, beforeEach, test } from 'node:test';
import { PNG } from 'pngjs';
import { serve } from '../../tools/serve.mjs';
import { dist, drop, phone, Player, root, shapes, start } from './play.mjs';
import { toPaper } from './rounds.mjs';

const folder = mkdtempSync(join(tmpdir(), 'inkling-offline-'));
const at = (path) => join(folder, path);
const ofMaker = ['models/mine.onnx', 'runtime/stock.wasm', 'runtime/stock.js']; // files that a maker's model needs
let here, site, address;
let asked = []; // paths that the host was asked for
let breaks = () => false; // of a path: the connection breaks there

before(async () => {
  here = await start();
  site = await serve({ root: folder, base: '/some/where/', port: 8720, meddle(request) {
    const path = request.url.replace('/some/where/', '');
    asked.push(path);
    if (breaks(path)) request.socket.destroy();
    return breaks(path);
  } });
  address = site.address.replace('localhost', '127.0.0.1');
});
after(async () => {
  await here?.close();
  await site?.close();
  rmSync(folder, { recursive: true });
});
beforeEach(() => {
  rmSync(folder, { recursive: true });
  cpSync(dist, folder, { recursive: true });
  breaks = () => false;
  asked = [];
});

const device = () => here.browser.newContext({ viewport: phone, reducedMotion: 'reduce' });

/** The page in a tab of its own, at its title. */
async function arrive(context, query = '', from = address) {
  const player = new Player(await context.newPage(), site);
  await player.page.goto(from + query);
  await player.until(({ screen }) => screen === 'title', 'the title');
  return player;
}

/** Waits until a worker of this state is there: installing, waiting, active. */
async function worker(player, state) {
  for (let i = 0; i < 200; ++i) {
    const there = await player.page.evaluate(async (name) => {
      const found = (await navigator.serviceWorker.getRegistration())?.[name];
      return found ? found.state : null;
    }, state);
    if (there && there !== 'activating') return;
    await player.page.waitForTimeout(50);
  }
  throw new Error(`no worker that is ${state}; ${player.complaints}`);
}

/** Visits, and goes away when the game is kept. */
async function visit(context, query = '', { from = address, paths = [] } = {}) {
  const player = await arrive(context, query, from);
  await player.until(({ classifier }) => classifier === 'ready', 'the classifier', 20_000);
  await worker(player, 'active');
  for (const path of paths) await keeps(player, path);
  await player.page.close();
}

/** Waits until a file that only some pages need is kept. */
const keeps = (player, path) => player.page.waitForFunction(async (name) => Boolean(await caches.match(new URL(name, location.href))), path);

/** Another version on the host: a file with other bytes, and the list that says so. */
function publish(path, change) {
  const hash = (bytes) => createHash('sha256').update(bytes).digest('hex');
  const old = readFileSync(at(path));
  const bytes = Buffer.from(change(old.toString()));
  writeFileSync(at(path), bytes);
  const list = readFileSync(at('service-worker.js'), 'utf8');
  const version = list.match(/version = '(\w+)'/)[1];
  writeFileSync(at('service-worker.js'), list.replace(hash(old), hash(bytes)).replace(version, hash(`${version}${bytes}`).slice(0, 16)));
}
const tagline = (words) => (tsv) => tsv.replace(/^title\.tagline\t.*$/m, `title.tagline\t${words}`);
const says = async (player) => (await player.mirror()).text;

async function wins(player) {
  await player.until(({ classifier }) => classifier === 'ready', 'the classifier', 20_000);
  await toPaper(player);
  await player.draw(shapes.circle);
  await player.until(({ result }) => result === 'won', 'the win', 15_000);
}

test('after one visit it plays in flight mode', async () => {
  const context = await device();
  await visit(context);
  assert.ok(asked.includes('runtime/small.wasm') && !asked.some((path) => path.startsWith('runtime/stock')), `the stock runtime is fetched only when it is needed: ${asked}`);
  await context.setOffline(true);
  breaks = () => true;
  const player = await arrive(context, '?seed=1&words=circle#anything');
  await wins(player);
  assert.deepEqual(player.complaints, []);
  await player.page.goto(`${address}index.html`);
  await player.until(({ screen }) => screen === 'title', 'the title, by its other name');
  await context.close();
});

test('it starts without a request; afterwards it asks whether there is news', async () => {
  const context = await device();
  await visit(context);
  breaks = (path) => !['service-worker.js', 'config.json'].includes(path);
  asked = [];
  const player = await arrive(context, '?seed=1&words=circle');
  await player.until(({ classifier }) => classifier === 'ready', 'the classifier', 20_000);
  await player.page.waitForTimeout(500);
  assert.ok(asked.every((path) => ['service-worker.js', 'config.json'].includes(path)), `${asked}`);
  await wins(player);
  await context.close();
});

test('a language\'s face is kept where it was shown, and nowhere else', async () => {
  const english = await device();
  await visit(english);
  assert.ok(!asked.includes('fonts/zh.ttf'), `${asked}`);
  // Chosen later, it comes through the worker, and stays.
  const player = await arrive(english);
  await player.pressMirror('language-zh');
  await player.until(({ text }) => text.includes('你'), 'Chinese');
  await player.page.close();
  const chinese = await device();
  await visit(chinese, '?lang=zh');
  // A new version takes it along.
  publish('texts/zh.tsv', tagline('新的。'));
  const before = await arrive(chinese, '?lang=zh');
  await worker(before, 'waiting');
  await before.page.close();

  for (const [context, query, words] of [[english, '', /^(你|新的)/], [chinese, '?lang=zh', /^新的/]]) {
    if (context === chinese) await (await arrive(context, query)).page.close(); // takes the new version over
    await context.setOffline(true);
    breaks = () => true;
    const away = await arrive(context, query);
    await away.until(({ text }) => words.test(text), `Chinese in flight mode: ${words}`);
    assert.deepEqual(away.complaints, []);
    breaks = () => false;
    await context.close();
  }
});

test('an update is fetched in the background, only what is new, and taken over at the next start', async () => {
  const context = await device();
  await visit(context);
  publish('texts/en.tsv', tagline('Another.'));
  asked = [];
  const player = await arrive(context, '?seed=1&words=circle');
  await worker(player, 'waiting');
  assert.deepEqual([...new Set(asked)].sort(), ['config.json', 'service-worker.js', 'texts/en.tsv']);
  assert.notEqual(await says(player), 'Another.');
  await wins(player); // with the version that it began with

  // Another page, while the game goes on: no reason to take it over.
  const second = await arrive(context);
  assert.notEqual(await says(second), 'Another.');
  await worker(second, 'waiting');
  await second.page.close();
  assert.equal((await player.mirror()).result, 'won');

  await player.page.close();
  const next = await arrive(context, '?seed=7#kept');
  await next.until(({ text }) => text === 'Another.', 'the new version');
  assert.equal(next.page.url(), `${address}?seed=7#kept`);
  const caches = await next.page.evaluate(() => caches.keys());
  assert.equal(caches.length, 2, `the old version is gone: ${caches}`);
  assert.deepEqual(next.complaints, []);
  await context.close();
});

test('a page that is loaded again is a start too', async () => {
  const context = await device();
  await visit(context);
  publish('texts/en.tsv', tagline('Another.'));
  const player = await arrive(context);
  await worker(player, 'waiting');
  await player.page.reload();
  await player.until(({ text }) => text === 'Another.', 'the new version');
  await context.close();
});

for (const [name, spoil] of [
  ['whose host dies halfway', () => {
    publish('texts/en.tsv', tagline('Another.'));
    publish('style.css', (css) => `${css}\n`);
    breaks = (path) => path === 'texts/en.tsv';
  }],
  ['with a file that is not of it', () => {
    publish('texts/en.tsv', tagline('Another.'));
    writeFileSync(at('texts/en.tsv'), 'title\tNone of ours\n');
  }],
  ['with a file missing', () => {
    publish('texts/en.tsv', tagline('Another.'));
    rmSync(at('texts/en.tsv'));
  }],
]) {
  test(`an update ${name} leaves the old version whole`, async () => {
    const context = await device();
    await visit(context);
    const whole = readFileSync(at('texts/en.tsv'), 'utf8');
    spoil();
    asked = [];
    for (let i = 0; i < 2; ++i) {
      const player = await arrive(context, '?seed=1&words=circle');
      await wins(player);
      for (let n = 0; n < 40 && !asked.includes('texts/en.tsv'); ++n) await player.page.waitForTimeout(50);
      await player.page.waitForTimeout(300);
      assert.notEqual(await player.page.evaluate(async () => (await navigator.serviceWorker.getRegistration()).waiting?.state), 'installed', 'it waits, incomplete');
      await player.page.close();
    }
    assert.ok(asked.includes('texts/en.tsv'), `it was tried: ${asked}`);
    await context.setOffline(true);
    const player = await arrive(context);
    assert.notEqual(await says(player), 'Another.');
    await player.page.close();
    await context.setOffline(false);

    // The host is well again: the next version comes, though the one between never did.
    breaks = () => false;
    writeFileSync(at('texts/en.tsv'), whole);
    cpSync(join(dist, 'service-worker.js'), at('service-worker.js'));
    cpSync(join(dist, 'style.css'), at('style.css'));
    publish('texts/en.tsv', tagline('A third.'));
    const third = await arrive(context);
    await worker(third, 'waiting');
    await third.page.reload();
    await third.until(({ text }) => text === 'A third.', 'the third version');
    await context.close();
  });
}

test('at localhost what was built last is seen at the next load', async () => {
  const context = await device();
  await visit(context, '', { from: site.address });
  publish('texts/en.tsv', tagline('Built.'));
  const player = await arrive(context, '', site.address);
  await player.until(({ text }) => text === 'Built.', 'the new build');
  breaks = () => true;
  await player.page.reload();
  await player.until(({ text }) => text === 'Built.', 'the same, without a server');
  await context.close();
});

test('a model of the maker and config.json are kept too; their changes are seen', async () => {
  const context = await device();
  cpSync(join(root, 'assets/models/default.onnx'), at('models/mine.onnx'));
  const configure = (config) => writeFileSync(at('config.json'), JSON.stringify(config));
  configure({ model: 'models/mine.onnx', words: ['circle'], rounds: 2 });
  await visit(context, '?seed=1', { paths: ofMaker });
  await context.setOffline(true);
  breaks = () => true;
  let player = await arrive(context, '?seed=1');
  await wins(player);
  assert.equal((await player.mirror()).word, 'circle');
  await player.page.close();

  // Online, a model comes from the host, and config.json for the next start.
  await context.setOffline(false);
  breaks = () => false;
  writeFileSync(at('models/mine.onnx'), 'no model');
  configure({ title: 'Class 3b' });
  player = await arrive(context, '');
  await player.until(({ said }) => said.some((words) => /can’t play with mine\.onnx: it is no model/.test(words)), 'the changed model', 20_000);
  await player.page.waitForTimeout(500);
  await player.page.reload();
  await player.until(({ heading }) => heading === 'Class 3b', 'the changed title');
  await player.page.close();

  // A host without config.json is one with an empty one, and the console is clean.
  rmSync(at('config.json'));
  player = await arrive(context, '');
  await player.until(({ classifier }) => classifier === 'ready', 'the classifier', 20_000);
  await player.page.waitForTimeout(500);
  await player.page.reload();
  await player.until(({ heading }) => heading === 'Inkling', 'no title of its own');
  assert.deepEqual(player.complaints, []);
  await context.close();
});

test('an .onnx file that is offered needs the network once, and says so', async () => {
  const context = await device();
  await visit(context);
  await context.setOffline(true);
  breaks = () => true;
  const player = await arrive(context, '?seed=1&words=circle');
  await player.until(({ classifier }) => classifier === 'ready', 'the classifier', 20_000);
  const onnx = readFileSync(join(root, 'assets/models/default.onnx'));
  const settingsSay = (pattern) => player.until(({ screen, text }) => screen === 'settings' && pattern.test(text), `${pattern}`, 30_000);
  await drop(player, 'mine.onnx', onnx);
  await settingsSay(/can’t play with mine\.onnx: I have to fetch an engine for it, and the network fails me/);
  assert.equal((await player.mirror()).classifier, 'ready');
  await context.setOffline(false);
  breaks = () => false;
  await drop(player, 'mine.onnx', onnx);
  await settingsSay(/inkling default int8: 345 words/);
  await context.setOffline(true); // and from now on never again
  breaks = () => true;
  await drop(player, 'again.onnx', onnx);
  await player.until(({ said }) => said.some((words) => words.includes('I play with again.onnx now')), 'the same, without a network', 30_000);
  await context.close();
});

test('the first visit with ?model= is enough for it', async () => {
  const context = await device();
  cpSync(join(root, 'assets/models/default.onnx'), at('models/mine.onnx'));
  const query = '?model=models/mine.onnx&seed=1&words=circle';
  await visit(context, query, { paths: ofMaker });
  await context.setOffline(true);
  await wins(await arrive(context, query));
  await context.close();
});

test('it can be installed', async () => {
  const manifest = JSON.parse(readFileSync(join(dist, 'manifest.webmanifest'), 'utf8'));
  for (const { src, sizes, type } of manifest.icons.filter((icon) => icon.type === 'image/png')) {
    const { width, height } = PNG.sync.read(readFileSync(join(dist, src)));
    assert.equal(`${width}x${height}`, sizes, `${src} ${type}`);
  }
  const context = await device();
  await visit(context);
  const player = await arrive(context);
  const tools = await context.newCDPSession(player.page);
  const { url, errors, data } = await tools.send('Page.getAppManifest');
  assert.equal(url, `${address}manifest.webmanifest`);
  assert.deepEqual(errors, []);
  assert.ok(data);
  // A context of tests counts as a private window, in which Chromium installs nothing.
  const { installabilityErrors } = await tools.send('Page.getInstallabilityErrors');
  assert.deepEqual(installabilityErrors.map(({ errorId }) => errorId).filter((id) => id !== 'in-incognito'), []);
  await context.close();
});

test('private: no other origin is asked, no cookie set, nothing stored but the game itself', async () => {
  const context = await device();
  const requests = [];
  context.on('request', (request) => requests.push(request.url())); // the worker's too
  await visit(context);
  const player = await arrive(context, '?seed=1&words=circle');
  await wins(player);
  // The drawing is kept, and all that the device may remember.
  await player.pressMirror('mute');
  await player.until(({ screen }) => screen === 'verdict', 'the verdict');
  const look = () => player.page.evaluate(async () => ({
    cookie: document.cookie,
    local: Object.keys(localStorage),
    session: Object.keys(sessionStorage),
    databases: (await indexedDB.databases()).map(({ name }) => name),
    caches: await caches.keys(),
  }));
  let stored = await look();
  for (const end = Date.now() + 10_000; stored.databases.length === 0 && Date.now() < end; stored = await look()) await player.page.waitForTimeout(100);
  assert.ok(stored.local.length > 0 && stored.local.every((name) => name.startsWith('inkling.')), `${stored.local}`);
  assert.deepEqual({ ...stored, local: [], caches: [] }, { cookie: '', local: [], session: [], databases: ['inkling'], caches: [] });
  assert.ok(stored.caches.every((name) => name.startsWith(`inkling ${address} `)), `${stored.caches}`);
  assert.deepEqual(await context.cookies(), []);
  assert.ok(requests.length > 20);
  for (const url of requests) assert.ok(url.startsWith(address), `${url} is elsewhere`);
  await context.close();
});
