// A friend's game at the end of the page's address, `#duel=TEXT` (engine/game/challenge.h says what is in it), and the
// way of a link out of the page. What stands after the # never leaves the browser, whoever serves the page.

const mark = '#duel=';
const longest = 2000; // characters, of a text that can be one
const states = { none: 0, given: 1, copied: 2, addressed: 3 }; // platform::ShareState

/** wake(): asks the game for a frame. */
export function createChallenge({ wake }) {
  let read = ''; // as it was asked for last
  let own = ''; // a text that was put into the address here, for a friend
  let state = states.none;

  // One character too many is enough to be too long.
  const inAddress = () => (location.hash.startsWith(mark) ? location.hash.slice(mark.length, mark.length + longest + 1) : '');
  addEventListener('hashchange', wake);

  // The words and whoever judges them come from the model, and so it stays in the link; the language, the seed and
  // the rest are the player's own affair.
  function linkOf(text) {
    const model = new URLSearchParams(location.search).get('model');
    const query = model === null ? '' : `?${new URLSearchParams({ model })}`;
    return `${location.origin}${location.pathname}${query}${mark}${text}`;
  }

  // By the device's sheet, else by the clipboard, else it stands in the address. none: the player thought better of it.
  async function handOver(text, sentence) {
    const url = linkOf(text);
    try {
      if (navigator.share) {
        await navigator.share({ url, text: sentence });
        return states.given;
      }
    } catch (error) {
      if (error.name === 'AbortError') return states.none;
    }
    try {
      await navigator.clipboard.writeText(url);
      return states.copied;
    } catch {
      history.replaceState(null, '', url);
      own = text;
      return states.addressed;
    }
  }

  return {
    text() {
      read = inAddress();
      return read === own ? '' : read;
    },
    shared: () => state,
    tell: {
      'put-challenge-away'() {
        const text = inAddress();
        if (text && (text === read || text === own)) history.replaceState(null, '', location.pathname + location.search);
        read = '';
        own = '';
        state = states.none;
      },
      async 'share-challenge'(words) {
        const [text, sentence] = words.split('\n');
        state = states.none;
        state = await handOver(text, sentence);
        wake();
      },
    },
  };
}
