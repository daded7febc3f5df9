// config.json beside the page: a game of a maker's own, without a compiler. docs/hosting.md tells of its keys; the
// address of the page goes before them (bridge.js). A key that is wrong is left out, and a sentence says why.

const most = 100_000; // characters of the file

// Letters that the game sets one after the other from left to right: no emoji, no script that runs the other way or
// whose letters join, none beyond the basic plane. What the game's faces have not, the device's own fonts draw (letter.js).
const otherways = ['Arabic', 'Hebrew', 'Syriac', 'Thaana', 'Nko', 'Mongolian'].map((name) => `\\p{Script=${name}}`).join('');
const lettered = new RegExp(`^[^\\p{C}\\p{M}\\p{Zl}\\p{Zp}\\p{Emoji_Presentation}${otherways}\\u{10000}-\\u{10ffff}]{1,24}$`, 'u');
const wholeNumber = (least, greatest) => (value) => Number.isInteger(value) && value >= least && value <= greatest;
const modes = ['classic', 'streak', 'practice', 'pair', 'duel'];
const isList = (value, isItem) => Array.isArray(value) && value.length > 0 && value.length <= 1000 && value.every(isItem);
const hasTwice = (list) => new Set(list).size < list.length;
const isWord = (value) => typeof value === 'string' && /^[^\p{Cc},]{1,60}$/u.test(value.trim()) && value.trim() !== '';

const rules = {
  title: (value) => typeof value === 'string' && lettered.test(value.normalize()) && value.trim() !== '',
  rounds: wholeNumber(1, 12),
  seconds: wholeNumber(5, 120),
  words: (value) => isList(value, isWord),
  // A duel begins with a link, not on the title: there must be another.
  modes: (value) => isList(value, (mode) => modes.includes(mode)) && !hasTwice(value) && value.some((mode) => mode !== 'duel'),
  languages: (value) => isList(value, (code) => typeof code === 'string') && !hasTwice(value),
  model: (value) => typeof value === 'string' && /\.(onnx|ort)$/.test(value) && modelAddress(value) !== null,
};

/**
 * text: of the file, or null where there is none. languages: the codes of those that the game has.
 * Returns {config, problem}: the keys that hold, and the first that doesn't as {key: of a sentence in the texts, value,
 * name}, or null.
 */
export function readConfig(text, languages) {
  const config = {};
  let problem = null;
  const complain = (key, value, name = '') => { problem ??= { key: `config.${key}`, value, name }; };
  let told;
  try {
    told = JSON.parse(text || '{}');
    if (text?.length > most) throw new Error(`${text.length} characters`);
  } catch (error) {
    complain('unreadable', error.message);
    return { config, problem };
  }
  if (told === null || typeof told !== 'object' || Array.isArray(told)) {
    complain('unreadable', shown(told));
    return { config, problem };
  }
  for (const [name, value] of Object.entries(told)) {
    if (!Object.hasOwn(rules, name)) complain('unknown', Object.keys(rules).join(', '), shown(name));
    else if (!rules[name](value)) complain(name, shown(value));
    else config[name] = name === 'title' ? value.normalize() : value;
  }
  const foreign = config.languages?.find((code) => !languages.includes(code));
  if (foreign !== undefined) {
    complain('language', languages.join(', '), shown(foreign));
    delete config.languages;
  }
  return { config, problem };
}

/** What is wrong with the words of a config, as `problem` above. known: the words of the model that ships. */
export function strangeWord(config, known) {
  if (!config.words || config.model) return null; // of another model only its card knows the words
  const classes = new Set(known.map((word) => word.toLowerCase()));
  const stranger = config.words.find((word) => !classes.has(word.trim().toLowerCase()));
  return stranger === undefined ? null : { key: 'config.word', value: shown(stranger), name: '' };
}

// A value as it stands in the file, short.
function shown(value) {
  const text = JSON.stringify(value);
  return text.length > 40 ? `${text.slice(0, 40)}…` : text;
}

/** The address of a model of this page's own origin, by default the one that ships. Null for one anywhere else. */
export function modelAddress(path) {
  try {
    const address = new URL(path || 'models/default.ort', document.baseURI);
    return address.origin === location.origin ? address.href : null;
  } catch {
    return null;
  }
}
