// What the page costs: brotli bytes of each file of dist/, and, in Chromium on this machine, the time from opening the
// page to the first stroke that can be drawn and to the first guess. Medians of --runs (default 5) fresh visits.
import { readFile, readdir } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { brotliCompressSync, constants } from 'node:zlib';
import { chromium } from 'playwright-core';
import { serve } from '../tools/serve.mjs';

const root = new URL('../dist/', import.meta.url).pathname;
const runs = Number(process.argv[process.argv.indexOf('--runs') + 1]) || 5;
const median = (values) => [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)];

async function files(folder) {
  const entries = await readdir(folder, { withFileTypes: true, recursive: true });
  return entries.filter((e) => e.isFile()).map((e) => join(e.parentPath ?? e.path, e.name)).sort();
}

let total = 0;
console.log('| file | bytes | brotli |\n|---|---:|---:|');
for (const file of await files(root)) {
  const bytes = await readFile(file);
  const brotli = brotliCompressSync(bytes, { params: { [constants.BROTLI_PARAM_QUALITY]: 10 } }).length;
  total += brotli;
  console.log(`| ${relative(root, file)} | ${bytes.length.toLocaleString('en')} | ${brotli.toLocaleString('en')} |`);
}
console.log(`| all | | ${total.toLocaleString('en')} |\n`);

const server = await serve({ root, port: 8090, base: '/inkling/' });
const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
  args: ['--no-sandbox', '--use-gl=angle', '--use-angle=swiftshader', '--enable-unsafe-swiftshader',
    '--disable-background-networking'],
});
const strokes = [], guesses = [];
for (let run = 0; run < runs; ++run) {
  const context = await browser.newContext({ viewport: { width: 390, height: 844 } });
  const page = await context.newPage();
  const started = Date.now();
  await page.goto(`${server.address}?seed=1`);
  await page.locator('#mirror[data-screen=title]').waitFor({ state: 'attached' });
  await page.evaluate(() => document.querySelector('#mirror [data-action=play]').click());
  await page.locator('#mirror[data-screen=card]').waitFor({ state: 'attached' });
  await page.evaluate(() => document.querySelector('#mirror [data-action=got-it]').click());
  await page.locator('#mirror[data-screen=draw]').waitFor({ state: 'attached' });
  strokes.push(Date.now() - started);
  await page.locator('#mirror[data-classifier=ready]').waitFor({ state: 'attached' });
  guesses.push(Date.now() - started);
  await context.close();
}
console.log(`first stroke possible after ${median(strokes)} ms, first guess after ${median(guesses)} ms `
  + `(medians of ${runs} visits, loopback, no cache)`);
await browser.close();
await server.close();
