// The operators that the page's own ONNX Runtime is built with (assets/runtime/operators.config): those of every model in
// a folder, as they are when ONNX Runtime has fused what it can.
//
//   node tools/operators.mjs FOLDER            writes the list
//   node tools/operators.mjs --check FOLDER    fails where the list lacks one, or has one that none needs
//
// The folder is that of tests/trainer/onnx_samples.cpp, with every network of the zoo as it is exported, in floats and in
// eight bits, some of them compressed otherwise, and one that has every layer: build/native/bin/onnx_samples assets/models/default.onnx FOLDER

import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { convert } from './convert.mjs';
import { fields } from './protobuf.mjs';

const listed = fileURLToPath(new URL('../assets/runtime/operators.config', import.meta.url));
// The types of their tensors. The format is that of ONNX Runtime's reduced builds
// (https://onnxruntime.ai/docs/reference/operators/reduced-operator-config-file.html).
const types = '!globally_allowed_types;float,int8_t,uint8_t,int32_t,int64_t,bool';

const text = (bytes) => bytes?.toString() ?? '';

/** The operators of an .onnx model, fused, each as "domain;opset;name". */
export async function operatorsOf(file) {
  const operators = new Set();
  const model = [...fields(await convert(file, 'ONNX'))];
  const opsets = new Map(model.filter(([number]) => number === 8).map(([, bytes]) => { // ModelProto.opset_import
    const opset = new Map(fields(bytes)); // OperatorSetIdProto: 1 domain, 2 version
    return [text(opset.get(1)), opset.get(2)];
  }));
  const graph = model.find(([number]) => number === 7)[1]; // ModelProto.graph
  for (const [number, bytes] of fields(graph)) {
    if (number !== 1) continue; // GraphProto.node
    const node = new Map(fields(bytes)); // NodeProto: 4 op_type, 7 domain
    const domain = text(node.get(7));
    operators.add([domain || 'ai.onnx', opsets.get(domain), text(node.get(4))].join(';'));
  }
  return operators;
}

/** Those of the list, in the same form. */
export async function listedOperators() {
  const lines = (await readFile(listed, 'utf8')).split('\n').filter((line) => line && !/^[#!]/.test(line));
  return new Set(lines.flatMap((line) => {
    const [domain, opset, names] = line.split(';');
    return names.split(',').map((name) => [domain, opset, name].join(';'));
  }));
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  try {
    const { values: { check }, positionals: [folder] } = parseArgs({ options: { check: { type: 'boolean' } }, allowPositionals: true });
    if (!folder) throw new Error('usage: node tools/operators.mjs [--check] FOLDER');
    const files = (await readdir(folder)).filter((name) => name.endsWith('.onnx')).map((name) => join(folder, name));
    if (files.length === 0) throw new Error(`${folder} has no .onnx files`);
    const operators = new Set();
    for (const file of files) for (const operator of await operatorsOf(file)) operators.add(operator);
    if (check) {
      const known = await listedOperators();
      const missing = [...operators].filter((operator) => !known.has(operator));
      const idle = [...known].filter((operator) => !operators.has(operator));
      const wrong = [missing.length > 0 && `lacks ${missing.join(', ')}`, idle.length > 0 && `has ${idle.join(', ')}, which no model needs`].filter(Boolean);
      if (wrong.length > 0) throw new Error(`${listed} ${wrong.join(', and ')}: write it anew, then tools/build-ort`);
      console.log(`${files.length} models, ${operators.size} operators, all of them listed, and no others`);
    } else {
      const lines = new Map();
      for (const operator of [...operators].sort()) {
        const at = operator.lastIndexOf(';');
        lines.set(operator.slice(0, at), [...lines.get(operator.slice(0, at)) ?? [], operator.slice(at + 1)]);
      }
      await writeFile(listed, `${[types, ...[...lines].map(([set, names]) => `${set};${names}`)].join('\n')}\n`);
      console.log(await readFile(listed, 'utf8'));
    }
  } catch (error) {
    console.error(`inkling: ${error.message}`);
    process.exit(2);
  }
}
