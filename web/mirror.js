// The text mirror of the game: what the canvas shows, as headings, sentences and real buttons, for screen
// readers, keyboards and tests. `show` alone keeps it true to the screen.
//
//   <main id="mirror"
//     data-screen      title, card, draw, verdict, gallery, streak (its end), words, practice, settings, replay,
//                      keep, duel (its end)
//     data-word        the category's English key, empty without one
//     data-seconds     whole seconds left
//     data-paper       "x,y,w,h" of the drawing area, CSS pixels
//     data-pen         of the keys, while it is in use: "down" or "up", its place in hundredths of the paper's width and
//                      height, and of the compass "turning", "resting" or "going": "down,50,50,going"
//     data-result      won, lost, skipped, recognised (in practice), or empty
//     data-classifier  loading, ready, failed      (set by bridge.js, which knows it first)
//     data-error       key of the sentence, when failed
//
// Where there is something to draw, #paper lies over the drawn one. The keyboard comes to it with Tab, and by itself from
// the word card, and its keys are then the game's own (boot.js). A button keeps its keys: Space presses Undo, and the
// arrows, which would draw unseen from there, do nothing.

const kept = 30; // sentences in the live region

/** root: the #mirror element. press(id): called when one of its buttons is pressed. */
export function createMirror(root, press) {
  const heading = root.querySelector('h1');
  const text = root.querySelector('p');
  const paper = root.querySelector('#paper');
  const keys = root.querySelector('#keys');
  const buttons = root.querySelector('.buttons');
  const said = root.querySelector('ol');

  // Writes only what changed: a text node that is written again would be read aloud again.
  const write = (element, value) => { if (element.textContent !== value) element.textContent = value; };
  const mark = (name, value) => { if (root.dataset[name] !== value) root.dataset[name] = value; };

  const place = (element, [left, top, width, height]) => Object.assign(element.style,
    { left: `${left}px`, top: `${top}px`, width: `${width}px`, height: `${height}px` });

  /** state: {screen, word, seconds, paper, pen, keys, result, heading, text,
   *          buttons: [{id, label, enabled, box, percent, value}]}
   * keys: how to draw with them, empty where there is nothing to draw. A button with a percent (not -1) is a slider,
   * value its place in words. */
  function show(state) {
    const fresh = root.dataset.screen !== state.screen;
    mark('screen', state.screen);
    mark('word', state.word);
    mark('seconds', String(state.seconds));
    mark('paper', state.paper.map(Math.round).join(','));
    mark('pen', state.pen);
    mark('result', state.result);
    write(heading, state.heading);
    write(text, state.text);
    write(keys, state.keys);

    const before = new Map([...buttons.children].map((button) => [button.dataset.action, button]));
    const focused = [paper, buttons].some((element) => element.contains(document.activeElement)) ? document.activeElement : null;
    place(paper, state.paper);
    paper.hidden = !state.keys;
    const now = state.buttons.map(({ id, label, enabled, box, percent, value }) => {
      const button = before.get(id) ?? document.createElement('button');
      button.type = 'button';
      button.dataset.action = id;
      if (id.startsWith('language-')) button.lang = id.slice('language-'.length); // is read in its own language
      write(button, label);
      // Not `disabled`, which would throw the keyboard's focus away in the middle of a game.
      button.setAttribute('aria-disabled', String(!enabled));
      if (percent >= 0) {
        for (const [name, fact] of [['role', 'slider'], ['aria-label', label], ['aria-valuemin', 0], ['aria-valuemax', 100],
          ['aria-valuenow', percent], ['aria-valuetext', value]]) button.setAttribute(name, fact);
      }
      place(button, box);
      return button;
    });
    if (now.length !== buttons.children.length || now.some((button, i) => button !== buttons.children[i])) {
      buttons.replaceChildren(...now);
    }
    // The keyboard stays where it was, or goes to the new screen's paper, or to its first action, which tells where it has
    // come.
    if (fresh) for (const button of now) button.removeAttribute('aria-describedby');
    if (!focused) return;
    const stays = focused === paper ? !paper.hidden : now.includes(focused);
    const next = stays ? focused : paper.hidden ? now[0] : paper;
    if (!next || next === document.activeElement) return;
    if (fresh && !stays && next !== paper) next.setAttribute('aria-describedby', 'heading sentence');
    next.focus();
  }

  function say(sentence) {
    const item = document.createElement('li');
    item.textContent = sentence;
    said.append(item);
    while (said.children.length > kept) said.firstChild.remove();
  }

  buttons.addEventListener('click', ({ target }) => {
    const button = target.closest('button');
    if (button && button.getAttribute('aria-disabled') !== 'true') press(button.dataset.action);
  });

  // A slider's keys.
  const moves = { ArrowLeft: 'back', ArrowDown: 'back', ArrowRight: 'forward', ArrowUp: 'forward', Home: 'start', End: 'end' };
  buttons.addEventListener('keydown', (event) => {
    const slider = event.target.closest('[role="slider"]');
    if (!slider || !moves[event.key] || event.ctrlKey || event.altKey || event.metaKey) return;
    event.preventDefault();
    press(`${slider.dataset.action}-${moves[event.key]}`);
  });

  return { show, say, mark };
}
