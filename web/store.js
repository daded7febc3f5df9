// The drawings that this device keeps, in IndexedDB: of each its bytes (engine/ink/keepsake.h), the time of day and a
// key. Where there is no IndexedDB, or no room left in it, they are kept for the visit. Nothing here fails: a game must
// not be disturbed by a full disk.

const table = 'drawings';
const ofThisVisit = [];
let opening;

function done(request) {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
}

// The database; null where the browser has none for this page.
function database() {
  opening ??= (async () => {
    const request = indexedDB.open('inkling', 1);
    request.onupgradeneeded = () => request.result.createObjectStore(table, { autoIncrement: true });
    const opened = await done(request);
    opened.onversionchange = () => opened.close();
    return opened;
  })().catch((error) => {
    console.info(`drawings: kept for this visit, ${error.message}`); // a private window
    return null;
  });
  return opening;
}

// What `ask` asks of the table, when it is written; null where that failed.
async function inTable(mode, ask) {
  const opened = await database();
  if (!opened) return null;
  try {
    const transaction = opened.transaction(table, mode);
    const written = new Promise((resolve, reject) => {
      transaction.oncomplete = resolve;
      transaction.onabort = () => reject(transaction.error ?? new Error('aborted'));
    });
    written.catch(() => {}); // seen below, unless the request fails first
    const result = await done(ask(transaction.objectStore(table)));
    await written;
    return { result };
  } catch (error) {
    console.info(`drawings: ${error.message}`);
    return null;
  }
}

// 63 random bits, as the data set's keys have them, in decimal.
function newKey() {
  const [bits] = crypto.getRandomValues(new BigUint64Array(1));
  return String(bits >> 1n);
}

/** Keeps a drawing's bytes. */
export async function keep(bytes) {
  const drawing = { key: newKey(), time: Date.now(), bytes };
  if (!await inTable('readwrite', (drawings) => drawings.add(drawing))) ofThisVisit.push(drawing);
}

/** How many there are. */
export async function count() {
  return ((await inTable('readonly', (drawings) => drawings.count()))?.result ?? 0) + ofThisVisit.length;
}

/** [{key, time, bytes}], the oldest first; time in milliseconds since 1970. */
export async function all() {
  return [...(await inTable('readonly', (drawings) => drawings.getAll()))?.result ?? [], ...ofThisVisit];
}

/** Deletes them all. Resolves to whether they are gone. */
export async function forget() {
  ofThisVisit.length = 0;
  if (!await database()) return true;
  return Boolean(await inTable('readwrite', (drawings) => drawings.clear()));
}
