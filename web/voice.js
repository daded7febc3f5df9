// The game's voice: sentences spoken by the device's own speech synthesis, in the language that is shown.
//
// Only by voices of the device itself. A browser may offer others that send what they say to a server, and nothing of
// the game leaves the device: where there is no voice of its own for the language, the game is silent.
//
// It never lags behind the drawing: one sentence is spoken, one at most waits, and a newer one takes its place.

// Languages whose voices go by other names as well.
const names = { zh: ['zh', 'cmn'] };
// Where a voice's region is not the player's: the one to take.
const regions = { zh: 'cn', en: 'us' };

const partsOf = (tag) => tag.toLowerCase().split(/[-_]/);

/** The voice of the device for a language ("en", "zh"), of those that speechSynthesis has; undefined: none. */
export function voiceFor(voices, language, preferred = navigator.languages) {
  const known = names[language] ?? [language];
  const wanted = preferred.map((tag) => partsOf(tag).at(-1));
  const rank = (voice) => {
    const parts = partsOf(voice.lang);
    const place = wanted.indexOf(parts.at(-1));
    const near = place >= 0 ? place : wanted.length + (parts.at(-1) === regions[language] ? 0 : 1);
    return near + parts.length / 10 - (voice.default ? 0.5 : 0); // "cmn" before "cmn-latn-pinyin"
  };
  return voices.filter((voice) => voice.localService && known.includes(partsOf(voice.lang)[0]))
    .sort((a, b) => rank(a) - rank(b))[0];
}

/** changed(): called when there may be a voice, or none any more. */
export function createVoice({ changed }) {
  const synthesis = globalThis.speechSynthesis;
  if (!synthesis) return { speak() {}, hush() {}, canSpeak: () => false };
  let spoken = null; // the utterance; kept here, or a browser forgets to tell of its end
  let waiting = null;
  let timer;

  // There may be thousands, so the choice is made once a language.
  let chosenFor = null;
  let chosenVoice;
  function voice() {
    const language = document.documentElement.lang;
    if (!chosenVoice || chosenFor !== language) chosenVoice = voiceFor(synthesis.getVoices(), language);
    chosenFor = language;
    return chosenVoice;
  }
  voice(); // some browsers have voices only once they were asked for
  synthesis.addEventListener?.('voiceschanged', () => { // they come late
    chosenFor = null;
    changed();
  });

  function utter(sentence) {
    const chosen = voice();
    if (!chosen) return;
    const utterance = new SpeechSynthesisUtterance(sentence);
    utterance.voice = chosen;
    utterance.lang = chosen.lang;
    utterance.rate = 1.05;
    const over = () => {
      if (spoken !== utterance) return;
      clearTimeout(timer);
      spoken = null;
      const next = waiting;
      waiting = null;
      if (next) utter(next);
    };
    utterance.onend = over;
    utterance.onerror = over;
    spoken = utterance;
    // Some engines never tell that they are done, or were never let begin.
    timer = setTimeout(() => { synthesis.cancel(); over(); }, 4000 + 150 * sentence.length);
    synthesis.speak(utterance);
  }

  function hush() {
    clearTimeout(timer);
    spoken = null;
    waiting = null;
    synthesis.cancel();
  }

  /** now: breaks off what is being said. */
  function speak(sentence, { now = false } = {}) {
    if (document.hidden) return;
    if (now && spoken) hush();
    if (spoken) waiting = sentence;
    else utter(sentence);
  }

  // iOS lets a page speak once it has spoken within a tap.
  const taps = ['pointerup', 'touchend', 'click', 'keydown'];
  function prime() {
    const chosen = voice();
    if (!chosen) return; // the next tap, then
    for (const type of taps) document.removeEventListener(type, prime, true);
    if (spoken || synthesis.speaking) return;
    const utterance = new SpeechSynthesisUtterance(' ');
    utterance.voice = chosen;
    utterance.volume = 0;
    synthesis.speak(utterance);
  }
  for (const type of taps) document.addEventListener(type, prime, true);

  document.addEventListener('visibilitychange', () => { if (document.hidden) hush(); });
  addEventListener('pagehide', hush); // a page that is gone would speak on

  return { speak, hush, canSpeak: () => voice() !== undefined };
}
