// Real drawings for the page's tests: records of the Quick, Draw! data set (the layout stands in
// engine/ink/record.h), only such as the trainer keeps for its test split.

import { readFileSync } from 'node:fs';
import { join } from 'node:path';

const mask = (1n << 64n) - 1n;

/** engine/random.h's hash of 64 bits. */
export function mixBits(x) {
  x = ((x ^ (x >> 30n)) * 0xbf58476d1ce4e5b9n) & mask;
  x = ((x ^ (x >> 27n)) * 0x94d049bb133111ebn) & mask;
  return x ^ (x >> 31n);
}

export const isTest = (key) => mixBits(key) % 20n < 2n; // the trainer's rule: a tenth is never trained on

/** The drawings of a .bin file: {key, recognized, strokes: [[[x, y], ...], ...]} each. */
export function* records(bytes) {
  for (let at = 0; at < bytes.length;) {
    const key = bytes.readBigUInt64LE(at);
    const recognized = bytes[at + 10];
    const count = bytes.readUInt16LE(at + 15);
    at += 17;
    const strokes = [];
    for (let i = 0; i < count; ++i) {
      const points = bytes.readUInt16LE(at);
      at += 2;
      strokes.push(Array.from({ length: points }, (_, j) => [bytes[at + j], bytes[at + points + j]]));
      at += 2 * points;
    }
    yield { key, recognized, strokes };
  }
}

/** Numbers that are the same every time: SplitMix64, as in engine/random.h. */
function random(seed) {
  let state = BigInt(seed);
  return (below) => {
    state = (state + 0x9e3779b97f4a7c15n) & mask;
    return Number(mixBits(state) % BigInt(below));
  };
}

/** One recognised drawing of the test split for each of `count` categories: Map of category -> strokes. */
export function sample(folder, categories, count, seed) {
  const pick = random(seed);
  const left = [...categories];
  const drawings = new Map();
  while (drawings.size < count) {
    const [category] = left.splice(pick(left.length), 1);
    const all = [...records(readFileSync(join(folder, 'strokes', `${category}.bin`)))]
      .filter(({ key, recognized }) => recognized === 1 && isTest(key));
    if (all.length) drawings.set(category, all[pick(all.length)].strokes);
  }
  return drawings;
}
