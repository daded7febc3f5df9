// `inkling report` in a browser: real runs on made-up drawings, light and dark, phone and desktop.

import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { pathToFileURL } from 'node:url';
import { chromium } from 'playwright-core';
import { desktop, phone, root, screens } from './play.mjs';

const place = mkdtempSync(join(tmpdir(), 'inkling-report-'));
const inkling = (...words) => execFileSync(join(root, 'build/native/bin/inkling'), words, { cwd: place, encoding: 'utf8' });
let browser;
before(async () => {
  mkdirSync(screens, { recursive: true });
  inkling('data', 'synth', '--out', 'data', '--per-class', '120');
  // A name as a stranger's file may have it.
  renameSync(join(place, 'data/star.bin'), join(place, 'data/<img src=x onerror=alert(1)> & "star".bin'));
  inkling('compare', '--data', 'data', '--out', 'runs', '--nets', 'simple-gap,lenet-gap', '--seeds', '2', '--epochs', '3', '--batch', '64');
  inkling('train', '--data', 'data', '--out', 'alone', '--epochs', '4', '--batch', '64');
  inkling('report', 'runs', 'alone', '--out', 'report.html');
  browser = await chromium.launch({ executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium', args: ['--no-sandbox'] });
});
after(async () => {
  await browser?.close();
  rmSync(place, { recursive: true });
});

async function open(file, options) {
  const page = await (await browser.newContext(options)).newPage();
  const complaints = [];
  page.on('pageerror', (error) => complaints.push(String(error)));
  page.on('console', (message) => complaints.push(message.text()));
  page.on('dialog', (dialog) => complaints.push(dialog.message()));
  page.on('request', (request) => { if (!/^(file|data):/.test(request.url())) complaints.push(request.url()); });
  await page.goto(pathToFileURL(join(place, file)).href);
  return { page, complaints };
}

for (const [name, viewport] of Object.entries({ phone, desktop })) {
  for (const colorScheme of ['light', 'dark']) {
    test(`a report on a ${name}, ${colorScheme}`, async () => {
      const { page, complaints } = await open('report.html', { viewport, colorScheme });
      const seen = await page.evaluate(() => {
        document.querySelectorAll('details').forEach((details) => { details.open = true; });
        const charts = [...document.querySelectorAll('svg[role=img]')];
        const inside = (svg) => [...svg.querySelectorAll('polyline, circle')].every((shape) => {
          const a = svg.getBoundingClientRect(), b = shape.getBoundingClientRect();
          return b.left >= a.left - 1 && b.right <= a.right + 1 && b.top >= a.top - 1 && b.bottom <= a.bottom + 1;
        });
        // Contrast of the text with its sheet (WCAG 2.1).
        const luminance = (css) => {
          const [r, g, b] = css.match(/[\d.]+/g).map((v) => (v / 255 <= 0.03928 ? v / 255 / 12.92 : ((v / 255 + 0.055) / 1.055) ** 2.4));
          return 0.2126 * r + 0.7152 * g + 0.0722 * b;
        };
        const sheet = luminance(getComputedStyle(document.querySelector('.sheet')).backgroundColor);
        const contrast = (colour) => (Math.max(luminance(colour), sheet) + 0.05) / (Math.min(luminance(colour), sheet) + 0.05);
        return {
          charts: charts.map((svg) => svg.getAttribute('aria-label')),
          lines: charts.map((svg) => svg.querySelectorAll('polyline.series').length),
          inside: charts.every(inside),
          dots: charts[3].querySelectorAll('circle').length,
          wide: document.documentElement.scrollWidth - document.documentElement.clientWidth,
          rows: [...document.querySelectorAll('tr')].length,
          words: document.querySelectorAll('.word').length,
          pictures: [...document.querySelectorAll('img')].map((image) => image.naturalWidth),
          text: document.body.innerText,
          contrast: Math.min(contrast(getComputedStyle(document.querySelector('p')).color), contrast(getComputedStyle(document.querySelector('svg text')).fill)),
        };
      });
      assert.equal(seen.charts.length, 6 + 5, `${seen.charts}`); // and each run's hardest and easiest words
      assert.deepEqual(seen.lines.slice(0, 3), [10, 10, 10]); // five runs, training and validation
      assert.equal(seen.lines[4], 5);
      assert.ok(seen.inside, 'a line leaves its chart');
      assert.equal(seen.dots, 5);
      assert.equal(seen.wide, 0, 'the page scrolls sideways');
      assert.equal(seen.rows, 1 + 5 + 2); // and a mean for each network that has two seeds
      assert.equal(seen.words, 5 * 12);
      assert.ok(seen.pictures.length > 5 && seen.pictures.every((width) => width === 28), `${seen.pictures}`);
      assert.ok(seen.text.includes('<img src=x onerror=alert(1)> & "star"'));
      assert.ok(seen.contrast >= 4.5, `contrast ${seen.contrast}`);
      assert.deepEqual(complaints, []);
      await page.screenshot({ path: join(screens, `report-${name}-${colorScheme}.png`), fullPage: true });
      await page.context().close();
    });
  }
}

test('a report on models measures them, and its plots are pictures by themselves', async () => {
  inkling('report', 'alone/model.onnx', 'runs/simple-gap-1/model.onnx', '--data', 'data', '--out', 'models.html', '--svg', 'plots');
  const plots = readdirSync(join(place, 'plots')).sort();
  assert.deepEqual(plots, ['alone-words.svg', 'bytes.svg', 'ink.svg', 'reliability.svg', 'simple-gap-1-words.svg']);
  writeFileSync(join(place, 'plots.html'), `<!doctype html>${plots.map((name) => `<img src="plots/${name}" width="600">`).join('')}`);
  const { page, complaints } = await open('plots.html', { viewport: desktop });
  const sizes = await page.locator('img').evaluateAll((images) => images.map((image) => [image.naturalWidth, image.naturalHeight]));
  assert.ok(sizes.every(([width, height]) => width > 600 && height > 300), `${sizes}`); // a broken one has none
  await page.screenshot({ path: join(screens, 'report-plots.png'), fullPage: true });
  await page.goto(pathToFileURL(join(place, 'models.html')).href);
  const rows = await page.locator('tr').allInnerTexts();
  assert.match(rows[1], /^alone\t12\t/); // words
  // What the run itself measured, on the same drawings.
  const { test: own } = JSON.parse(readFileSync(join(place, 'alone/metrics.json'), 'utf8'));
  assert.ok(rows[1].includes(`${(100 * own.top1).toFixed(2)}%`), rows[1]);
  assert.deepEqual(complaints, []);
});

test('models that are worth the same keep their names apart in the plot of bytes', async () => {
  const names = ['this-one', 'that-one', 'another', 'a-fourth'];
  for (const name of names) copyFileSync(join(place, 'alone/model.onnx'), join(place, `${name}.onnx`));
  inkling('report', ...names.map((name) => `${name}.onnx`), 'runs/lenet-gap-1/model.onnx', '--data', 'data', '--out', 'alike.html');
  const { page } = await open('alike.html', { viewport: desktop });
  const boxes = await page.locator('svg[aria-label="Top-1 accuracy against bytes"] text[style]').evaluateAll((texts) =>
    texts.map((text) => ({ name: text.textContent, ...text.getBoundingClientRect().toJSON() })));
  assert.deepEqual(boxes.map(({ name }) => name).sort(), [...names, 'lenet-gap-1'].sort());
  for (const [i, a] of boxes.entries()) {
    for (const b of boxes.slice(0, i)) {
      assert.ok(a.left >= b.right || b.left >= a.right || a.top + 2 >= b.bottom || b.top + 2 >= a.bottom, `${a.name} lies on ${b.name}`);
    }
  }
  await page.context().close();
});

test("a comparison writes its own report, and what is no run is named", async () => {
  const { page, complaints } = await open('runs/report.html', { viewport: desktop });
  assert.equal(await page.locator('.legend').first().locator('li').count(), 2);
  assert.deepEqual(complaints, []);
  assert.throws(() => inkling('report', 'data'), /data: holds no run/);
  assert.throws(() => inkling('report', 'none'), /none: there is no such run or model/);
});
