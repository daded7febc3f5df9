// Puts dist/ together: the page as plain static files, from what was built, what was written and what npm brought.
//
//   node tools/dist.mjs [--model FILE.onnx] [--out dist]
//
// The folder is made beside the old one and then takes its place; nothing is done when no source has changed.
// --model takes another default model. Other people's drawings (inkling data examples) are taken along where they are.

import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { cp, mkdir, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { convert } from './convert.mjs';
import { fields } from './protobuf.mjs';

process.chdir(join(dirname(fileURLToPath(import.meta.url)), '..'));
const { values: options } = parseArgs({
  options: { model: { type: 'string', default: 'assets/models/default.onnx' }, out: { type: 'string', default: 'dist' } },
});

const ort = 'node_modules/onnxruntime-web';
const font = 'node_modules/@expo-google-fonts/patrick-hand/400Regular/PatrickHand_400Regular.ttf';
const licences = ['tools/licences.txt', 'assets/runtime/licences.txt'];
const lines = async (file) => (await readFile(file, 'utf8')).split(/\r?\n/).filter((line) => line && !line.startsWith('#'));
// [{code, name, face}] of the languages; face: of a script that `font` lacks.
const languages = (await lines('assets/texts/languages.tsv')).map((line) => line.split('\t'))
  .map(([code, name, face]) => ({ code, name, face: face && join('node_modules', face) }));
const faces = languages.filter(({ face }) => face);

// What is copied as it is: [from, to, how it comes to be].
const copied = [
  ['build/web/bin/inkling.js', 'inkling.js', 'cmake --build --preset web'],
  ['build/web/bin/inkling.wasm', 'inkling.wasm', 'cmake --build --preset web'],
  // Names that end in .js: not every host knows that .mjs is JavaScript.
  [`${ort}/dist/ort.wasm.min.mjs`, 'runtime/ort.js', 'npm ci'],
  ['assets/runtime/ort.mjs', 'runtime/small.js', 'tools/build-ort'],
  ['assets/runtime/ort.wasm', 'runtime/small.wasm', 'tools/build-ort'],
  [`${ort}/dist/ort-wasm-simd-threaded.mjs`, 'runtime/stock.js', 'npm ci'],
  [`${ort}/dist/ort-wasm-simd-threaded.wasm`, 'runtime/stock.wasm', 'npm ci'],
  ['node_modules/gifenc/dist/gifenc.esm.js', 'runtime/gifenc.js', 'npm ci'],
];
// What not every page has: [from, to]. index.html names them, so that no page asks in vain.
const extras = [['assets/examples.bin', 'examples.bin']].filter(([from]) => existsSync(from));
// What begins by itself, or is imported when it is needed; the other modules of web/ are part of these.
const scripts = ['boot.js', 'classifier.js', 'keep/files.js', 'store.js', 'voice.js'];
const folders = [['web', ''], ['assets/texts', 'texts'], ['assets/icons', 'icons']];

async function filesOf(folder) {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  return entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath ?? entry.path, entry.name)).sort();
}

// Everything that dist/ is made of, by name, size and time.
async function stampOf() {
  const sources = [...copied, [options.model, '', 'inkling train'], ...extras, [font, '', 'npm ci'], ...faces.map(({ face }) => [face, '', 'npm ci']), ...licences.map((file) => [file, '']), ['tools/dist.mjs', ''], ['tools/convert.mjs', ''], ['node_modules/esbuild/package.json', '', 'npm ci']];
  for (const [folder] of folders) sources.push(...(await filesOf(folder)).map((file) => [file, '']));
  const hash = createHash('sha256').update(options.out);
  for (const [file, , made] of sources) {
    const { size, mtimeMs } = await stat(file).catch(() => {
      throw new Error(`${file} is missing${made ? `: it comes from ${made}` : ''}`);
    });
    hash.update(`${file}\0${size}\0${mtimeMs}\n`);
  }
  return hash.digest('hex');
}

// The fonts with the glyphs that the texts need, as [name, bytes]. The game's own has ASCII besides, for what players
// bring (category names of a model). A language with a face has one with its texts' glyphs and one with those of the title
// screen, which comes first; they are fetched where the language is shown. One with those of its name is for everybody.
async function cutFonts() {
  const { default: subset } = await import('subset-font');
  const cut = async (file, glyphs) => subset(await readFile(file), [...glyphs].sort().join(''), { targetFormat: 'truetype' });
  const glyphsOf = async ({ code, name }, within = '') => {
    const texts = (await lines(`assets/texts/${code}.tsv`)).filter((line) => line.startsWith(within));
    return new Set([name, ...texts.map((line) => line.slice(line.indexOf('\t') + 1))].join(''));
  };
  const ascii = Array.from({ length: 95 }, (_, i) => String.fromCharCode(0x20 + i));
  const latin = new Set([...ascii, ...'…“”‘’·—–é×']);
  for (const language of languages) if (!language.face) for (const glyph of await glyphsOf(language)) latin.add(glyph);
  const fonts = [['latin.ttf', await cut(font, latin)]];
  for (const language of faces) {
    const letters = (glyphs) => [...glyphs].filter((glyph) => !ascii.includes(glyph));
    fonts.push([`${language.code}.ttf`, await cut(language.face, letters(await glyphsOf(language)))],
      [`${language.code}-title.ttf`, await cut(language.face, letters(await glyphsOf(language, 'title')))],
      [`${language.code}-name.ttf`, await cut(language.face, letters(language.name))]);
  }
  return fonts;
}

// The class names of an .onnx model's card (engine/model/card.h), one a line: the game has words before the model is there.
function classNames(onnx) {
  for (const [number, prop] of fields(onnx)) {
    if (number !== 14) continue; // ModelProto.metadata_props
    const entry = new Map(fields(prop)); // StringStringEntryProto: 1 key, 2 value
    if (entry.get(1)?.toString() === 'inkling.classes') return `${entry.get(2)}\n`;
  }
  throw new Error(`${options.model} has no card: it names no classes`);
}

// The model in ORT format. ONNX Runtime writes some of its lists in another order each time, which would be a new file to
// every player: what was made of a model once is kept in build/.
async function converted(onnx) {
  const hash = createHash('sha256').update(await readFile(onnx)).update(await readFile('tools/convert.mjs'))
    .update(await readFile('node_modules/onnxruntime-node/package.json')).digest('hex');
  const kept = join('build/models', `${hash.slice(0, 16)}.ort`);
  if (!existsSync(kept)) {
    await mkdir('build/models', { recursive: true });
    await writeFile(`${kept}.new`, await convert(onnx));
    await rename(`${kept}.new`, kept);
  }
  return readFile(kept);
}

async function assemble(out) {
  await rm(out, { recursive: true, force: true });
  await mkdir(out, { recursive: true });
  for (const [from, to] of folders) await cp(from, join(out, to), { recursive: true });
  for (const folder of ['models', 'runtime', 'fonts']) await mkdir(join(out, folder));
  await bundle(out);
  for (const [from, to] of [...copied, ...extras]) await cp(from, join(out, to));
  const index = join(out, 'index.html');
  await writeFile(index, (await readFile(index, 'utf8')).replace('name="extras" content=""',
    `name="extras" content="${extras.map(([, to]) => to).join(' ')}"`));
  await writeFile(join(out, 'models/class_names.txt'), classNames(await readFile(options.model)));
  await writeFile(join(out, 'models/default.ort'), await converted(options.model));
  // The maps are not shipped; a debugger would ask for them in vain.
  for (const name of ['ort.js', 'stock.js', 'gifenc.js']) {
    const runtime = join(out, 'runtime', name);
    await writeFile(runtime, (await readFile(runtime, 'utf8')).replace(/\n\/\/# sourceMappingURL=.*\s*$/, '\n'));
  }
  for (const [name, bytes] of await cutFonts()) await writeFile(join(out, 'fonts', name), bytes);
  const rule = `\n\n${'-'.repeat(78)}\n\n`;
  const texts = await Promise.all(licences.map((file) => readFile(file, 'utf8')));
  const cuts = [['latin.ttf', font], ...faces.map(({ code, face }) => [`${code}.ttf, and its parts`, face])];
  const ofls = await Promise.all(cuts.map(async ([name, face]) =>
    `The font fonts/${name}, cut to the glyphs used here:\n\n${await readFile(join(face, '../../LICENSE_FONT'), 'utf8')}`));
  await writeFile(join(out, 'licences.txt'), [...texts.map((text) => text.trimEnd()), ...ofls].join(rule));
  await listFiles(out);
}

// Each script with the modules that it begins with in it, and without what only readers need: a slow phone pays for every
// request and for every byte.
async function bundle(out) {
  const { build } = await import('esbuild');
  const { metafile } = await build({
    entryPoints: scripts.map((name) => `web/${name}`), outbase: 'web', outdir: out, allowOverwrite: true, bundle: true, format: 'esm',
    minify: true, charset: 'utf8', metafile: true, logLevel: 'warning',
    external: [...scripts.map((name) => `./${name}`), './inkling.js', '../runtime/gifenc.js'], // these come when they are asked for
  });
  const within = Object.keys(metafile.inputs).map((file) => relative('web', file)).filter((name) => !scripts.includes(name));
  for (const name of within) await rm(join(out, name));
}

// The service worker's lists: what a version is made of, and what comes when it is first needed: faces, the stock runtime,
// extras. Makers change config.json, so it is none of it.
async function listFiles(out) {
  const worker = join(out, 'service-worker.js');
  const apart = [worker, join(out, 'config.json')];
  const list = {};
  const some = {};
  const later = [...faces.flatMap(({ code }) => [`fonts/${code}.ttf`, `fonts/${code}-title.ttf`]), 'runtime/stock.js', 'runtime/stock.wasm',
    ...extras.map(([, to]) => to)];
  for (const file of (await filesOf(out)).filter((name) => !apart.includes(name))) {
    const path = relative(out, file).replaceAll('\\', '/');
    (later.includes(path) ? some : list)[path] = createHash('sha256').update(await readFile(file)).digest('hex');
  }
  const text = (await readFile(worker, 'utf8')).replace('files = {}', `files = ${JSON.stringify(list, null, 2)}`)
    .replace('some = {}', `some = ${JSON.stringify(some, null, 2)}`);
  // Of all that stands in it: a worker that has changed keeps its files apart from those of the one before.
  const version = createHash('sha256').update(text).digest('hex').slice(0, 16);
  await writeFile(worker, text.replace("version = ''", `version = '${version}'`));
}

const stampFile = `build/${options.out.replace(/\W/g, '-')}.stamp`;
try {
  const stamp = await stampOf();
  const before = await readFile(stampFile, 'utf8').catch(() => '');
  const there = await stat(join(options.out, 'index.html')).catch(() => null);
  if (there && before === stamp) {
    console.log(`${options.out}/ is up to date`);
  } else {
    await assemble(`${options.out}.new`);
    await rm(options.out, { recursive: true, force: true });
    await rename(`${options.out}.new`, options.out);
    await mkdir('build', { recursive: true });
    await writeFile(stampFile, stamp);
    console.log(`${options.out}/ is made`);
  }
} catch (error) {
  console.error(`inkling: ${error.message}`);
  process.exit(2);
}
