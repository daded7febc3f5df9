// The page's side of keeping drawings: the store, and the files that are made of them, each loaded when it is first
// needed. What the game asks (platform.h: keep, lay_out, file_state, hand_over, ...) is answered at once, and the game is woken
// when the answer has changed.

const states = ['none', 'making', 'ready', 'given', 'failed', 'unavailable']; // platform::FileState

/** faces(): [bytes of a .ttf] that the texts need. dark: the media query. wake(): asks the game for a frame. */
export function createKeeping({ faces, dark, wake }) {
  let kept = -1;
  let counting;
  let coming; // the layout as it is told, piece by piece
  let layout = null;
  let files = null; // of keep/files.js
  let broken = false; // it did not come
  let wanted = null; // a file that was asked for before

  const store = () => import('./store.js');

  async function recount() {
    kept = await (await store()).count();
    wake();
  }
  // Without the module there is nothing to keep drawings with, which is no reason to stop a game.
  const quietly = (task) => task.catch((error) => console.info(`drawings: ${error.message}`));

  async function loadFiles() {
    broken = false;
    try {
      const { createFiles } = await import('./keep/files.js');
      files ??= createFiles({ faces, dark, store, changed: wake });
      files.show(layout);
      if (wanted) files.handOver(wanted);
    } catch (error) {
      console.info(`keep: ${error.message}`);
      broken = true;
    }
    wanted = null;
    wake();
  }

  return {
    give: {
      keep: (bytes) => quietly(store().then(({ keep }) => keep(bytes)).then(recount)),
      'layout-drawing': (bytes) => coming.drawings.push({ bytes }),
    },
    tell: {
      'forget-drawings'() {
        files?.forget();
        quietly(store().then(({ forget }) => forget()).then(recount));
      },
      layout(words) {
        const [heading, title, tagline] = words.split('\n');
        coming = { heading, title, tagline, drawings: [], chosen: -1 };
      },
      'layout-words'(words) {
        const [word, note, recognized] = words.split('\n');
        Object.assign(coming.drawings.at(-1), { word, note, recognized: recognized === 'yes' });
      },
      'layout-chosen'(index) {
        layout = { ...coming, chosen: Number(index) };
        if (files) files.show(layout);
        else loadFiles();
      },
      'hand-over'(kind) {
        if (files) return files.handOver(kind); // at once: a share sheet opens only in the tap's own task
        wanted = kind;
        if (broken) loadFiles();
      },
    },
    flag(name) {
      if (name === 'kept') {
        counting ??= quietly(recount());
        return kept;
      }
      return states.indexOf(files?.state(name) ?? (broken ? 'failed' : 'none'));
    },
  };
}
