// Every command of the README is run, in its order, as a reader would run it, in a copy of the tree as it is
// built. The drawings are made up here and served from here, so that this stands on nothing.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';

const tree = new URL('..', import.meta.url).pathname;
const scratch = mkdtempSync(join(tmpdir(), 'inkling-readme-'));
after(() => rmSync(scratch, { recursive: true }));

const commands = [...readFileSync(join(tree, 'README.md'), 'utf8').matchAll(/^```sh\n(.*?)^```/gms)]
  .flatMap(([, block]) => block.split('\n'))
  .map((line) => line.replace(/\s+#.*$/, ''))
  .filter(Boolean);

// A record of the data set's binary form: one stroke, an ellipse or a zigzag, a little different each time.
function record(key, round) {
  const points = Array.from({ length: 13 }, (_, i) => {
    const wobble = (key * 7 + i * 13) % 9;
    return round
      ? [127 + (118 - wobble) * Math.cos(i * 0.524), 127 + (118 - wobble) * Math.sin(i * 0.524)]
      : [i * 21, i % 2 ? 240 - wobble * 3 : wobble * 3];
  });
  const bytes = Buffer.alloc(19 + 2 * points.length);
  bytes.writeBigUInt64LE(BigInt(key) * 0x9e3779b97f4a7n, 0);
  bytes.write('ZZ', 8);
  bytes.writeUInt8(1, 10);
  bytes.writeUInt16LE(1, 15);
  bytes.writeUInt16LE(points.length, 17);
  points.forEach(([x, y], i) => {
    bytes.writeUInt8(Math.round(x), 19 + i);
    bytes.writeUInt8(Math.round(y), 19 + points.length + i);
  });
  return bytes;
}

// The data set's bucket, as far as it is needed.
const bucket = new Map([['circle', true], ['zigzag', false]].map(([name, round]) => {
  const keys = Array.from({ length: 200 }, (_, i) => i + 1 + (round ? 1000 : 0));
  return [`/binary/${name}.bin`, Buffer.concat(keys.map((key) => record(key, round)))];
}));
const server = createServer((request, response) => {
  const body = bucket.get(request.url);
  response.writeHead(body ? 200 : 404).end(body);
});
const environment = { ...process.env, no_proxy: '127.0.0.1' };
before(async () => {
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  environment.INKLING_URL = `http://127.0.0.1:${server.address().port}`;
});
after(() => { server.closeAllConnections(); server.close(); });

function run(line) {
  const child = spawn('bash', ['-c', line], { cwd: tree, env: environment });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (text) => (output += text));
  return new Promise((resolve) => child.on('close', (status) => resolve({ status, output })));
}

// ./play goes on serving: it is asked for the page, and ended.
async function play() {
  const server = spawn('./play', ['--port', '8765'], { cwd: tree, env: environment, detached: true });
  let output = '';
  const address = await new Promise((resolve, reject) => {
    server.stdout.on('data', (text) => {
      output += text;
      const found = output.match(/http:\/\/localhost:\d+\/\S*/);
      if (found) resolve(found[0]);
    });
    server.on('exit', () => reject(new Error(`./play ended:\n${output}`)));
  });
  const page = await (await fetch(address)).text();
  process.kill(-server.pid);
  assert.match(page, /id="mirror"/);
}

const cleanUp = [];
after(() => cleanUp.forEach((path) => rmSync(path, { recursive: true, force: true })));

for (const command of commands) {
  test(command, { timeout: 600_000 }, async () => {
    if (command === './play') return play();
    // This very test is part of it: here it is only asked what it does.
    const line = command === './check' ? './check --help' : command;
    if (command.includes('words.txt')) {
      writeFileSync(join(scratch, 'words.txt'), 'circle\nzigzag\n');
      cleanUp.push(join(tree, 'dist/models/mine.ort'));
    }
    // What a command writes goes to the scratch folder; what it reads is the tree.
    const local = line.replace(/words\.txt|runs\/|\bquickdraw\b/g, (path) => `${scratch}/${path}`);
    const { status, output } = await run(local);
    assert.equal(status, 0, `${local}\n${output}`);
  });
}

test('the README shows commands', () => assert.ok(commands.length >= 6, commands.join('\n')));
