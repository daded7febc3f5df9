// What each ingredient of the shipped model's recipe is worth: the whole recipe, and one left out at a time, each with
// several seeds, on a shorter schedule. Prints the table of docs/model.md.
//
//   node bench/ablations.mjs [--seeds 2] [--max-per-class 200] [--epochs 12] [--views 4] [--out build/ablations]
//
// Needs $INKLING_DATA and build/native/bin/inkling. Some two minutes a run on two cores; what is done already, in
// --out, is not done again. Measured on the drawings of docs/model.md: 20 a word of the test split.

import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

const { values: options } = parseArgs({ options: {
  seeds: { type: 'string', default: '2' }, 'max-per-class': { type: 'string', default: '200' },
  epochs: { type: 'string', default: '12' }, views: { type: 'string', default: '4' },
  out: { type: 'string', default: 'build/ablations' },
} });
if (!process.env.INKLING_DATA) {
  console.error('bench/ablations: INKLING_DATA is not set; name a folder of Quick, Draw! strokes with it');
  process.exit(2);
}
process.env.INKLING_DATA = resolve(process.env.INKLING_DATA);
process.chdir(fileURLToPath(new URL('..', import.meta.url)));
const inkling = 'build/native/bin/inkling';
const recipe = {
  ...JSON.parse(readFileSync('assets/models/recipes/default.json', 'utf8')),
  teacher: 'assets/models/teacher.onnx',
  max_per_class: Number(options['max-per-class']), epochs: Number(options.epochs), views: Number(options.views),
};

// What is left out, and the recipe's entries without it.
const variants = {
  '(nothing)': {},
  'the teacher: from the labels alone': { teacher: '' },
  'the labels: from the teacher alone': { teacher_share: 1 },
  'repeated pictures: the teacher is asked of a new one each time': { views: 0 },
  'unfinished drawings': { partial: 0 },
  'turning, stretching and shearing': { bend: 0 },
  'mirrored drawings': { mirror: 0 },
  'the smooth warp': { warp: 0 },
  'strokes moved or dropped': { stroke_jitter: 0, drop_stroke: 0 },
  'all that changes a drawing': { augment: false },
  'the average of the weights': { average_decay: 0 },
  'label smoothing': { label_smoothing: 0 },
  'half of the drawings': { max_per_class: recipe.max_per_class / 2, epochs: recipe.epochs * 2 },
};

/** {top1, top5, half} of a recipe, in percent; trained where that was not done yet. */
function measure(entries) {
  const name = createHash('sha256').update(JSON.stringify(entries)).digest('hex').slice(0, 12);
  const folder = join(options.out, name), result = join(folder, 'test.json');
  if (!existsSync(result)) {
    mkdirSync(folder, { recursive: true });
    const config = join(folder, 'ablation.json'), run = join(folder, 'run');
    writeFileSync(config, JSON.stringify(entries));
    const unfinished = existsSync(join(run, 'checkpoint'));
    execFileSync(inkling, ['train', '--no-logs', '--out', run, ...unfinished ? ['--resume'] : ['--config', config]],
      { stdio: ['ignore', 'ignore', 'inherit'] });
    const measured = execFileSync(inkling, ['evaluate', join(run, 'model.onnx'), '--json',
      '--per-class', '20', '--recognized', '--country', 'ZZ', '--max-per-class', '0']);
    writeFileSync(`${result}.tmp`, measured);
    renameSync(`${result}.tmp`, result);
  }
  const { top1, top5, by_ink: byInk } = JSON.parse(readFileSync(result, 'utf8'));
  return { top1: 100 * top1, top5: 100 * top5, half: 100 * byInk.find(({ share }) => share === 0.5).top5 };
}

const seeds = Array.from({ length: Number(options.seeds) }, (_, i) => i + 1);
const mean = (values) => values.reduce((sum, value) => sum + value) / values.length;
let whole;
console.log(`${seeds.length} seeds each, ${recipe.max_per_class} drawings a word, ${recipe.epochs} epochs; +- is half of the range.\n`);
console.log('| left out | top-1 | top-5 | top-5 at half the ink |\n|---|---:|---:|---:|');
for (const [what, without] of Object.entries(variants)) {
  const runs = seeds.map((seed) => measure({ ...recipe, ...without, seed }));
  const cells = ['top1', 'top5', 'half'].map((key) => {
    const values = runs.map((run) => run[key]);
    const spread = (Math.max(...values) - Math.min(...values)) / 2;
    return { mean: mean(values), text: `${mean(values).toFixed(1)}% +- ${spread.toFixed(1)}` };
  });
  whole ??= cells;
  const change = (i) => (whole === cells ? '' : ` (${cells[i].mean >= whole[i].mean ? '+' : ''}${(cells[i].mean - whole[i].mean).toFixed(1)})`);
  console.log(`| ${what} | ${cells.map(({ text }, i) => text + change(i)).join(' | ')} |`);
}
