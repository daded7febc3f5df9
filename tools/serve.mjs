// A plain static server for dist/: no special headers, nothing cached, as any cheap host would serve it.
//
//   node tools/serve.mjs [--port 8080] [--root dist] [--base /]
//
// Takes the next free port when that one is taken, and says so. With --base /sub/path/ the files lie there.
// Tests import `serve` instead.

import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { createServer } from 'node:http';
import { extname, join, resolve, sep } from 'node:path';
import { pathToFileURL } from 'node:url';
import { parseArgs } from 'node:util';

const types = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.txt': 'text/plain; charset=utf-8',
  '.tsv': 'text/tab-separated-values; charset=utf-8',
  '.json': 'application/json',
  '.webmanifest': 'application/manifest+json',
  '.wasm': 'application/wasm',
  '.onnx': 'application/octet-stream',
  '.ort': 'application/octet-stream',
  '.ttf': 'font/ttf',
};

/** The Content-Type of a file, by its name. */
export const typeOf = (path) => types[extname(path)] ?? 'application/octet-stream';

// The file of a request's address, or null: outside of the base or the root, malformed, hidden.
function fileOf(url, root, base) {
  let path;
  try {
    path = decodeURIComponent(url.split(/[?#]/, 1)[0]);
  } catch {
    return null;
  }
  if (!path.startsWith(base) || path.includes('\0') || path.includes('\\')) return null;
  const file = resolve(root, `.${sep}${path.slice(base.length)}`);
  const inside = file === root || file.startsWith(root + sep);
  return inside && !path.includes('/.') ? file : null;
}

function refuse(response, status, text) {
  response.writeHead(status, { 'Content-Type': 'text/plain; charset=utf-8' }).end(`${status} ${text}\n`);
}

async function answer(request, response, root, base) {
  if (request.method !== 'GET' && request.method !== 'HEAD') {
    response.setHeader('Allow', 'GET, HEAD');
    return refuse(response, 405, 'method not allowed');
  }
  const file = fileOf(request.url, root, base);
  if (!file) return refuse(response, 404, 'not found');
  try {
    const asked = await stat(file);
    const folder = asked.isDirectory();
    if (folder && !request.url.split('?', 1)[0].endsWith('/')) {
      // Relative links only work with the slash at the end; a path of two slashes would be another host's.
      response.writeHead(301, { Location: `${request.url.split('?', 1)[0].replace(/^\/+/, '/')}/` });
      return response.end();
    }
    const path = folder ? join(file, 'index.html') : file;
    const { size } = folder ? await stat(path) : asked;
    response.writeHead(200, {
      'Content-Type': typeOf(path),
      'Content-Length': size,
      'Cache-Control': 'no-cache',
    });
    if (request.method === 'HEAD') return response.end();
    createReadStream(path).on('error', () => response.destroy()).pipe(response);
  } catch {
    refuse(response, 404, 'not found');
  }
}

/** Serves until `close()`. Resolves to {address, port, close}. port 0 takes any free one. meddle(request, response):
 * for tests, sees each request first, and says true of what it has answered itself. */
export async function serve({ root = 'dist', base = '/', port = 8080, say = () => {}, meddle = () => false } = {}) {
  const folder = resolve(root);
  const prefix = `/${base.replace(/^\/+|\/+$/g, '')}/`.replace('//', '/');
  const server = createServer((request, response) => meddle(request, response) || answer(request, response, folder, prefix));
  const listen = (at) => new Promise((done, failed) => {
    server.once('error', failed);
    server.listen(at, () => {
      server.off('error', failed);
      done();
    });
  });
  for (let at = port; ; ++at) {
    try {
      await listen(at);
      break;
    } catch (error) {
      if (error.code !== 'EADDRINUSE' || at >= Math.min(port + 100, 65535)) throw error;
      say(`port ${at} is taken, trying ${at + 1}`);
    }
  }
  const taken = server.address().port;
  const close = () => new Promise((done) => {
    server.close(done);
    server.closeAllConnections();
  });
  return { address: `http://localhost:${taken}${prefix}`, port: taken, close };
}

async function main() {
  const { values } = parseArgs({
    options: { port: { type: 'string', default: '8080' }, root: { type: 'string' }, base: { type: 'string' } },
  });
  const port = Number(values.port);
  if (!Number.isInteger(port) || port < 0 || port > 65535) throw new Error(`--port ${values.port}: 0 to 65535`);
  const root = values.root ?? 'dist';
  await stat(join(root, 'index.html')).catch(() => { throw new Error(`${root} has no index.html: run ./play --build`); });
  const { address } = await serve({ ...values, port, root, say: console.log });
  console.log(`Inkling is at ${address} (Ctrl-C ends it)`);
}

if (import.meta.url === pathToFileURL(process.argv[1]).href) {
  main().catch((error) => {
    console.error(`inkling: ${error.message}`);
    process.exit(2);
  });
}
