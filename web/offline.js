// The page's side of service-worker.js: hands over to a version that waits, before anything has started, and has the
// game kept on the device once it runs.

const worker = navigator.serviceWorker; // none on http other than localhost: the game then needs its host

// Who builds the game wants to see what was built, at once; elsewhere a start asks no network.
const building = location.hostname === 'localhost';

const within = (ms, promise) => Promise.race([promise, new Promise((done) => setTimeout(done, ms))]);

/** Before the start. Resolves to true where a new version takes over: the page is then being loaded again. */
export async function handOver() {
  if (!worker?.controller) return false;
  try {
    const registration = await worker.getRegistration();
    if (building) await within(5000, newest(registration));
    const next = registration?.waiting;
    if (!next) return false;
    const changed = new Promise((done) => worker.addEventListener('controllerchange', () => done(true), { once: true }));
    const answered = new Promise((done) => worker.addEventListener('message', ({ data }) => done(data.taken), { once: true }));
    worker.startMessages();
    next.postMessage({ take: true });
    if (!await within(1000, answered)) return false;
    // The old version goes when it has nothing left to answer, and that may be what this very page still loads. So the
    // page goes on when it takes long, and is loaded again for the new version unless a game has begun by then.
    if (await within(600, changed)) {
      location.reload();
      return true;
    }
    const { dataset } = document.getElementById('mirror');
    changed.then(() => { if (!dataset.screen || dataset.screen === 'title') location.reload(); });
    return false;
  } catch {
    return false; // storage that the browser refuses: the page starts as it came
  }
}

// Waits until the version that the host has now is here, complete.
async function newest(registration) {
  const { installing } = await registration.update();
  if (installing) await new Promise((done) => installing.addEventListener('statechange', done, { once: true }));
}

/** After the start, with nothing else to load: has this version kept, `model`, the address of the page's own, and those
 * of the `paths` that only some players need, and asks for what the host has changed since, for the next start. */
export async function keepHere(model, paths) {
  if (!worker) return;
  try {
    if (worker.controller) {
      await fetch('config.json', { cache: 'no-cache' });
      return;
    }
    await worker.register('service-worker.js');
    (await worker.ready).active.postMessage({ keep: model, paths });
  } catch (error) {
    console.info(`offline: ${error.message}`); // a private window, a full disk: the game goes on without
  }
}
