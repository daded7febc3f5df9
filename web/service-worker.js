// Keeps the game on the device, so that it starts and plays without a network.
//
// A version is kept whole: every file in one cache, each of the hash that stands below. A new version is fetched
// beside the one that plays, what has not changed is taken from there, and it waits, complete, until a page that
// starts hands over (offline.js). Where a fetch breaks off, the version that plays has not been touched, and the next
// try goes on with what has come. What is not on the list is no business of this worker's, but for config.json and
// the models of makers: those may change under a version, and are kept as they came last.

// tools/dist.mjs puts these in: the hash of the lists, and path -> SHA-256 of every file; in `some` those that only some
// players need, the faces of languages, other people's drawings and the stock runtime, which come when they are asked for.
const version = '';
const files = {};
const some = {};

const scope = registration.scope;
const ours = `inkling ${scope} `; // other games of this origin, in other folders, have caches too
const current = `${ours}${version}`;
const kept = `${ours}kept`; // config.json and other models than the one that ships
const mostModels = 4;
const isModel = (path) => /\.(onnx|ort)$/.test(path);

const hex = (buffer) => Array.from(new Uint8Array(buffer), (byte) => byte.toString(16).padStart(2, '0')).join('');
const is = async (bytes, hash) => hex(await crypto.subtle.digest('SHA-256', bytes)) === hash;

// The path of an address inside the scope, as the list has it; null for one outside.
function pathOf(address) {
  const { origin, pathname } = new URL(address);
  const base = new URL(scope);
  if (origin !== base.origin || !pathname.startsWith(base.pathname)) return null;
  return decodeURI(pathname.slice(base.pathname.length)) || 'index.html';
}

// ---- fetching a version ----

async function install() {
  const cache = await caches.open(current);
  // What is there already, of this version or another: the browser may have kept it, and its bytes tell.
  const names = (await caches.keys()).filter((name) => name.startsWith(ours) && name !== kept);
  const wanted = await Promise.all(Object.entries(some).map(async ([path, hash]) => {
    const found = await Promise.all(names.map(async (name) => (await caches.open(name)).match(new URL(path, scope).href)));
    return found.some(Boolean) ? [[path, hash]] : [];
  }));
  await Promise.all([...Object.entries(files), ...wanted.flat()].map(([path, hash]) => bring(path, hash, cache, names)));
  await keepConfig().catch(() => {}); // the game goes without
}

async function bring(path, hash, cache, names) {
  const address = new URL(path, scope).href;
  for (const name of names) {
    const response = await (await caches.open(name)).match(address);
    if (!response || !await is(await response.clone().arrayBuffer(), hash)) continue;
    if (name !== current) await cache.put(address, response);
    return;
  }
  // The browser's own cache may hold the file of before: then past it.
  for (const mode of ['default', 'reload']) {
    const response = await fetch(address, { cache: mode });
    if (!response.ok) throw new Error(`${path}: ${response.status}`);
    const bytes = await response.arrayBuffer();
    if (!await is(bytes, hash)) continue;
    // A response of our own: one that was redirected may not answer for a page.
    const type = response.headers.get('content-type') ?? 'application/octet-stream';
    return cache.put(address, new Response(bytes, { headers: { 'Content-Type': type } }));
  }
  throw new Error(`${path} is not the file of this version`);
}

addEventListener('install', (event) => {
  event.waitUntil(install().catch((error) => {
    console.info(`offline: this version is not complete, ${error.message}`);
    throw error; // the browser asks again when a page starts
  }));
});

addEventListener('activate', (event) => {
  event.waitUntil(caches.keys().then((names) => Promise.all(names
    .filter((name) => name.startsWith(ours) && name !== current && name !== kept)
    .map((name) => caches.delete(name)))));
});

// ---- what makers bring ----

async function keep(request, response) {
  const cache = await caches.open(kept);
  await cache.delete(request, { ignoreSearch: true });
  await cache.put(request, response);
  const models = (await cache.keys()).filter(({ url }) => isModel(url));
  await Promise.all(models.slice(0, -mostModels).map((model) => cache.delete(model)));
}

async function keepModel(path) {
  const address = new URL(path, scope).href;
  if (!isModel(address) || !pathOf(address) || files[pathOf(address)]) return;
  const response = await fetch(address);
  if (isFile(response)) await keep(address, response);
}

async function keepConfig() {
  const response = await askConfig();
  const { model } = await response.json();
  if (typeof model === 'string') await keepModel(model);
}

// Hosts of single-page apps answer with their page, and 200, for a file that is not there.
const isFile = (response) => response.ok && !response.headers.get('content-type')?.startsWith('text/html');

// config.json of the host, and its copy here made the same. None is the same as an empty one.
async function askConfig() {
  const address = new URL('config.json', scope).href;
  const response = await fetch(address, { cache: 'no-cache' });
  const told = isFile(response) ? response : response.status >= 500 ? null : new Response('{}');
  if (!told) throw new Error(`config.json: ${response.status}`); // the host has trouble: what is here still holds
  await keep(address, told.clone());
  return told;
}

// From here, so that a start waits for nobody; the page asks for the host's own with `no-cache`, when it has started.
async function config(request) {
  const here = async () => (await (await caches.open(kept)).match(request, { ignoreSearch: true }));
  const found = request.cache === 'no-cache' ? null : await here();
  return found ?? askConfig().catch(async () => (await here()) ?? new Response('{}'));
}

// From the network, for it may have been trained again; without one, as it came last.
async function model(event) {
  const { request } = event;
  try {
    const response = await fetch(request);
    if (isFile(response)) event.waitUntil(keep(request.url, response.clone()).catch(() => {}));
    return response;
  } catch (error) {
    const found = await (await caches.open(kept)).match(request, { ignoreSearch: true });
    if (!found) throw error;
    return found;
  }
}

// ---- answering a page ----

async function file(request, path) {
  const cache = await caches.open(current);
  // A browser short of space may have thrown the cache away: then the network is as good as without this worker.
  return (await cache.match(new URL(path, scope).href)) ?? fetch(request);
}

// One that came, whoever asked for it, is kept for the next time.
async function someFile(request, path) {
  const cache = await caches.open(current);
  const address = new URL(path, scope).href;
  if (!await cache.match(address)) await bring(path, some[path], cache, []).catch(() => {});
  return file(request, path);
}

addEventListener('fetch', (event) => {
  const { request } = event;
  const path = request.method === 'GET' ? pathOf(request.url) : null;
  if (path === null) return;
  if (Object.hasOwn(files, path)) event.respondWith(file(request, path));
  else if (Object.hasOwn(some, path)) event.respondWith(someFile(request, path));
  else if (path === 'config.json') event.respondWith(config(request));
  else if (isModel(path)) event.respondWith(model(event));
});

// {keep: address, paths}
//                  a model, and some files, that the page loaded while no worker stood between
// {take: true}     a page that starts asks the waiting version to take over. It does, unless another page is open,
//                  where a game may be under way. Answered by {taken}.
addEventListener('message', (event) => {
  const { data } = event;
  if (data.keep) event.waitUntil(keepModel(data.keep).catch(() => {}));
  for (const path of (data.paths ?? []).filter((name) => Object.hasOwn(some, name))) {
    event.waitUntil(caches.open(current).then((cache) => bring(path, some[path], cache, [])).catch(() => {}));
  }
  if (data.take) {
    event.waitUntil(clients.matchAll({ type: 'window', includeUncontrolled: true }).then(async (windows) => {
      const taken = windows.filter(({ url }) => pathOf(url) !== null).length <= 1;
      event.source.postMessage({ taken });
      if (taken) await skipWaiting();
    }));
  }
});
