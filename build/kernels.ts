/**
 * Compiles the SIMD kernels of the wasm backend: engine/backend/wasm/kernels/*.ts -> engine/backend/wasm/kernels.wasm.
 * Run with Node: `node build/kernels.ts`. Set-up runs it when the sources have changed.
 */
import { renameSync, rmSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';

const root = join(import.meta.dirname, '..');
const entry = join(root, 'engine/backend/wasm/kernels/index.ts');
const kernelsPath = join(root, 'engine/backend/wasm/kernels.wasm');

/** Compiles and gives the size in bytes; throws an Error with the compiler's messages when it cannot. */
async function compileKernels(): Promise<number> {
  const asc = await import('assemblyscript/asc');
  const outputs = new Map<string, Uint8Array>();
  const { error, stderr } = await asc.main(
    [
      relative(root, entry),
      '--baseDir',
      root,
      '--outFile',
      'kernels.wasm',
      '-O3',
      '--noAssert',
      '--runtime',
      'stub',
      '--importMemory',
      '--use',
      'abort=',
      '--enable',
      'simd',
      '--enable',
      'relaxed-simd',
    ],
    { writeFile: (name, contents) => void outputs.set(name, typeof contents === 'string' ? new TextEncoder().encode(contents) : contents) },
  );
  const binary = outputs.get('kernels.wasm');
  if (error || !binary) throw new Error(`Compiling the SIMD kernels failed: ${error?.message ?? 'no output'}\n${stderr.toString()}`);
  checkHasNoData(binary);
  const part = `${kernelsPath}.${process.pid}.part`;
  try {
    writeFileSync(part, binary);
    renameSync(part, kernelsPath);
  } finally {
    rmSync(part, { force: true });
  }
  return binary.length;
}

/** The module lives in another module's memory: static data would overwrite what is there. */
function checkHasNoData(binary: Uint8Array): void {
  const dataSection = 11;
  let at = 8; // after magic number and version
  while (at < binary.length) {
    const id = binary[at++];
    let size = 0;
    for (let shift = 0; ; shift += 7) {
      const byte = binary[at++]!;
      size |= (byte & 0x7f) << shift;
      if (byte < 128) break;
    }
    if (id === dataSection)
      throw new Error('The SIMD kernels contain static data (a string, an array, a table of a math function); they must not.');
    at += size;
  }
}

process.stdout.write(`SIMD kernels: ${await compileKernels()} bytes\n`);
