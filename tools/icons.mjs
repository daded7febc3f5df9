// Draws the icons of an installed game, assets/icons/*.png, from assets/icons/inkling.svg, with Chromium. They are
// committed, so that building the game needs no browser; run this when the drawing has changed.
//
//   node tools/icons.mjs
//
// inkling-N.png is the drawing as it is. maskable-N.png is for systems that cut it to their own shape: paper to the
// edges, and the letter inside the circle of 80% that is never cut (https://www.w3.org/TR/appmanifest/#icon-masks).

import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { chromium } from 'playwright-core';

const folder = new URL('../assets/icons/', import.meta.url).pathname;
const drawing = await readFile(join(folder, 'inkling.svg'), 'utf8');

// The paper's own edge goes, and what lies on it shrinks towards the middle.
const [paper, ...strokes] = drawing.match(/<path[^>]*>/g);
const colour = paper.match(/fill="(#\w+)"/)[1];
const maskable = drawing.replace(/(<svg[^>]*>)[^]*(<\/svg>)/, (_, open, close) => `${open}
  <path d="M0 0H64V64H0Z" fill="${colour}"/>
  <g transform="translate(32 32) scale(.92) translate(-32 -32)">${strokes.join('')}</g>${close}`);

const browser = await chromium.launch({ executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium', args: ['--no-sandbox'] });
for (const [name, svg] of [['inkling', drawing], ['maskable', maskable]]) {
  for (const side of [192, 512]) {
    const page = await browser.newPage({ viewport: { width: side, height: side } });
    await page.setContent(`<style>body { margin: 0 } svg { display: block; width: 100vw; height: 100vh }</style>${svg}`);
    await page.screenshot({ path: join(folder, `${name}-${side}.png`), omitBackground: true });
    await page.close();
  }
}
await browser.close();
