// The network, in a worker of its own, so that loading it and its first run never hold up a frame.
//
// In:   {model, again, side}           the address of an .ort or .onnx file, of this page's own origin, or its bytes; comes
//                                      first. again: another try, past what the browser has kept of the first.
//                                      side: of its pictures, where that is known
//       {ticket, picture, side}        picture: side * side bytes, 0 paper, 255 ink
// Out:  {progress: true}               bytes came in; the page gives up when this is silent for long
//       {here: true}                   all of them did: what takes long from now on is the model's own doing
//       {stock: true}                  the model needs the stock runtime, some megabytes more: they are on their way
//       {ready: true, bytes, outputs}  the model's file, for its card, and the number of its probabilities, which a first
//                                      run has shown; 0 where the side of its pictures is not known
//       {failed: key}                  key of a sentence in texts/*.tsv
//       {ticket, probabilities}        the answer to a picture
//
// ONNX Runtime comes in two builds. The small one (assets/runtime) reads ONNX Runtime's own format, .ort, and has the
// operators that `inkling` writes. The stock one runs everything else, and is fetched only then.

const { instantiate } = WebAssembly;

class Failure extends Error {
  constructor(key, cause) {
    super(`${key}: ${cause}`);
    this.key = key;
  }
}

// Fetches a file; its body tells the page of every piece, and breaks where the file does. whole: called when all came.
async function request(address, again, missing, whole) {
  let response;
  try {
    response = await fetch(address, { mode: 'same-origin', cache: again ? 'reload' : 'default' });
  } catch (error) {
    throw new Failure('error.network', error);
  }
  // Hosts of single-page apps answer with their page, and 200, for a file that is not there.
  const type = response.headers.get('content-type') ?? '';
  if (!response.ok || type.startsWith('text/html')) throw new Failure(missing, `${response.status} ${type}`);

  const length = Number(response.headers.get('content-length'));
  const encoded = response.headers.get('content-encoding'); // then the length is that of the packed bytes
  let size = 0;
  const reader = response.body.getReader();
  return new ReadableStream({
    async pull(pieces) {
      const { done, value } = await reader.read().catch((error) => { throw new Failure('error.network', error); });
      size += value?.length ?? 0;
      if (done && length && !encoded && length !== size) throw new Failure('error.network', `${size} of ${length} bytes`);
      if (done) whole?.();
      if (done) return pieces.close();
      pieces.enqueue(value);
      postMessage({ progress: true });
    },
  });
}

async function load(address, again, missing) {
  return new Uint8Array(await new Response(await request(address, again, missing)).arrayBuffer());
}

// The runtime's wasm, compiled while it comes in.
async function compile(address, again, whole) {
  const body = await request(address, again, 'error.runtime', whole);
  try {
    return await WebAssembly.compileStreaming(new Response(body, { headers: { 'Content-Type': 'application/wasm' } }));
  } catch (error) {
    throw error instanceof Failure ? error : new Failure('error.runtime', error);
  }
}

const script = (path) => import(path).catch((error) => { throw new Failure('error.runtime', error); });

// A build of ONNX Runtime, as it comes in: [ort, compiled]. whole: called when its wasm came.
function fetchBuild(name, again, whole) {
  if (name === 'stock') postMessage({ stock: true });
  // Its JavaScript knows one build for ever: the other gets another copy of it.
  const ort = script(name === 'small' ? './runtime/ort.js' : './runtime/ort.js?stock');
  const compiled = compile(new URL(`runtime/${name}.wasm`, import.meta.url), again, whole);
  const own = script(`./runtime/${name}.js`); // which it asks for itself, and then has to wait for no more
  // A script that did not come doesn't say why; where there is no network the wasm does.
  return Promise.all([ort, compiled, own]).catch(async (error) => {
    await compiled;
    throw error;
  });
}

// And awake: what it does once takes longer than to open a model.
async function wake(name, [ort, compiled]) {
  ort.env.wasm.numThreads = 1; // at 28 x 28 more threads gain nothing, and need special headers
  ort.env.logLevel = 'error';
  ort.env.wasm.wasmPaths = { mjs: new URL(`runtime/${name}.js`, import.meta.url).href };
  // It asks no server when it is given bytes, but compiles them: whatever it is given, it gets what is compiled.
  ort.env.wasm.wasmBinary = new Uint8Array(8);
  WebAssembly.instantiate = async (_, imports) => ({ module: compiled, instance: await instantiate(compiled, imports) });
  await create(ort, new Uint8Array(8)).catch(() => {}); // no model, but it has to wake up to see that
  return ort;
}

const awake = {}; // name -> promise of ort

const create = (ort, bytes) => ort.InferenceSession.create(bytes, { executionProviders: ['wasm'] });

// By its identifier; https://github.com/microsoft/onnxruntime/blob/main/onnxruntime/core/flatbuffers/schema/ort.fbs
const isOrt = (bytes) => new TextDecoder('latin1').decode(bytes.subarray(4, 8)) === 'ORTM';

async function sessionOf(bytes, again) {
  const names = isOrt(bytes) ? ['small', 'stock'] : ['stock'];
  for (const name of names) {
    awake[name] ??= fetchBuild(name, again).then((build) => wake(name, build));
    const ort = await awake[name];
    postMessage({ here: true });
    try {
      return [ort, await create(ort, bytes)];
    } catch (error) {
      // The runtime says what it is in words only: NOT_IMPLEMENTED of an operator that it lacks; its own failures speak of the
      // backend.
      if (name === 'small' && /ERROR_CODE: 9\b/.test(String(error))) continue;
      throw new Failure(/backend|wasm/i.test(String(error)) ? 'error.runtime' : 'error.format', error);
    }
  }
}

async function open(model, again, side) {
  let bytes = model;
  if (typeof model === 'string') {
    const name = new URL(model).pathname.endsWith('.ort') ? 'small' : 'stock';
    let loading;
    const ask = () => {
      loading = load(model, again, 'error.missing');
      loading.catch(() => {}); // it is awaited below
    };
    // The small runtime first: it wakes up while the model comes in. The stock one is the larger of the two: beside it the
    // model is asked for at once, for where there is none nobody needs the runtime.
    if (name === 'stock') ask();
    awake[name] = fetchBuild(name, again, loading ? null : ask).then((build) => wake(name, build));
    await Promise.all([awake[name], loading]);
    bytes = await loading;
  }
  if (bytes.length === 0) throw new Failure('error.format', 'empty');
  const [ort, session] = await sessionOf(bytes, again);
  const ours = session.inputNames.includes('ink') && session.outputNames.includes('probabilities');
  if (!ours) throw new Failure('error.card', `inputs ${session.inputNames}, outputs ${session.outputNames}`);
  const outputs = side ? (await run(ort, session, new Uint8Array(side * side), side)).length : 0;
  return { ort, session, bytes, outputs };
}

// The game's picture as the network wants it: float32 [1, 1, side, side] in 0..1.
async function run({ Tensor }, session, picture, side) {
  const ink = new Tensor('float32', Float32Array.from(picture, (grey) => grey / 255), [1, 1, side, side]);
  const { probabilities } = await session.run({ ink }).catch((error) => { throw new Failure('error.format', error); });
  return Float32Array.from(probabilities.data);
}

const fail = (error) => postMessage({ failed: error.key ?? 'error.runtime', reason: String(error) });

let opened;
self.onmessage = async ({ data }) => {
  try {
    if (data.model) {
      const { bytes, outputs, ...rest } = await open(data.model, data.again, data.side);
      opened = rest;
      postMessage({ ready: true, bytes, outputs }, [bytes.buffer]);
    } else {
      const probabilities = await run(opened.ort, opened.session, data.picture, data.side);
      postMessage({ ticket: data.ticket, probabilities }, [probabilities.buffer]);
    }
  } catch (error) {
    fail(error);
  }
};
