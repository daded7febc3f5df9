// The text mirror of the game: what the canvas shows, as headings, sentences and real buttons, for screen
// readers, keyboards and tests. `show` alone keeps it true to the screen.
//
//   <main id="mirror"
//     data-screen      title, card, draw, verdict, gallery, streak (its end), words, practice, settings, replay,
//                      keep, duel (its end)
//     data-word        the category's English key, empty without one
//     data-seconds     whole seconds left
//     data-paper       "x,y,w,h" of the drawing area, CSS pixels
//     data-result      won, lost, skipped, recognised (in practice), or empty
//     data-classifier  loading, ready, failed      (set by bridge.js, which knows it first)
//     data-error       key of the sentence, when failed

const kept = 30; // sentences in the live region

/** root: the #mirror element. press(id): called when one of its buttons is pressed. */
export function createMirror(root, press) {
  const heading = root.querySelector('h1');
  const text = root.querySelector('p');
  const buttons = root.querySelector('.buttons');
  const said = root.querySelector('ol');

  // Writes only what changed: a text node that is written again would be read aloud again.
  const write = (element, value) => { if (element.textContent !== value) element.textContent = value; };
  const mark = (name, value) => { if (root.dataset[name] !== value) root.dataset[name] = value; };

  /** state: {screen, word, seconds, paper, result, heading, text, buttons: [{id, label, enabled, box, percent, value}]}
   * A button with a percent (not -1) is a slider, value its place in words. */
  function show(state) {
    const fresh = root.dataset.screen !== state.screen;
    mark('screen', state.screen);
    mark('word', state.word);
    mark('seconds', String(state.seconds));
    mark('paper', state.paper.map(Math.round).join(','));
    mark('result', state.result);
    write(heading, state.heading);
    write(text, state.text);

    const before = new Map([...buttons.children].map((button) => [button.dataset.action, button]));
    const focused = buttons.contains(document.activeElement) ? document.activeElement : null;
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
      const [left, top, width, height] = box;
      Object.assign(button.style, { left: `${left}px`, top: `${top}px`, width: `${width}px`, height: `${height}px` });
      return button;
    });
    if (now.length !== buttons.children.length || now.some((button, i) => button !== buttons.children[i])) {
      buttons.replaceChildren(...now);
      // The keyboard stays where it was, or goes to the new screen's first action, which tells where it has come.
      if (fresh) for (const button of now) button.removeAttribute('aria-describedby');
      if (focused && !now.includes(focused) && now.length > 0) {
        if (fresh) now[0].setAttribute('aria-describedby', 'heading sentence');
        now[0].focus();
      } else focused?.focus();
    }
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
