// Protocol buffers, as much as the tools need of ONNX's files (https://protobuf.dev/programming-guides/encoding).

/** The fields of a message, in their order: [number, value], the value bytes, or a number where it is a varint. Those of
 * a fixed width are left out. Throws where the bytes are no message. */
export function* fields(message) {
  let at = 0;
  const varint = () => {
    let value = 0;
    for (let scale = 1; ; scale *= 128) {
      if (at >= message.length) throw new Error('no ONNX model, or cut short');
      const byte = message[at++];
      value += (byte & 127) * scale;
      if (byte < 128) return value;
    }
  };
  while (at < message.length) {
    const tag = varint();
    const [number, kind] = [Math.floor(tag / 8), tag % 8];
    if (kind === 2) {
      const length = varint();
      if (length > message.length - at) throw new Error('no ONNX model, or cut short');
      yield [number, message.subarray(at, at + length)];
      at += length;
    } else if (kind === 0) {
      yield [number, varint()];
    } else if (kind === 1 || kind === 5) {
      at += kind === 1 ? 8 : 4;
    } else {
      throw new Error('no ONNX model');
    }
  }
}
