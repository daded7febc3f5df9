// The network, in a worker of its own, so that loading it and its first run never hold up a frame.
//
// In:   {model, again}                 the address of an .onnx file, of this page's own origin; comes first.
//                                      again: another try, past what the browser has kept of the first
//       {ticket, picture, side}        picture: side * side bytes, 0 paper, 255 ink
// Out:  {progress: true}               bytes came in; the page gives up when this is silent for long
//       {ready: true, bytes}           the model's file, for its card, after a first run that warms it up
//       {failed: key}                  key of a sentence in texts/*.tsv
//       {ticket, probabilities}        the answer to a picture

import * as ort from './runtime/ort.js';

ort.env.wasm.numThreads = 1; // at 28 x 28 more threads gain nothing, and need special headers
ort.env.logLevel = 'error';

class Failure extends Error {
  constructor(key, cause) {
    super(`${key}: ${cause}`);
    this.key = key;
  }
}

// Fetches a whole file, telling the page of every piece.
async function load(address, again, missing) {
  let response;
  try {
    response = await fetch(address, { mode: 'same-origin', cache: again ? 'reload' : 'default' });
  } catch (error) {
    throw new Failure('error.network', error);
  }
  // Hosts of single-page apps answer with their page, and 200, for a file that is not there.
  const type = response.headers.get('content-type') ?? '';
  if (!response.ok || type.startsWith('text/html')) throw new Failure(missing, `${response.status} ${type}`);

  const pieces = [];
  let size = 0;
  try {
    for (const reader = response.body.getReader(); ;) {
      const { done, value } = await reader.read();
      if (done) break;
      pieces.push(value);
      size += value.length;
      postMessage({ progress: true });
    }
  } catch (error) {
    throw new Failure('error.network', error); // the connection broke
  }
  const length = Number(response.headers.get('content-length'));
  const encoded = response.headers.get('content-encoding'); // then the length is that of the packed bytes
  if (length && !encoded && length !== size) throw new Failure('error.network', `${size} of ${length} bytes`);

  const bytes = new Uint8Array(size);
  let at = 0;
  for (const piece of pieces) {
    bytes.set(piece, at);
    at += piece.length;
  }
  return bytes;
}

async function open(model, again) {
  const [bytes, runtime] = await Promise.all([
    load(model, again, 'error.missing'),
    load(new URL('runtime/ort-wasm-simd-threaded.wasm', import.meta.url), again, 'error.runtime'),
  ]);
  if (bytes.length === 0) throw new Failure('error.format', 'empty');
  // Given its wasm, the runtime asks no server for it: one fetch whose progress and status we know.
  ort.env.wasm.wasmBinary = runtime;

  let session;
  try {
    session = await ort.InferenceSession.create(bytes, { executionProviders: ['wasm'] });
  } catch (error) {
    // The runtime says both in words only; its own failures speak of the backend.
    throw new Failure(/backend|wasm/i.test(String(error)) ? 'error.runtime' : 'error.format', error);
  }
  const input = session.inputMetadata.find(({ name }) => name === 'ink');
  const ours = input?.shape?.length === 4 && session.outputNames.includes('probabilities');
  if (!ours) throw new Failure('error.card', `inputs ${session.inputNames}, outputs ${session.outputNames}`);

  const side = input.shape[2];
  try {
    await run(session, new Uint8Array(side * side), side);
  } catch (error) {
    throw new Failure('error.format', error);
  }
  return { session, bytes };
}

// The game's picture as the network wants it: float32 [1, 1, side, side] in 0..1.
async function run(session, picture, side) {
  const ink = new ort.Tensor('float32', Float32Array.from(picture, (grey) => grey / 255), [1, 1, side, side]);
  const { probabilities } = await session.run({ ink });
  return Float32Array.from(probabilities.data);
}

const fail = (error) => postMessage({ failed: error.key ?? 'error.runtime', reason: String(error) });

let session;
self.onmessage = async ({ data }) => {
  try {
    if (data.model) {
      const opened = await open(data.model, data.again);
      session = opened.session;
      postMessage({ ready: true, bytes: opened.bytes }, [opened.bytes.buffer]);
    } else {
      const probabilities = await run(session, data.picture, data.side);
      postMessage({ ticket: data.ticket, probabilities }, [probabilities.buffer]);
    }
  } catch (error) {
    fail(error);
  }
};
