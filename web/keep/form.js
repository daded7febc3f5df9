// Reads a drawing in the form in which the device keeps it (engine/ink/keepsake.h).

/**
 * {word, recognized, seconds, strokes, simplified}: strokes [[{x, y, t}, ...], ...] in canvas units and seconds, as it
 * was drawn; simplified [[[x, ...], [y, ...]], ...] in 0..255. Throws on bytes that are none.
 */
export function readKeepsake(bytes) {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let at = 0;
  const varint = () => {
    let value = 0;
    for (let scale = 1; ; scale *= 128) {
      const byte = view.getUint8(at++);
      value += (byte & 127) * scale;
      if (byte < 128) return value;
    }
  };
  const signed = () => {
    const value = varint();
    return value % 2 ? -(value + 1) / 2 : value / 2;
  };
  const version = view.getUint8(at++);
  if (version !== 1) throw new Error(`a drawing is kept in version ${version}`);
  const recognized = view.getUint8(at++) === 1;
  const seconds = view.getUint32(at, true) / 1000;
  at += 4;
  const length = view.getUint8(at++);
  const word = new TextDecoder().decode(bytes.subarray(at, at + length));
  at += length;

  let x = 0, y = 0, t = 0;
  const strokes = Array.from({ length: varint() }, () => Array.from({ length: varint() }, () => {
    x += signed();
    y += signed();
    t += varint();
    return { x: x / 8, y: y / 8, t: t / 1000 };
  }));

  at += 15; // the record's key, country, recognised, time of day: the first and last are the store's
  const count = view.getUint16(at, true);
  at += 2;
  const simplified = Array.from({ length: count }, () => {
    const points = view.getUint16(at, true);
    const from = at + 2;
    at = from + 2 * points;
    return [[...bytes.subarray(from, from + points)], [...bytes.subarray(from + points, at)]];
  });
  return { word, recognized, seconds, strokes, simplified };
}
