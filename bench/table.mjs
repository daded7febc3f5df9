// A table of measured numbers, with the bar beside each, and what else the machine did.

import { cpus, loadavg } from 'node:os';

let missed = 0;
let before; // the load of the machine

export function heading() {
  [before] = loadavg();
  console.log('| | measured | at most | |\n|---|---:|---:|---|');
}

/** A line of the table. most: the bar, or null for what has none. */
export function row(what, value, most, unit, digits = 0) {
  const text = (number) => `${number.toLocaleString('en', { maximumFractionDigits: digits, minimumFractionDigits: digits })} ${unit}`.trim();
  const held = most === null ? '' : value <= most ? 'held' : 'MISSED';
  missed += held === 'MISSED';
  console.log(`| ${what} | ${text(value)} | ${most === null ? '' : text(most)} | ${held} |`);
}

/** The last lines; remark: what there is to say of the load. Returns the exit status: 1 where a bar was missed. */
export function verdict(remark = '') {
  console.log(`\nload of the machine: ${before.toFixed(1)} before, ${loadavg()[0].toFixed(1)} after, on ${cpus().length} cores${remark}`);
  console.log(missed ? `\n${missed} of the bars missed` : '\nevery bar held');
  return missed ? 1 : 0;
}
