// A letter of the device's own fonts, for scripts that no face of the page has: a class writes its title in its own, and
// the words of a maker's model may be in any.

let context;

/**
 * code: of the character. em: pixels, up to 200. Returns what wasm/platform/browser.cpp reads, as bytes: the advance in
 * 1/64 pixels, and left, top, width and height of the picture, from the pen on the line, as 32-bit numbers; then the
 * picture's opacity, a byte a pixel.
 */
export function letterOfDevice(code, em) {
  context ??= document.createElement('canvas').getContext('2d', { willReadFrequently: true });
  const text = String.fromCodePoint(code);
  const ideograph = code >= 0x2e80; // as heavy as those of the game's Chinese face
  const font = `${ideograph ? 600 : 400} ${Math.min(em, 200)}px sans-serif`;
  context.font = font;
  const measured = context.measureText(text);
  // A pixel more than what is measured, for edges that are soft.
  const left = Math.floor(-measured.actualBoundingBoxLeft) - 1;
  const top = Math.floor(-measured.actualBoundingBoxAscent) - 1;
  const width = Math.ceil(measured.actualBoundingBoxRight) + 1 - left;
  const height = Math.ceil(measured.actualBoundingBoxDescent) + 1 - top;
  Object.assign(context.canvas, { width, height }); // clears it, and its font
  context.font = font;
  context.fillText(text, -left, -top);
  const pixels = new Uint32Array(context.getImageData(0, 0, width, height).data.buffer);
  const head = Int32Array.of(Math.round(measured.width * 64), left, top, width, height);
  const bytes = new Uint8Array(head.byteLength + pixels.length);
  bytes.set(new Uint8Array(head.buffer));
  pixels.forEach((pixel, i) => { bytes[head.byteLength + i] = pixel >>> 24; });
  return bytes;
}
