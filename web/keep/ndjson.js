// Drawings as the data set's own lines of text, for `inkling data` and `inkling train` (trainer/data/ndjson.h).

import { readKeepsake } from './form.js';

// "2017-03-01 21:12:07.26604 UTC"
const timestamp = (time) => `${new Date(time).toISOString().replace('T', ' ').replace('Z', '00')} UTC`;

/** drawings: of the store. One that cannot be read is left out. */
export function toLines(drawings) {
  let lines = '';
  for (const { key, time, bytes } of drawings) {
    try {
      const { word, recognized, simplified } = readKeepsake(bytes);
      lines += `${JSON.stringify({ word, countrycode: 'ZZ', timestamp: timestamp(time), recognized, key_id: key, drawing: simplified })}\n`;
    } catch (error) {
      console.info(`drawings: one is left out, ${error.message}`);
    }
  }
  return lines;
}
