// A scene as it was drawn: a GIF, or a film where the browser can record one.

const picturesASecond = 12.5; // a GIF counts in hundredths of a second

const canvasOf = (width, height) => Object.assign(document.createElement('canvas'), { width, height });

// Every moment is read back, by the GIF or the recorder: on a graphics card that would be slow.
const settings = { willReadFrequently: true };

// Draws moments of a scene at a width, over a backdrop that is drawn once.
function screenOf(scene, width) {
  const height = 2 * Math.round((width * scene.height) / scene.width / 2); // films want even sides
  const [canvas, backdrop] = [canvasOf(width, height), canvasOf(width, height)];
  const context = canvas.getContext('2d', settings);
  const behind = backdrop.getContext('2d', settings);
  behind.scale(width / scene.width, height / scene.height);
  scene.backdrop(behind);
  return {
    canvas,
    context,
    show(seconds) {
      context.setTransform(1, 0, 0, 1, 0, 0);
      context.drawImage(backdrop, 0, 0);
      context.scale(width / scene.width, height / scene.height);
      scene.moment(context, seconds);
    },
  };
}

/** Resolves to the bytes of a GIF that goes on for ever. */
export async function toGif(scene, width) {
  const { GIFEncoder, nearestColorIndex, quantize } = await import('../runtime/gifenc.js');
  const { canvas, context, show } = screenOf(scene, width);
  const pixels = () => context.getImageData(0, 0, canvas.width, canvas.height).data;
  // All colours there are stand in the last picture. One more means: as in the picture before.
  show(scene.whole);
  const palette = quantize(pixels(), 63);
  const unchanged = palette.length;
  const found = new Map();
  function colorOf(rgba, bytes, i) {
    if (!found.has(rgba)) found.set(rgba, nearestColorIndex(palette, [...bytes.subarray(4 * i, 4 * i + 3)]));
    return found.get(rgba);
  }

  const gif = GIFEncoder();
  const step = 1 / picturesASecond;
  let before = null; // the pixels
  let waiting = null; // a picture, shown for as long as nothing changes
  const write = ({ index, delay, palette: colors }) => gif.writeFrame(index, canvas.width, canvas.height, {
    palette: colors, repeat: 0, delay: Math.round(delay * 1000), dispose: 1, transparent: true, transparentIndex: unchanged,
  });
  for (let at = 0; at <= scene.length + step; at += step) {
    show(Math.min(at, scene.length));
    const bytes = pixels();
    const now = new Uint32Array(bytes.buffer);
    if (before && now.every((color, i) => color === before[i])) {
      waiting.delay += step;
    } else {
      const index = new Uint8Array(now.length);
      for (let i = 0; i < now.length; ++i) index[i] = before?.[i] === now[i] ? unchanged : colorOf(now[i], bytes, i);
      if (waiting) write(waiting);
      // The first one's colours are those of them all.
      waiting = { index, delay: step, palette: before ? undefined : [...palette, [0, 0, 0]] };
      before = now;
    }
    await new Promise((resume) => setTimeout(resume)); // the game goes on meanwhile
  }
  waiting.delay += scene.whole - scene.length;
  write(waiting);
  gif.finish();
  return gif.bytes();
}

// What can be shown to most people comes first.
const films = ['video/mp4;codecs=avc1.64001f', 'video/mp4;codecs=avc1.42001f', 'video/webm;codecs=vp9', 'video/webm;codecs=vp8', 'video/webm', 'video/mp4'];

/** The type of film that this browser can record; undefined where it can none. */
export function filmType() {
  if (typeof MediaRecorder === 'undefined' || !HTMLCanvasElement.prototype.captureStream) return undefined;
  return films.find((type) => MediaRecorder.isTypeSupported(type));
}

/** Resolves to a Blob. It takes as long as the film lasts: the browser records what it sees. */
export async function toFilm(scene, width) {
  const { canvas, show } = screenOf(scene, width);
  show(0);
  const recorder = new MediaRecorder(canvas.captureStream(30), { mimeType: filmType(), videoBitsPerSecond: 2_500_000 });
  const pieces = [];
  recorder.ondataavailable = ({ data }) => pieces.push(data);
  const recorded = new Promise((resolve, reject) => {
    recorder.onstop = resolve;
    recorder.onerror = ({ error }) => reject(error ?? new Error('no film'));
  });
  recorder.start();
  const began = performance.now();
  await new Promise((resolve) => {
    const timer = setInterval(() => {
      const now = (performance.now() - began) / 1000;
      show(Math.min(now, scene.length));
      if (now < scene.whole) return;
      clearInterval(timer);
      resolve();
    }, 1000 / 30);
  });
  recorder.stop();
  await recorded;
  const [type] = recorder.mimeType.split(';');
  const film = new Blob(pieces, { type: type || filmType().split(';')[0] });
  if (film.size === 0) throw new Error('an empty film');
  return film;
}
