// Which language the game is in, and its files. The choice is the address's (?lang=zh), or what the player chose on
// this device, or the first of the browser's languages that the game has.

import { recall, remember } from './memory.js';

const name = 'language'; // in memory.js

/** The languages of texts/languages.tsv: [{code, name, face}], face: whether its script needs one of its own. */
export function parseLanguages(tsv) {
  return new TextDecoder().decode(tsv).split(/\r?\n/).filter((line) => line && !line.startsWith('#'))
    .map((line) => line.split('\t')).map(([code, name, face]) => ({ code, name, face: Boolean(face) }));
}

/** texts/languages.tsv with these codes alone, in their order. */
export function onlyLanguages(tsv, codes) {
  const lines = new TextDecoder().decode(tsv).split(/\r?\n/);
  return new TextEncoder().encode(codes.map((code) => lines.find((line) => line.startsWith(`${code}\t`))).join('\n'));
}

/** The index of the language to begin with. */
export function chooseLanguage(languages) {
  const asked = new URLSearchParams(location.search).get('lang');
  for (const wanted of [asked, recall(name), ...navigator.languages].filter(Boolean)) {
    const tag = wanted.toLowerCase(); // "zh-Hans-CN" is spoken as "zh"
    for (const part of [tag, tag.split('-')[0]]) {
      const index = languages.findIndex(({ code }) => code.toLowerCase() === part);
      if (index >= 0) return index;
    }
  }
  return 0;
}

/** Keeps the player's choice, which counts for more than the address's from now on. */
export function rememberLanguage(code) {
  remember(name, code);
  const address = new URL(location.href);
  if (!address.searchParams.has('lang')) return;
  address.searchParams.delete('lang');
  history.replaceState(history.state, '', address);
}

/** The sentence of a key in a .tsv file of texts; undefined without one. */
export function sentenceOf(tsv, key) {
  const lines = new TextDecoder().decode(tsv).split('\n');
  return lines.find((line) => line.startsWith(`${key}\t`))?.slice(key.length + 1);
}

/**
 * The paths that a language needs: title, for the title screen, its texts before all, and rest, for the others. A face comes
 * in two parts, lest a slow link keep the title waiting for all of it. Of the other languages' faces it takes the letters
 * of their names.
 */
export function filesOf(languages, index) {
  const { code, face } = languages[index];
  const parts = languages.filter((language) => language.face)
    .map((language) => `fonts/${language.code}-${language.code === code ? 'title' : 'name'}.ttf`);
  return { title: [`texts/${code}.tsv`, ...parts], rest: face ? [`fonts/${code}.ttf`] : [] };
}
