// Turns an .onnx model into ONNX Runtime's own format, which the page's small runtime reads (assets/runtime):
//
//   node tools/convert.mjs MODEL.onnx [MODEL.ort]
//
// `./play` does it for the model that ships. The network is the same, with layers fused where the runtime has one kernel
// for both; the card comes along.

import { mkdtemp, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The bytes of an .onnx file in ORT format. format 'ONNX': as .onnx again, with the fused layers, for who wants to read
 * them. Rejects with the runtime's words on what is no model. */
export async function convert(file, format = 'ORT') {
  const { InferenceSession } = (await import('onnxruntime-node')).default;
  const folder = await mkdtemp(join(tmpdir(), 'inkling-'));
  try {
    const path = join(folder, 'model');
    // Not 'all': that lays weights out for the processor it runs on.
    const session = await InferenceSession.create(file, { graphOptimizationLevel: 'extended', optimizedModelFilePath: path,
      extra: { session: { save_model_format: format } }, logSeverityLevel: 3 });
    await session.release?.();
    return await readFile(path);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const [from, to = from?.replace(/\.onnx$/, '.ort'), ...rest] = process.argv.slice(2);
  try {
    if (!from || to === from || rest.length > 0) throw new Error('usage: node tools/convert.mjs MODEL.onnx [MODEL.ort]');
    const bytes = await convert(from);
    await writeFile(`${to}.new`, bytes);
    await rename(`${to}.new`, to);
    console.log(`${to}: ${bytes.length} bytes`);
  } catch (error) {
    console.error(`inkling: ${error.message}`);
    process.exit(2);
  }
}
