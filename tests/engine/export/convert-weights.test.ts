import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { float32Values, readSafetensors, writeSafetensors } from '../../../engine/run/safetensors.ts';

const tools = join(import.meta.dirname, '..', '..', '..', 'engine', 'export', 'tools');
const folder = mkdtempSync(join(tmpdir(), 'convert-weights-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Runs a program against the converter's functions; PyTorch is not needed for these. */
function python(program: string, ...args: string[]): { status: number | null; stdout: string; stderr: string } {
  const start = `import sys, json, struct\nsys.dont_write_bytecode = True\nsys.path.insert(0, ${JSON.stringify(tools)})\nfrom convert_weights import *\n`;
  return spawnSync('python3', ['-c', start + program, ...args], { encoding: 'utf8' });
}

describe.skipIf(spawnSync('python3', ['--version']).status !== 0)('weight converter', () => {
  const file = join(folder, 'weights.safetensors');

  it('slow: what it writes is read here', () => {
    const program =
      "write_safetensors(sys.argv[1], [('a.weight', 'F32', [2, 3], struct.pack('<6f', *range(6))), ('n', 'I64', [], struct.pack('<q', 7))])";
    expect(python(program, file)).toMatchObject({ status: 0, stderr: '' });
    const { tensors } = readSafetensors(readFileSync(file));
    expect([...float32Values(tensors.get('a.weight')!)]).toEqual([0, 1, 2, 3, 4, 5]);
    expect(tensors.get('a.weight')?.shape).toEqual([2, 3]);
    expect([...float32Values(tensors.get('n')!)]).toEqual([7]);
  });

  it('slow: what is written here it reads, and a damaged file it refuses', () => {
    writeFileSync(file, writeSafetensors([{ name: 'x', dtype: 'F32', shape: [2], data: Float32Array.of(1.5, -2) }], { space: 'hr-nas' }));
    const program = "print(json.dumps([[n, d, s, struct.unpack('<2f', b)] for n, d, s, b in read_safetensors(sys.argv[1])]))";
    expect(JSON.parse(python(program, file).stdout)).toEqual([['x', 'F32', [2], [1.5, -2]]]);
    writeFileSync(file, readFileSync(file).subarray(0, -4));
    expect(python(program, file).stderr).toMatch(/x lies at 0\.\.8/);
  });

  it('slow: names lose the data-parallel prefix, spare norms are left out', () => {
    const names = [
      'module.features.0.fuse_layers.0.0.ops.0.0.0.weight',
      'features.0.fuse_layers.0.0.bns.1.running_var',
      'transform.pw_bn.bias',
    ];
    const { stdout } = python(`print(json.dumps(list(official_names(${JSON.stringify(names)}, DEFAULT_DROP).values())))`);
    expect(JSON.parse(stdout)).toEqual(['features.0.fuse_layers.0.0.ops.0.0.0.weight', 'transform.pw_bn.bias']);
  });

  it('slow: two files of one kind are refused with the usage', () => {
    const { status, stderr } = spawnSync('python3', [join(tools, 'convert_weights.py'), 'a.pth', 'b.pth'], { encoding: 'utf8' });
    expect(status).toBe(2);
    expect(stderr).toMatch(/one of the two files must end in .safetensors/);
  });
});
