// The files that are made of drawings, and how they leave the page: through the system's share sheet where the browser
// has one for them, else as a download. All of it happens on this device.
//
// Picture and SVG are made when a drawing is chosen, the others when they are asked for; each is made once. A share sheet
// opens only in answer to a tap, so that a file which took longer than the browser waits stays ready for the next one.

import { filmType, toFilm, toGif } from './animation.js';
import { readKeepsake } from './form.js';
import { themes } from './hand.js';
import { toLines } from './ndjson.js';
import { makeScene } from './scene.js';
import { toSvg } from './svg.js';

const today = () => {
  const now = new Date();
  return [now.getFullYear(), now.getMonth() + 1, now.getDate()].map((part) => String(part).padStart(2, '0')).join('-');
};

const endings = { 'image/png': 'png', 'image/svg+xml': 'svg', 'image/gif': 'gif', 'video/mp4': 'mp4', 'video/webm': 'webm', 'application/x-ndjson': 'ndjson' };

/** faces(): [bytes of a .ttf]. dark: the media query. store(): resolves to store.js. changed(): after a state changed. */
export function createFiles({ faces, dark, store, changed }) {
  let layout = null;
  let family;
  let made = new Map(); // kind -> {state, file, wanted}, of this layout in these colours

  const theme = () => (dark.matches ? themes.dark : themes.light);
  const together = () => layout.chosen < 0;
  const shown = () => (together() ? layout.drawings : [layout.drawings[layout.chosen]]);

  // The game's own letters, for a canvas.
  async function letters() {
    family ??= Promise.all(faces().map(async (bytes, i) => {
      const face = new FontFace(`Inkling ${i}`, bytes);
      document.fonts.add(await face.load());
      return `"Inkling ${i}"`;
    })).then((names) => [...names, 'sans-serif'].join(', '));
    return family;
  }

  const scene = async () => makeScene({ ...layout, drawings: shown() }, together(), theme(), await letters());

  const making = {
    async picture() {
      const still = await scene();
      const canvas = Object.assign(document.createElement('canvas'), { width: still.width, height: still.height });
      const context = canvas.getContext('2d');
      still.backdrop(context);
      still.moment(context, still.length, { loops: false });
      return new Promise((resolve, reject) => {
        canvas.toBlob((blob) => (blob ? resolve(blob) : reject(new Error('no picture'))), 'image/png');
      });
    },
    svg: async () => new Blob([toSvg(shown()[0], theme())], { type: 'image/svg+xml' }),
    animation: async () => new Blob([await toGif(await scene(), together() ? 480 : 512)], { type: 'image/gif' }),
    video: async () => toFilm(await scene(), 720),
    all: async () => new Blob([toLines(await (await store()).all())], { type: 'application/x-ndjson' }),
  };

  function available(kind) {
    if (kind === 'video') return Boolean(filmType());
    return kind !== 'svg' || (!together() && shown()[0].strokes.length > 0);
  }

  function nameOf(kind, type) {
    const { key } = shown()[0];
    const of = kind === 'all' ? `drawings-${today()}` : together() ? today() : key.replace(/[^a-z0-9]+/gi, '-').toLowerCase();
    return `inkling-${of}.${endings[type]}`;
  }

  function enter(entry, state) {
    entry.state = state;
    changed();
  }

  async function make(kind, wanted) {
    const entry = { state: 'making', file: null, wanted };
    made.set(kind, entry);
    changed();
    try {
      const blob = await making[kind]();
      entry.file = new File([blob], nameOf(kind, blob.type), { type: blob.type });
      enter(entry, 'ready');
      if (entry.wanted && made.get(kind) === entry) give(entry);
    } catch (error) {
      console.info(`keep: no ${kind}, ${error.message}`);
      enter(entry, 'failed');
    }
  }

  // In the tap's own task as far as the share sheet, where the file is ready.
  function give(entry) {
    const { file } = entry;
    if (!navigator.canShare?.({ files: [file] })) {
      const link = Object.assign(document.createElement('a'), { href: URL.createObjectURL(file), download: file.name });
      link.click();
      setTimeout(() => URL.revokeObjectURL(link.href), 60_000); // the download reads it from there
      return enter(entry, 'given');
    }
    navigator.share({ files: [file] }).then(() => enter(entry, 'given'), (error) => {
      // Closed without sharing, or the tap was too long ago: the next one will do.
      if (error.name !== 'AbortError' && error.name !== 'NotAllowedError') console.info(`keep: ${error.message}`);
      enter(entry, 'ready');
    });
  }

  function prepare() {
    made = new Map();
    for (const kind of ['picture', 'svg']) if (available(kind)) make(kind, false);
  }

  dark.addEventListener('change', () => { if (layout) prepare(); });

  return {
    /** next: {heading, title, tagline, chosen, drawings: [{bytes, word, note, recognized}]}; bytes: of a keepsake, empty
     * without ink. */
    show(next) {
      const drawings = next.drawings.map(({ bytes, ...rest }) => {
        const { strokes, word: key } = bytes.length ? readKeepsake(bytes) : { strokes: [], word: '' };
        return { ...rest, strokes, key };
      });
      layout = { ...next, drawings };
      prepare();
    },
    state(kind) {
      if (!layout || !available(kind)) return 'unavailable';
      return made.get(kind)?.state ?? 'none';
    },
    /** The drawings of the device are deleted: nothing is left of them here either. */
    forget: () => made.delete('all'),
    handOver(kind) {
      if (!available(kind)) return;
      const entry = made.get(kind);
      if (entry?.state === 'making') entry.wanted = true;
      // What was kept may have changed since it was given; a picture has not.
      else if (entry?.state === 'ready' || (entry?.state === 'given' && kind !== 'all')) give(entry);
      else make(kind, true);
    },
  };
}
