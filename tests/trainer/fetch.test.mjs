// `inkling data fetch` against a real HTTP server on loopback that serves made-up drawings, and misbehaves as
// networks and servers do.
import assert from 'node:assert/strict';
import { execFileSync, spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';

const program = new URL('../../build/native/bin/inkling', import.meta.url).pathname;
const scratch = mkdtempSync(join(tmpdir(), 'inkling-fetch-'));
after(() => rmSync(scratch, { recursive: true }));

// ---- The data set: 1,500 drawings of each class, in both forms

const made = join(scratch, 'made');
execFileSync(program, ['data', 'synth', '--per-class', '1500', '--classes', '4', '--out', join(made, 'binary')]);
execFileSync(program, ['data', 'convert', join(made, 'binary'), join(made, 'numpy_bitmap'), '--to', 'npy']);
const [first, second, third, fourth] = readdirSync(join(made, 'binary')).map((name) => name.replace('.bin', ''));

// As the data set's own: numpy's header has 80 bytes there, not 128.
function npy(rows, pixels) {
  const header = `{'descr': '|u1', 'fortran_order': False, 'shape': (${rows}, 784), }`.padEnd(69) + '\n';
  return Buffer.concat([Buffer.from('\x93NUMPY\x01\x00F\x00', 'latin1'), Buffer.from(header), pixels]);
}

const strokes = (name) => readFileSync(join(made, 'binary', `${name}.bin`));
const pixels = (name) => readFileSync(join(made, 'numpy_bitmap', `${name}.npy`)).subarray(128);
const bitmaps = (name) => npy(1500, pixels(name));

// The first `count` records.
function records(bytes, count) {
  let at = 0;
  for (let i = 0; i < count; ++i) {
    const n = bytes.readUInt16LE(at + 15);
    at += 17;
    for (let s = 0; s < n; ++s) at += 2 + 2 * bytes.readUInt16LE(at);
  }
  return bytes.subarray(0, at);
}

// ---- The server

// files: path -> bytes. misbehave(request, response, about), if given, may answer itself and return true; `about`
// has the path, how often it was asked for, the whole body and the part of it that was asked for.
async function serve(t, files, misbehave = () => false) {
  const bucket = { files: new Map(Object.entries(files)), misbehave, requests: [], open: 0, most: 0 };
  const asked = new Map();
  const server = createServer((request, response) => {
    const path = decodeURIComponent(request.url);
    const log = { path, url: request.url, range: request.headers.range, ifRange: request.headers['if-range'], sent: 0 };
    bucket.requests.push(log);
    bucket.most = Math.max(bucket.most, ++bucket.open);
    response.on('close', () => --bucket.open);
    const body = bucket.files.get(path);
    const write = response.write.bind(response);
    response.write = (bytes, ...more) => { log.sent += bytes.length; return write(bytes, ...more); };
    const etag = body && `"${createHash('md5').update(body).digest('hex')}"`;
    const [, from, to] = request.headers.range?.match(/^bytes=(\d+)-(\d*)$/) ?? [];
    const begin = Number(from ?? 0);
    const end = body && Math.min(body.length, to ? Number(to) + 1 : body.length);
    const times = (asked.get(path) ?? 0) + 1;
    asked.set(path, times);
    const about = { path, times, body, etag, begin, end, part: body?.subarray(begin, end) };
    if (bucket.misbehave(request, response, about)) return;
    if (!body) return response.writeHead(404).end();
    if (request.headers.range === undefined || (log.ifRange && log.ifRange !== etag)) {
      response.writeHead(200, { etag, 'content-length': body.length });
      response.write(body);
    } else if (begin >= body.length) {
      response.writeHead(416, { 'content-range': `bytes */${body.length}` });
    } else {
      response.writeHead(206, partial(about));
      response.write(about.part);
    }
    response.end();
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  t.after(() => { server.closeAllConnections(); server.close(); });
  bucket.url = `http://127.0.0.1:${server.address().port}/full`;
  bucket.sent = (path) => bucket.requests.filter((r) => !path || r.path === path).reduce((sum, r) => sum + r.sent, 0);
  bucket.forget = () => bucket.requests.splice(0);
  return bucket;
}

const partial = ({ etag, begin, end, body, part }) =>
  ({ etag, 'content-range': `bytes ${begin}-${end - 1}/${body.length}`, 'content-length': part.length });

const bin = (name) => `/full/binary/${name}.bin`;
const npyPath = (name) => `/full/numpy_bitmap/${name}.npy`;

// ---- The program

let places = 0;
function place(...classes) {
  const out = join(scratch, `place-${++places}`);
  const list = `${out}.txt`;
  writeFileSync(list, classes.join('\n') + '\n');
  return { out, list, strokes: (name) => join(out, 'strokes', `${name}.bin`), bitmaps: (name) => join(out, 'bitmaps', `${name}.npy`) };
}

const environment = Object.fromEntries(Object.entries(process.env).filter(([name]) => !/_proxy$/i.test(name)));

function start(bucket, at, more = [], { before } = {}) {
  const args = ['data', 'fetch', '--classes', at.list, '--out', at.out, ...more];
  const env = { ...environment, INKLING_URL: bucket.url };
  const child = before
    ? spawn('bash', ['-c', `${before} exec "$0" "$@"`, program, ...args], { env })
    : spawn(program, args, { env });
  let output = '', errors = '';
  child.stdout.on('data', (text) => (output += text));
  child.stderr.on('data', (text) => (errors += text));
  const ended = new Promise((resolve) => child.on('close', (status, signal) => resolve({ status, signal, output, errors })));
  return { child, ended };
}

const run = (...args) => start(...args).ended;

async function succeeds(...args) {
  const outcome = await run(...args);
  assert.equal(outcome.status, 0, outcome.output + outcome.errors);
  return outcome;
}

// With one last line that holds all the words.
async function refused(words, ...args) {
  const outcome = await run(...args);
  assert.equal(outcome.status, 2, outcome.output + outcome.errors);
  const line = outcome.errors.trimEnd().split('\n').at(-1);
  assert.match(line, /^inkling: /);
  for (const word of words) assert.ok(line.includes(word), `${word}: ${line}`);
  return outcome;
}

// Nothing but whole files, and what is to go on.
function files(at) {
  return ['strokes', 'bitmaps'].filter((form) => existsSync(join(at.out, form)))
    .flatMap((form) => readdirSync(join(at.out, form))).filter((name) => name !== '.lock').sort();
}

async function until(what) {
  for (let i = 0; i < 500; ++i, await sleep(20)) if (what()) return;
  assert.fail(`waited in vain: ${what}`);
}

const sizeOf = (path) => (existsSync(path) ? statSync(path).size : 0);

// ---- When all is well

test('strokes: the first drawings, by ranges, and few bytes more', async (t) => {
  const bucket = await serve(t, { [bin(first)]: strokes(first), [bin(second)]: strokes(second) });
  const at = place(first, second);
  const { output } = await succeeds(bucket, at, ['--per-class', '1000']);
  assert.match(output, /2000 drawings of 2 classes; .* fetched in/);
  assert.match(output, /next: inkling train --data/);
  let needed = 0;
  for (const name of [first, second]) {
    assert.deepEqual(readFileSync(at.strokes(name)), records(strokes(name), 1000));
    needed += sizeOf(at.strokes(name));
  }
  assert.ok(bucket.requests.every((r) => r.range), 'every request names a range');
  assert.ok(bucket.sent() < 1.06 * needed + 1024, `${bucket.sent()} bytes sent for ${needed}`);
  assert.deepEqual(files(at), [`${first}.bin`, `${second}.bin`].sort());
});

test('bitmaps: the header is one for their number; not a kilobyte too much', async (t) => {
  const bucket = await serve(t, { [npyPath(first)]: bitmaps(first) });
  const at = place(first);
  await succeeds(bucket, at, ['--per-class', '300', '--form', 'bitmaps']);
  const file = readFileSync(at.bitmaps(first));
  assert.match(file.toString('latin1', 0, 128), /'shape': \(300, 784\)/);
  assert.deepEqual(file.subarray(128), pixels(first).subarray(0, 300 * 784));
  assert.ok(bucket.sent() <= 128 + 300 * 784, `${bucket.sent()} bytes sent`);
});

test('what was fetched is read by `data info`, and trains', async (t) => {
  const bucket = await serve(t, { [bin(first)]: strokes(first), [bin(second)]: strokes(second), [npyPath(first)]: bitmaps(first) });
  const at = place(first, second);
  await succeeds(bucket, at, ['--per-class', '100']);
  writeFileSync(at.list, first);
  await succeeds(bucket, at, ['--per-class', '100', '--form', 'bitmaps']);
  const info = JSON.parse(execFileSync(program, ['data', 'info', at.out, '--json'], { encoding: 'utf8' }));
  assert.deepEqual(info.slice(0, 3).map((row) => row.drawings), [100, 100, 100]);
  const trained = join(at.out, 'run');
  execFileSync(program, ['train', '--data', at.out, '--epochs', '1', '--threads', '1', '--no-logs', '--out', trained]);
  assert.ok(existsSync(join(trained, 'model.onnx')));
});

test('names with spaces, and with underscores for them', async (t) => {
  const bucket = await serve(t, { [bin('alarm clock')]: strokes(first), [bin('ice cream')]: strokes(second) });
  const at = place('alarm clock', 'ice_cream', 'ice cream'); // one word in both spellings is one
  await succeeds(bucket, at, ['--per-class', '50']);
  assert.deepEqual(files(at), ['alarm clock.bin', 'ice cream.bin']);
  assert.ok(bucket.requests.some((r) => r.url === '/full/binary/alarm%20clock.bin'));
  const whole = bucket.requests.filter((r) => r.url === '/full/binary/ice%20cream.bin').map((r) => r.range);
  assert.equal(new Set(whole).size, whole.length, 'no bytes were asked for twice');
});

test('several classes at once, no more than asked for', async (t) => {
  const names = ['airplane', 'ambulance', 'angel', 'ant', 'anvil', 'apple'];
  const bucket = await serve(t, Object.fromEntries(names.map((name) => [bin(name), strokes(first)])));
  const answer = (request, response, { body, part, ...about }) => {
    setTimeout(() => { response.writeHead(206, partial({ body, part, ...about })); response.write(part); response.end(); }, 100);
    return true;
  };
  bucket.misbehave = answer;
  await succeeds(bucket, place(...names), ['--per-class', '50', '--at-once', '3']);
  assert.equal(bucket.most, 3);
});

test('the first categories by number', async (t) => {
  const bucket = await serve(t, { [bin('aircraft carrier')]: strokes(first), [bin('airplane')]: strokes(second) });
  const at = place();
  at.list = '2';
  await succeeds(bucket, at, ['--per-class', '20']);
  assert.deepEqual(files(at), ['aircraft carrier.bin', 'airplane.bin']);
});

test('all there are, where there are fewer than asked for; and not a second time', async (t) => {
  const bucket = await serve(t, { [bin(first)]: strokes(first), [npyPath(first)]: bitmaps(first) });
  const at = place(first);
  for (const form of ['strokes', 'bitmaps']) {
    for (const number of ['5000', '0']) {
      bucket.forget();
      const { output } = await succeeds(bucket, at, ['--per-class', number, '--form', form]);
      assert.match(output, number === '0' ? /1500 drawings of 1 class, 1 of them there before/ : /fewer than 5000 drawings are all there are/);
    }
    assert.equal(bucket.requests.length, 1);
  }
  assert.deepEqual(readFileSync(at.strokes(first)), strokes(first));
  assert.deepEqual(readFileSync(at.bitmaps(first)).subarray(128), pixels(first));
});

test('what is there with enough drawings is not asked for; more drawings are', async (t) => {
  const bucket = await serve(t, { [bin(first)]: strokes(first) });
  const at = place(first);
  await succeeds(bucket, at, ['--per-class', '200']);
  bucket.forget();
  await succeeds(bucket, at, ['--per-class', '150']);
  assert.equal(bucket.requests.length, 0);
  await succeeds(bucket, at, ['--per-class', '400']);
  assert.deepEqual(readFileSync(at.strokes(first)), records(strokes(first), 400));
  truncateSync(at.strokes(first), 999);  // damaged: begun anew
  await succeeds(bucket, at, ['--per-class', '400']);
  assert.deepEqual(readFileSync(at.strokes(first)), records(strokes(first), 400));
});

// ---- Servers and networks

test('a server without ranges is read until enough is there', async (t) => {
  const bucket = await serve(t, { [npyPath(first)]: bitmaps(first), [bin(second)]: strokes(second) });
  bucket.misbehave = (request, response, { body }) => {
    response.writeHead(200, { 'content-length': body.length });
    // As fast as the other side reads.
    let at = 0;
    const more = () => {
      while (at < body.length && !response.destroyed) {
        const piece = body.subarray(at, (at += 8192));
        if (!response.write(piece)) return response.once('drain', more);
      }
      response.end();
    };
    more();
    return true;
  };
  const at = place(first);
  await succeeds(bucket, at, ['--per-class', '20', '--form', 'bitmaps']);
  assert.deepEqual(readFileSync(at.bitmaps(first)).subarray(128), pixels(first).subarray(0, 20 * 784));
  writeFileSync(at.list, second);
  await succeeds(bucket, at, ['--per-class', '20']);
  assert.deepEqual(readFileSync(at.strokes(second)), records(strokes(second), 20));
});

test('connections that are cut in the middle go on where they ended', async (t) => {
  const bucket = await serve(t, { [npyPath(first)]: bitmaps(first) });
  bucket.misbehave = (request, response, about) => {
    if (about.times > 3) return false;
    response.writeHead(206, partial(about));
    response.write(about.part.subarray(0, 30000), () => response.destroy());
    return true;
  };
  const at = place(first);
  await succeeds(bucket, at, ['--per-class', '200', '--form', 'bitmaps']);
  assert.deepEqual(readFileSync(at.bitmaps(first)).subarray(128), pixels(first).subarray(0, 200 * 784));
  assert.deepEqual(bucket.requests.map((r) => r.range.match(/\d+/)[0]), ['0', '30000', '60000', '90000']);
  assert.ok(bucket.requests.slice(1).every((r) => r.ifRange));
});

test('500 and 503 pass', async (t) => {
  const bucket = await serve(t, { [bin(first)]: strokes(first) });
  bucket.misbehave = (request, response, { times }) => {
    if (times > 2) return false;
    response.writeHead(times === 1 ? 500 : 503, times === 1 ? {} : { 'retry-after': '1' }).end('busy');
    return true;
  };
  const at = place(first);
  const begin = Date.now();
  await succeeds(bucket, at, ['--per-class', '100']);
  assert.ok(Date.now() - begin > 1200, 'it waits as long as the server asks for');
  assert.deepEqual(readFileSync(at.strokes(first)), records(strokes(first), 100));
});

test('one class that fails does not lose the others, and is all that is asked for again', async (t) => {
  const bucket = await serve(t, { [bin(first)]: strokes(first), [bin(second)]: strokes(second), [bin(third)]: strokes(third) });
  bucket.misbehave = (request, response, { path }) => path === bin(second) && response.writeHead(500).end();
  const at = place(first, second, third);
  await refused([bin(second), 'HTTP 500', '2 times', 'again later'], bucket, at, ['--per-class', '100', '--tries', '2']);
  assert.deepEqual(files(at), [`${first}.bin`, `${third}.bin`].sort());
  bucket.misbehave = () => false;
  bucket.forget();
  await succeeds(bucket, at, ['--per-class', '100']);
  assert.ok(bucket.requests.every((r) => r.path === bin(second)));
  assert.deepEqual(readFileSync(at.strokes(second)), records(strokes(second), 100));
});

test('404 and 403 are not tried again', async (t) => {
  const bucket = await serve(t, { [bin(first)]: strokes(first) });
  const at = place(first, 'unicorn', 'cat');
  const { errors } = await refused(['2 of 3 classes'], bucket, at, ['--per-class', '10']);
  assert.match(errors, /unicorn.bin: HTTP 404: 'unicorn' is none of the names/);
  assert.match(errors, /cat.bin: HTTP 404: .* check --url/);
  assert.equal(bucket.requests.filter((r) => r.path !== bin(first)).length, 2);
  assert.deepEqual(files(at), [`${first}.bin`]);
  bucket.misbehave = (request, response) => response.writeHead(403).end();
  await refused(['cat.bin', 'HTTP 403', '--url'], bucket, place('cat'));
});

test('stalls: in the middle, and before any answer', async (t) => {
  const bucket = await serve(t, { [npyPath(first)]: bitmaps(first) });
  bucket.misbehave = (request, response, about) => {
    if (about.times > 2) return false;
    if (about.times === 1) return true;
    response.writeHead(206, partial(about));
    response.write(about.part.subarray(0, 200));
    return true;
  };
  const at = place(first);
  await succeeds(bucket, at, ['--per-class', '100', '--form', 'bitmaps', '--timeout', '1']);
  assert.deepEqual(bucket.requests.map((r) => r.range.match(/\d+/)[0]), ['0', '0', '200']);
  bucket.misbehave = () => true;
  await refused(['too slow', 'again later'], bucket, place(first), ['--timeout', '1', '--tries', '1']);
});

test('bodies that are shorter than their Content-Length, and lengths that are too small', async (t) => {
  const body = strokes(first);
  const bucket = await serve(t, { [bin(first)]: body });
  bucket.misbehave = (request, response, about) => {
    if (about.times > 2) return false;
    const head = { etag: about.etag, connection: 'close' };
    if (about.times === 1) {
      response.writeHead(206, { ...partial(about), ...head, 'content-length': about.part.length });
      response.write(about.part.subarray(0, 1000), () => response.socket.end());
    } else {
      // Says that the file ends here, in the middle of a drawing.
      const end = about.begin + 1001;
      response.writeHead(206, { ...head, 'content-range': `bytes ${about.begin}-${end - 1}/${body.length}`, 'content-length': 1001 });
      response.end(about.part.subarray(0, 1001));
    }
    return true;
  };
  const at = place(first);
  await succeeds(bucket, at, ['--per-class', '500']);
  assert.deepEqual(readFileSync(at.strokes(first)), records(body, 500));

  const cut = await serve(t, { [bin(first)]: body.subarray(0, 5000), [npyPath(first)]: bitmaps(first).subarray(0, 5000) });
  await refused(['ends in the middle of drawing', '2 times'], cut, place(first), ['--tries', '2']);
  await refused(['ends in the middle of drawing 7', '2 times'], cut, place(first), ['--tries', '2', '--form', 'bitmaps']);
});

test('answers with other bytes than asked for', async (t) => {
  const bucket = await serve(t, { [npyPath(first)]: bitmaps(first) });
  bucket.misbehave = (request, response, about) => {
    const { body, part } = about;
    response.writeHead(206, { 'content-range': `bytes 7-${part.length + 6}/${body.length}` }).end(part);
    return true;
  };
  const at = place(first);
  await refused(['another place than asked', '2 times'], bucket, at, ['--form', 'bitmaps', '--tries', '2']);
  assert.deepEqual(files(at), []);
});

test('redirections are followed, but not for ever, and only to the web', async (t) => {
  const bucket = await serve(t, { [bin(first)]: strokes(first), '/else/where': strokes(second) });
  bucket.misbehave = (request, response, { path }) => path === bin(first) && response.writeHead(302, { location: '/else/where' }).end();
  const at = place(first);
  await succeeds(bucket, at, ['--per-class', '100']);
  assert.deepEqual(readFileSync(at.strokes(first)), records(strokes(second), 100));
  bucket.misbehave = (request, response) => response.writeHead(302, { location: request.url }).end();
  await refused(['redirects'], bucket, place(first));
  bucket.misbehave = (request, response) => response.writeHead(302, { location: 'file:///etc/passwd' }).end();
  await refused([first, 'check --url'], bucket, place(first));
});

test('garbage in place of drawings', async (t) => {
  const page = Buffer.from('<html><body>Please log in to this network.</body></html>\n'.repeat(40));
  const junk = Buffer.from(Array.from({ length: 3 << 20 }, (_, i) => (i * 2654435761) >>> 13 & 255));
  const wrong = Buffer.from(bitmaps(first));
  wrong.write("'<f4'", wrong.indexOf("'|u1'"));
  const strange = ["(1500, 784)", "(1500, 100)"];
  const shape = Buffer.from(bitmaps(first).toString('latin1').replace(...strange), 'latin1');
  for (const [bytes, form, words] of [
    [page, 'bitmaps', ['is not a NumPy array']], [page.subarray(0, 5), 'bitmaps', ['is not a NumPy array']],
    [wrong, 'bitmaps', ['<f4', 'uint8']], [shape, 'bitmaps', ['(1500, 100)']], [junk, 'bitmaps', ['NumPy']],
    [page, 'strokes', ['holds no drawings']], [Buffer.alloc(0), 'strokes', ['holds no drawings']],
    [junk, 'strokes', ['record']], [Buffer.alloc(2 << 20), 'strokes', ['no stroke']],
    [npy(0, Buffer.alloc(0)), 'bitmaps', ['holds no drawings']],
  ]) {
    for (const ranges of [true, false]) {
      const bucket = await serve(t, { [bin(first)]: bytes, [npyPath(first)]: bytes });
      if (!ranges) bucket.misbehave = (request, response, { body }) => response.writeHead(200).end(body);
      const at = place(first);
      await refused([first, ...words], bucket, at, ['--form', form, '--tries', '1']);
      assert.deepEqual(files(at), []);
    }
  }
});

test('no server at all', async () => {
  await refused(['127.0.0.1', 'onnect', 'network', '--url'], { url: 'http://127.0.0.1:1/full' }, place(first, second), ['--tries', '2']);
});

// ---- Beginning and ending

// Lets the first request for bitmaps of `first` through for so many bytes, and then nothing more.
const holdAfter = (bytes) => (request, response, about) => {
  response.writeHead(206, partial(about));
  response.write(about.part.subarray(0, bytes));
  return true;
};

for (const [signal, ends] of [['SIGKILL', 'killed'], ['SIGINT', 'interrupted by Ctrl-C']]) {
  test(`${ends} in the middle: the same command goes on, and fetches nothing twice`, async (t) => {
    const bucket = await serve(t, { [npyPath(first)]: bitmaps(first), [npyPath(second)]: bitmaps(second) });
    bucket.misbehave = (request, response, about) => about.path === npyPath(first) && holdAfter(100000)(request, response, about);
    const at = place(first, second);
    const { child, ended } = start(bucket, at, ['--per-class', '400', '--form', 'bitmaps']);
    const part = `${at.bitmaps(first)}.part`;
    await until(() => sizeOf(part) > 100000 && existsSync(at.bitmaps(second)));
    child.kill(signal);
    const outcome = await ended;
    if (signal === 'SIGINT') {
      assert.equal(outcome.status, 2);
      assert.match(outcome.errors, /interrupted with 1 of 2 classes; the same command goes on/);
    }
    assert.deepEqual(files(at), [`${first}.npy.part`, `${second}.npy`].sort());
    bucket.misbehave = () => false;
    bucket.forget();
    await succeeds(bucket, at, ['--per-class', '400', '--form', 'bitmaps']);
    assert.deepEqual(bucket.requests.map((r) => [r.path, r.range]), [[npyPath(first), `bytes=100000-${80 + 400 * 784 - 1}`]]);
    assert.deepEqual(readFileSync(at.bitmaps(first)).subarray(128), pixels(first).subarray(0, 400 * 784));
    assert.deepEqual(files(at), [`${first}.npy`, `${second}.npy`].sort());
  });
}

test('killed again and again, strokes too are whole in the end', async (t) => {
  const bucket = await serve(t, { [bin(first)]: strokes(first) });
  const at = place(first);
  const part = `${at.strokes(first)}.part`;
  for (const more of [5000, 20000, 41]) {
    bucket.misbehave = holdAfter(more);
    const size = sizeOf(part);
    const { child, ended } = start(bucket, at, ['--per-class', '1200']);
    await until(() => sizeOf(part) >= size + more);
    child.kill('SIGKILL');
    await ended;
  }
  bucket.misbehave = () => false;
  bucket.forget();
  await succeeds(bucket, at, ['--per-class', '1200']);
  assert.match(bucket.requests[0].range, /^bytes=25041-/);
  assert.deepEqual(readFileSync(at.strokes(first)), records(strokes(first), 1200));
});

for (const minds of [true, false]) {
  test(`a file that changed on the server is begun anew (${minds ? 'If-Range' : 'a server that does not know it'})`, async (t) => {
    const bucket = await serve(t, { [npyPath(first)]: bitmaps(first) });
    bucket.misbehave = holdAfter(100000);
    const at = place(first);
    const { child, ended } = start(bucket, at, ['--per-class', '300', '--form', 'bitmaps']);
    await until(() => sizeOf(`${at.bitmaps(first)}.part`) > 100000);
    child.kill('SIGKILL');
    await ended;
    bucket.files.set(npyPath(first), bitmaps(second));
    bucket.misbehave = (request) => { if (!minds) delete request.headers['if-range']; return false; };
    if (!minds) bucket.misbehave = (request, response, about) => (response.writeHead(206, partial(about)).end(about.part), true);
    await succeeds(bucket, at, ['--per-class', '300', '--form', 'bitmaps']);
    assert.deepEqual(readFileSync(at.bitmaps(first)).subarray(128), pixels(second).subarray(0, 300 * 784));
  });
}

test('a part that is damaged, or of another server, is begun anew', async (t) => {
  const bucket = await serve(t, { [bin(first)]: strokes(first) });
  for (const left of ['', 'no line of JSON', '[1]\n', '{"url":7}\nxyz', '{"url":"http://elsewhere/x","etag":"\\"1\\""}\n' + 'x'.repeat(5000)]) {
    const at = place(first);
    await succeeds(bucket, at, ['--per-class', '10']);
    rmSync(at.strokes(first));
    writeFileSync(`${at.strokes(first)}.part`, left);
    await succeeds(bucket, at, ['--per-class', '300']);
    assert.deepEqual(readFileSync(at.strokes(first)), records(strokes(first), 300));
    assert.deepEqual(files(at), [`${first}.bin`]);
  }
});

test('a disk that is full: what is there stays, and goes on when there is room', async (t) => {
  const bucket = await serve(t, { [npyPath(first)]: bitmaps(first) });
  const at = place(first);
  const wanted = ['--per-class', '400', '--form', 'bitmaps'];
  await refused([`${first}.npy.part`, 'could not be written', 'make room'], bucket, at, wanted, { before: "trap '' XFSZ; ulimit -f 64;" });
  assert.deepEqual(files(at), [`${first}.npy.part`]);
  bucket.forget();
  await succeeds(bucket, at, wanted);
  assert.ok(Number(bucket.requests[0].range.match(/\d+/)[0]) > 60000, bucket.requests[0].range);
  assert.deepEqual(readFileSync(at.bitmaps(first)).subarray(128), pixels(first).subarray(0, 400 * 784));
});

test('two at once into one folder', async (t) => {
  const bucket = await serve(t, { [npyPath(first)]: bitmaps(first) });
  bucket.misbehave = holdAfter(1000);
  const at = place(first);
  const { child, ended } = start(bucket, at, ['--form', 'bitmaps']);
  await until(() => bucket.requests.length > 0);
  await refused(['another run is writing'], bucket, at, ['--form', 'bitmaps']);
  child.kill();
  await ended;
});

test('what a person can get wrong', async (t) => {
  const bucket = await serve(t, {});
  const at = place('../../etc/passwd');
  await refused(["'../../etc/passwd' is no name"], bucket, at);
  for (const number of ['0', '346']) await refused([number, '345 categories'], bucket, { ...at, list: number });
  await refused(['none.txt', 'cannot be opened'], bucket, { ...at, list: join(scratch, 'none.txt') });
  await refused(['ftp://x', 'http://'], { url: 'ftp://x' }, place(first));
  await refused(['--timeout'], bucket, place(first), ['--timeout', '0']);
  await refused(['output folder'], bucket, { ...place(first), out: '/proc/inkling' });
  assert.equal(bucket.requests.length, 0);
});
