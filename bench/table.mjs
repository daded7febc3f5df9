// A table of measured numbers, with the bar beside each.

let missed = 0;

export const heading = () => console.log('| | measured | at most | |\n|---|---:|---:|---|');

/** A line of the table. most: the bar, or null for what has none. */
export function row(what, value, most, unit, digits = 0) {
  const text = (number) => `${number.toLocaleString('en', { maximumFractionDigits: digits, minimumFractionDigits: digits })} ${unit}`.trim();
  const held = most === null ? '' : value <= most ? 'held' : 'MISSED';
  missed += held === 'MISSED';
  console.log(`| ${what} | ${text(value)} | ${most === null ? '' : text(most)} | ${held} |`);
}

/** The last line. Returns the exit status: 1 where a bar was missed. */
export function verdict() {
  console.log(missed ? `\n${missed} of the bars missed` : '\nevery bar held');
  return missed ? 1 : 0;
}
