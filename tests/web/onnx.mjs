// ONNX models for tests, byte by byte (https://onnx.ai/onnx/repo-docs/IR.html, https://protobuf.dev/programming-guides/encoding):
// one that is none of ours, one that never answers, ours with another card.

import { fields } from '../../tools/protobuf.mjs';

const varint = (value) => Buffer.from(value < 128 ? [value] : [(value & 0x7f) | 0x80, ...varint(Math.floor(value / 128))]);
const field = (number, content) => {
  const bytes = Buffer.from(content); // or of a text
  return Buffer.concat([varint(number * 8 + 2), varint(bytes.length), bytes]);
};
const number = (at, value) => Buffer.concat([varint(at * 8), varint(value)]);
const message = (at, ...parts) => field(at, Buffer.concat(parts));

const [float, int64, bool] = [1, 7, 9]; // TensorProto.DataType
const value = (at, name, type, dims) => message(at, field(1, name),
  message(2, message(1, number(1, type), message(2, ...dims.map((dim) => message(1, number(1, dim)))))));
const constant = (name, floats, dims) => message(5, ...dims.map((dim) => number(1, dim)), number(2, float), field(8, name),
  field(9, Buffer.from(Float32Array.from(floats).buffer)));
const node = (at, type, inputs, outputs, ...attributes) => message(at, ...inputs.map((name) => field(1, name)),
  ...outputs.map((name) => field(2, name)), field(4, type), ...attributes);
const model = (graph, ...rest) => Buffer.concat([number(1, 8), message(7, ...graph), message(8, number(2, 13)), ...rest]);

/** One Identity node, input "x", output "y", no card. */
export const foreign = model([node(1, 'Identity', ['x'], ['y']), field(2, 'g'), value(11, 'x', float, [1]), value(12, 'y', float, [1])]);

/** A model with the card of `ours`, whose every word is as likely, and which answers a blank picture; at one with ink it goes
 * round a loop for some years: as often as there is ink, times 1e15. */
export function hanging(ours) {
  const card = [...fields(ours)].filter(([at]) => at === 14).map(([, entry]) => entry); // metadata_props, of key 1 and value 2
  const [, words] = card.map((entry) => [...fields(entry)].map(([, bytes]) => bytes.toString())).find(([key]) => key === 'inkling.classes');
  const classes = words.split('\n').length;
  const round = message(6, // GraphProto of the loop
    node(1, 'Identity', ['go'], ['go_on']), node(1, 'Identity', ['p'], ['p_still']), field(2, 'round'),
    value(11, 'i', int64, []), value(11, 'go', bool, []), value(11, 'p', float, [1, classes]),
    value(12, 'go_on', bool, []), value(12, 'p_still', float, [1, classes]));
  return model([
    node(1, 'ReduceSum', ['ink'], ['sum'], message(5, field(1, 'keepdims'), number(3, 0), number(20, 2))),
    node(1, 'Mul', ['sum', 'years'], ['much']),
    node(1, 'Cast', ['much'], ['times'], message(5, field(1, 'to'), number(3, int64), number(20, 2))),
    node(1, 'Loop', ['times', '', 'even'], ['probabilities'], message(5, field(1, 'body'), round, number(20, 5))),
    field(2, 'g'), constant('years', [1e15], []), constant('even', Array(classes).fill(1 / classes), [1, classes]),
    value(11, 'ink', float, [1, 1, 28, 28]), value(12, 'probabilities', float, [1, classes]),
  ], ...card.map((entry) => field(14, entry)));
}

/** A model with other entries in its card; edit(name, value) gives each its new text. */
export function withCard(onnx, edit) {
  return Buffer.concat([...fields(onnx)].map(([at, value]) => {
    if (at !== 14) return typeof value === 'number' ? number(at, value) : field(at, value);
    const [key, text] = [...fields(value)].map(([, bytes]) => bytes.toString());
    return message(14, field(1, key), field(2, edit(key, text)));
  }));
}
