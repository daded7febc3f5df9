// The page as files: what it asks for and from whom, its policy, its size, its server.

import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { request } from 'node:http';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { brotliCompressSync } from 'node:zlib';
import { serve } from '../../tools/serve.mjs';
import { dist, root, shapes, start } from './play.mjs';
import { toPaper } from './rounds.mjs';

let here;
before(async () => { here = await start(); });
after(() => here?.close());

test('it works under a sub-path, asks no other origin, and breaks no policy of its own', async () => {
  const player = await here.open('?seed=1&words=circle');
  await player.until(({ classifier }) => classifier === 'ready', 'the classifier', 20_000);
  await toPaper(player);
  await player.draw(shapes.circle);
  await player.until(({ said }) => said.length > 0, 'a guess');
  assert.ok(player.requests.length > 8, `${player.requests}`);
  for (const url of player.requests) assert.ok(url.startsWith(here.site.address), `${url} is elsewhere`);
  assert.deepEqual(player.complaints, []);

  // The policy is in force: what it forbids fails.
  const blocked = await player.page.evaluate(async () => {
    const violation = new Promise((done) => document.addEventListener('securitypolicyviolation', (event) => done(event.violatedDirective)));
    fetch('https://elsewhere.example/').catch(() => {});
    return violation;
  });
  assert.equal(blocked, 'connect-src');
  await player.close();
});

test('time to the first stroke and to the first guess', async () => {
  const began = Date.now();
  const player = await here.open('?seed=1&words=circle');
  const title = Date.now() - began;
  await player.until(({ classifier }) => classifier === 'ready', 'the classifier', 20_000);
  const ready = Date.now() - began;
  await toPaper(player);
  const stroke = Date.now();
  await player.draw(shapes.circle);
  await player.until(({ said, result }) => said.length > 0 || result === 'won', 'a guess');
  const guess = Date.now() - stroke;
  console.log(`title ${title} ms, classifier ready ${ready} ms, first guess ${guess} ms after the pen came down`);
  await player.close();
});

test('the sizes that were promised', () => {
  const packed = (file) => brotliCompressSync(readFileSync(join(dist, file))).length;
  for (const [file, limit] of [['inkling.wasm', 200_000], ['inkling.js', 30_000]]) {
    const size = packed(file);
    console.log(`${file}: ${size} bytes brotli`);
    assert.ok(size <= limit, `${file}: ${size} bytes, at most ${limit}`);
  }
  const bytes = ['runtime/ort.js', 'runtime/small.js', 'runtime/small.wasm'].reduce((sum, file) => sum + packed(file), 0);
  console.log(`the runtime: ${bytes} bytes brotli`);
  assert.ok(bytes <= 330_000, `the runtime: ${bytes} bytes`);
  assert.ok(packed('models/default.ort') <= 300_000, 'the default model');
});

test('what comes before the first stroke is small, and it is asked for at once', async () => {
  const player = await here.open('?seed=1&lang=en', { prepare: (page) => page.route(/runtime\/|default\.ort/, () => {}) });
  await toPaper(player);
  const files = [...new Set(player.requests.map((url) => url.split('?')[0].slice(here.site.address.length) || 'index.html'))]
    .filter((file) => !/^runtime\/|default\.ort$/.test(file));
  const bytes = files.reduce((sum, file) => sum + brotliCompressSync(readFileSync(join(dist, file))).length, 0);
  console.log(`${bytes} bytes in ${files.length} files before the first stroke`);
  assert.ok(bytes < 300_000, `${bytes} bytes: ${files}`);
  const page = readFileSync(join(dist, 'index.html'), 'utf8');
  for (const file of ['boot.js', 'inkling.js', 'inkling.wasm', 'texts/languages.tsv', 'texts/words_left_out.tsv', 'fonts/latin.ttf']) {
    assert.ok(files.includes(file) && page.includes(`"${file}"`), `${file}, ${files}`);
  }
  assert.deepEqual(player.complaints, []);
  await player.close();
});

test('dist/ made twice is the same twice', () => {
  const outs = ['build/dist-once', 'build/dist-twice'];
  for (const out of outs) execFileSync('node', ['tools/dist.mjs', '--out', out], { cwd: root });
  execFileSync('diff', ['-r', ...outs], { cwd: root });
});

test('the server serves files, and only those of its folder', async () => {
  const site = await serve({ root: dist, base: '/x/', port: 8790 });
  const second = await serve({ root: dist, port: site.port });
  assert.equal(second.port, site.port + 1, 'a taken port: the next');
  await second.close();
  // Not through fetch, which would tidy the path up.
  const ask = (path, method = 'GET') => new Promise((done, failed) => {
    request({ port: site.port, path, method }, (response) => {
      let body = '';
      response.on('data', (piece) => { body += piece; }).on('end', () => done({ status: response.statusCode, body,
        type: response.headers['content-type'], length: Number(response.headers['content-length']) }));
    }).on('error', failed).end();
  });
  assert.match((await ask('/x/')).body, /<title>Inkling/);
  assert.match((await ask('/x/boot.js')).type, /^text\/javascript/);
  assert.equal((await ask('/x/inkling.wasm', 'HEAD')).type, 'application/wasm');
  assert.equal((await ask('/x/inkling.wasm', 'HEAD')).length, readFileSync(join(dist, 'inkling.wasm')).length);
  assert.equal((await ask('/x/inkling.wasm', 'HEAD')).body, '');
  assert.equal((await ask('/x/boot.js', 'POST')).status, 405);
  for (const path of ['/', '/xx/', '/x/none', '/x/../package.json', '/x/..%2fpackage.json', '/x/%2e%2e/package.json',
    '/x//etc/passwd', '/x/%00', '/x/%', '/x/..\\package.json']) {
    assert.equal((await ask(path)).status, 404, path);
  }
  await site.close();
});
